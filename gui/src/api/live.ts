import type { Document } from './documents';

/** What a stream of events tells. */
export interface LiveListener {
  /** Events came in, the newest first. */
  onEvents(events: Document[]): void;
  /** More came in than are told: how many of those that match were left out. */
  onSkipped(count: number): void;
  /** The stream broke off; it is opened again by itself. */
  onLost(): void;
}

const reopenAfter = 3000; // milliseconds

/**
 * Listens to events that match a condition as they are stored, until the answer is called. Nothing is asked of the server while
 * nobody looks at the page; the stream goes on where it was when somebody does again.
 */
export function listenToEvents(q: string, listener: LiveListener): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let place = '';
  let gathered: Document[] = [];

  // The server sends what came in within a moment at once, each event as a message of its own.
  const tell = () => {
    const events = gathered.reverse();
    gathered = [];
    listener.onEvents(events);
  };
  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const open = () => {
    close();
    const query = new URLSearchParams({ ...(q && { q }), ...(place && { after: place }) });
    source = new EventSource(`/api/v1/events/live?${query}`);
    source.onmessage = ({ data, lastEventId }: MessageEvent<string>) => {
      place = lastEventId || place;
      if (gathered.length === 0) setTimeout(tell);
      gathered.push(JSON.parse(data) as Document);
    };
    source.addEventListener('skipped', ({ data }: MessageEvent<string>) => listener.onSkipped((JSON.parse(data) as { count: number }).count));
    source.onerror = () => {
      if (source?.readyState === EventSource.CLOSED) timer = setTimeout(open, reopenAfter); // the browser gave up
      listener.onLost();
    };
  };
  const look = () => (document.hidden ? close() : open());

  look();
  document.addEventListener('visibilitychange', look);
  return () => {
    document.removeEventListener('visibilitychange', look);
    close();
  };
}
