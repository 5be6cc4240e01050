import { pageContext, visitContext } from './context.js';
import type { Identity } from './identity.js';
import type { Config, Json, TrackOptions } from './options.js';
import { report, whenIdle } from './report.js';
import type { Store } from './store.js';
import { type Answer, fits, lasting, type Reply, type Transport, UNANSWERED } from './transport.js';
import { uuid } from './uuid.js';

/** Events in one request, and events held while the visitor has not decided: more are not worth the memory. */
const MAX_PENDING = 200;
/** Longest time in milliseconds before collected events are sent. */
const COLLECT = 300;

/** An event as it travels. The id is made here, so that the server recognises a request that comes twice. */
interface EventRecord {
  id: string;
  time: { create: string };
  type: string;
  properties: Json;
  options?: Json;
  context: Json;
}

/** What the recorder tells the page about. */
export interface Listener {
  /** Every reply while the page lives. */
  reply(data: Reply): void;
  /** The first request of the page is done; data is null when there was no reply. */
  ready(data: Reply | null): void;
}

/** Collects events, makes payloads of them and hands these to the transport. */
export class Recorder {
  private pending: EventRecord[] = [];
  private held = new Set<EventRecord[]>();
  /** The request under way that will tell who the visitor is. */
  private opening: Promise<void> | null = null;
  private open = false;
  private planned = false;
  private first = true;
  private extra: Json = {};

  constructor(
    private config: Config,
    private store: Store,
    private identity: Identity,
    private transport: Transport,
    private listener: Listener,
  ) {}

  /** Begins to send; extra is added to the context of each request. Until then events are collected. */
  start(extra: Json): void {
    this.open = true;
    this.extra = extra;
    this.plan();
  }

  /** Keeps an event for the next request, which follows soon. */
  collect(type: string, properties: unknown, options?: TrackOptions): void {
    if (this.pending.length >= MAX_PENDING && this.open) {
      this.flush();
    }
    if (this.pending.length >= MAX_PENDING) {
      throw new Error(`event ${type} is not tracked: ${MAX_PENDING} events wait already`);
    }
    this.pending.push(this.event(type, properties, options));
    this.plan();
  }

  /** Sends an event now, in a request of its own. */
  fire(type: string, properties: unknown, options?: TrackOptions): Promise<Answer> {
    return this.deliver([this.event(type, properties, options)]);
  }

  /** Sends an event now without waiting for an answer. */
  beacon(type: string, properties: unknown, options?: TrackOptions): void {
    this.handOver([this.event(type, properties, options)]);
  }

  /** Sends what was collected. */
  flush(): void {
    const events = this.pending.splice(0);
    if (!events.length) {
      return;
    }
    const opens = this.first;
    this.first = false;
    void this.deliver(events)
      .then(({ data }) => opens && this.listener.ready(data))
      .catch(report);
  }

  /** The page goes to the background, and some never come back: sends everything, with an answer where it can wait for it. */
  hide(): void {
    if (lasting()) {
      this.flush();
    }
    this.leave();
  }

  /** The page is going away: sends everything in a way that does not need it any more. */
  leave(): void {
    const batches = [...this.held, this.pending.splice(0)];
    this.held.clear();
    batches.filter((events) => events.length).forEach((events) => this.handOver(events));
  }

  /** Forgets what was collected. */
  drop(): void {
    this.open = false;
    this.pending = [];
    this.held.clear();
  }

  private plan(): void {
    if (this.open && !this.planned && this.pending.length) {
      this.planned = true;
      whenIdle(() => {
        this.planned = false;
        if (this.open) {
          this.flush();
        }
      }, COLLECT);
    }
  }

  /**
   * As long as the visitor is unknown, requests go one after another: two at once could make two profiles of one person.
   * When the page is left meanwhile, the waiting events are handed over and there is nothing more to do here.
   */
  private async deliver(events: EventRecord[]): Promise<Answer> {
    this.held.add(events);
    while (this.opening && !this.profile()) {
      await this.opening;
    }
    return this.held.delete(events) ? this.exchange(events) : UNANSWERED;
  }

  private exchange(events: EventRecord[]): Promise<Answer> {
    const unknown = !this.profile();
    const done = this.transport.post(this.payload(events)).then((answer) => {
      if (answer.data) {
        this.listener.reply(answer.data);
      }
      return answer;
    });
    if (unknown) {
      const opening = done.then(
        () => void (this.opening = null),
        () => void (this.opening = null),
      );
      this.opening = opening;
    }
    return done;
  }

  /** Splits what is too big for a request that outlives the page. */
  private handOver(events: EventRecord[]): void {
    const body = this.payload(events);
    if (events.length > 1 && !fits(body)) {
      const half = events.length >> 1;
      this.handOver(events.slice(0, half));
      this.handOver(events.slice(half));
    } else {
      this.transport.handOver(body);
    }
  }

  private profile(): string | null {
    return this.config.tracker.profile?.id ?? this.identity.profile();
  }

  private payload(events: EventRecord[]): string {
    const profile = this.profile();
    const answered = (window as { response?: { context?: Json } }).response;
    return JSON.stringify({
      source: this.config.tracker.source,
      context: { ...visitContext(this.config, this.store), ...this.extra },
      profile: profile ? { id: profile } : null,
      device: { id: this.identity.device() },
      session: { id: this.identity.session() },
      options: answered?.context ?? {},
      events,
    });
  }

  /** Takes a copy of everything: the page may change its objects before they are sent. */
  private event(type: string, properties: unknown, options?: TrackOptions): EventRecord {
    const { context, ...rest } = options ?? {};
    return JSON.parse(
      JSON.stringify({
        id: uuid(),
        time: { create: new Date().toISOString() },
        type,
        properties: plain(type, properties),
        ...(Object.keys(rest).length && { options: rest }),
        context: { ...pageContext(this.config), ...context },
      }),
    ) as EventRecord;
  }
}

/** One event whose properties are no object would make the server refuse the whole request. */
function plain(type: string, properties: unknown): unknown {
  if (properties === undefined || properties === null) {
    return {};
  }
  if (typeof properties === 'object' && !Array.isArray(properties)) {
    return properties;
  }
  report(`properties of event ${type} must be an object; they are left out`);
  return {};
}
