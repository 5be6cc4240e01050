import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { Problem } from './problem';

/** How the talk with the server goes. */
export interface Connection {
  /** Seconds until the next try; undefined while the server answers. */
  retryIn?: number;
  /** The session ended while somebody worked. */
  sessionEnded: boolean;
}

const waits = [2, 3, 5, 10, 15];

/** Watches what requests come back with: whether the server is away, and whether the session ended. */
export class ConnectionWatch {
  #state: Connection = { sessionEnded: false };
  #listeners = new Set<() => void>();
  #tries = 0;
  #timer?: ReturnType<typeof setInterval>;
  #queries?: QueryClient;

  /** The cache whose data is asked for again when the server is back. */
  attach(queries: QueryClient) {
    this.#queries = queries;
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  state = () => this.#state;

  /** Takes note of a failed request. */
  failed(error: unknown) {
    if (!(error instanceof Problem)) return;
    if (error.lost) this.#lost();
    if (error.status === 401) this.#set({ ...this.#state, sessionEnded: true });
  }

  /** Why a part of the application could not be loaded: the server is away, or what the browser said. */
  reasonOf = async (error: unknown): Promise<unknown> => {
    try {
      await fetch('/api/v1/setup', { cache: 'no-store' });
      return error;
    } catch {
      const lost = new Problem(0, 'the server does not answer');
      this.failed(lost);
      return lost;
    }
  };

  /** Somebody signed in again. */
  resumed() {
    this.#set({ ...this.#state, sessionEnded: false });
    void this.#queries?.invalidateQueries();
  }

  /** Tries at once. */
  tryNow = async () => {
    this.#stop();
    try {
      const answer = await fetch('/api/v1/setup', { cache: 'no-store' });
      if (answer.status >= 500) throw new Error(answer.statusText);
    } catch {
      this.#tries++;
      this.#wait();
      return;
    }
    this.#tries = 0;
    this.#set({ ...this.#state, retryIn: undefined });
    void this.#queries?.invalidateQueries();
  };

  #lost() {
    if (this.#state.retryIn === undefined) this.#wait();
  }

  #wait() {
    this.#set({ ...this.#state, retryIn: waits[Math.min(this.#tries, waits.length - 1)] });
    this.#timer = setInterval(() => {
      const left = (this.#state.retryIn ?? 0) - 1;
      if (left > 0) return this.#set({ ...this.#state, retryIn: left });
      void this.tryNow();
    }, 1000);
  }

  #stop() {
    clearInterval(this.#timer);
  }

  #set(state: Connection) {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** The watch of this page. */
export const connection = new ConnectionWatch();

export function useConnection(): Connection {
  return useSyncExternalStore(connection.subscribe, connection.state);
}
