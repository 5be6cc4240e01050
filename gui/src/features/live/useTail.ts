import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { api, bodyOf } from '../../api/client';
import type { Document } from '../../api/documents';
import { listenToEvents } from '../../api/live';
import { emptyTail, leftOut, received, resumed } from './tail';

const shownAtFirst = 100; // events

/** The newest events that match a condition, and those that come in. */
export function useTail(q: string) {
  const [paused, setPaused] = useState(false);
  const [tail, setTail] = useState(emptyTail);
  const newest = useQuery({
    queryKey: ['events', 'live', q],
    queryFn: async ({ signal }) => (await bodyOf(api.GET('/events', { params: { query: { ...(q && { q }), limit: shownAtFirst, total: false } }, signal }))).items as Document[],
    staleTime: Infinity,
    gcTime: 0,
  });
  const isPaused = useRef(paused);
  useEffect(() => {
    isPaused.current = paused;
  }, [paused]);

  useEffect(() => {
    if (newest.data) setTail((tail) => received(tail, newest.data, isPaused.current));
  }, [newest.data]);
  const { refetch } = newest;
  useEffect(
    () =>
      listenToEvents(q, {
        onEvents: (events) => setTail((tail) => received(tail, events, isPaused.current)),
        onSkipped: (count) => setTail((tail) => leftOut(tail, count)),
        onLost: () => void refetch(), // tells whether the server is away or the session ended
      }),
    [q, refetch],
  );
  const toggle = () => {
    if (paused) setTail(resumed);
    setPaused(!paused);
  };
  return { tail, paused, toggle, newest };
}
