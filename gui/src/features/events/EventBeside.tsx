import { lazy, Suspense, useRef } from 'react';
import type { EventDrawerProps } from './EventDrawer';

const EventDrawer = lazy(() => import('./EventDrawer'));

/** The drawer of an event, loaded when the first one is opened. */
export function EventBeside(props: EventDrawerProps) {
  const wanted = useRef(false);
  wanted.current ||= props.id !== undefined;
  return <Suspense>{wanted.current && <EventDrawer {...props} />}</Suspense>;
}
