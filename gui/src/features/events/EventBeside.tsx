import { lazy, Suspense, useEffect, useRef } from 'react';
import type { EventDrawerProps } from './EventDrawer';

const EventDrawer = lazy(() => import('./EventDrawer'));

/**
 * The drawer of an event, loaded when the first one is opened. When it closes, the focus goes to the element of the list that
 * opens the event (data-opens), which is another one than before when somebody walked on within the drawer.
 */
export function EventBeside(props: EventDrawerProps) {
  const { id } = props;
  const shown = useRef<string>(undefined);
  useEffect(() => {
    if (id === undefined && shown.current !== undefined) {
      document.querySelector<HTMLElement>(`[data-opens="${CSS.escape(shown.current)}"]`)?.focus();
    }
    shown.current = id;
  }, [id]);
  const wanted = useRef(false);
  wanted.current ||= id !== undefined;
  return <Suspense>{wanted.current && <EventDrawer {...props} />}</Suspense>;
}
