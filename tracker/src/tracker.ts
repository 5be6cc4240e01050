import { Identity } from './identity.js';
import { lookUp } from './lookup.js';
import { passProfile } from './links.js';
import { type Config, configure, type Json, type Options, type Script, type TrackOptions } from './options.js';
import { type Permission, permission, remember } from './privacy.js';
import { Recorder } from './recorder.js';
import { attempt, guarded, report } from './report.js';
import { RetryQueue } from './retry.js';
import { watchRoutes } from './routes.js';
import { Store } from './store.js';
import { type Answer, type Reply, Transport, UNANSWERED } from './transport.js';
import { watchTriggers } from './triggers.js';
import { show } from './ux.js';

/** What pages work with. Methods never throw; those that return the tracker can be chained. */
export interface Tracker {
  /** Records an event. Events of the same moment travel together; see TrackOptions for the other ways. */
  track(type: string, properties?: Json, options?: TrackOptions): Tracker;
  /** Sends what was recorded now instead of in a moment. */
  flush(): Tracker;
  /** The visitor's decision: true starts a waiting tracker, false stops it and forgets the visitor. It is remembered. */
  consent(granted: boolean): Tracker;
  /** State in the shape that the inline loader checks. */
  getState(): { plugins: { tracardi: { initialized: boolean; enabled: boolean } } };
  plugins: { tracardi: Helpers };
  /** The effective options; null when they could not be used. */
  config: Config | null;
}

/** Functions that pages get as `helpers`. */
export interface Helpers {
  /** Sends an event at once; resolves with the response and its decoded body as `data`, never rejects. */
  track(type: string, properties?: Json, options?: TrackOptions): Promise<Answer>;
  /** Calls fn at each click on the element. */
  onClick(element: EventTarget | null, fn: (event: Event) => void): void;
  /** Calls fn at each event of that name. */
  addListener(element: EventTarget | null, name: string, fn: (event: Event) => void): void;
}

/** What `onTracardiReady` callbacks get. */
export interface Ready {
  tracker: Tracker;
  helpers: Helpers;
  /** Reply to the first request of the page; null when there was none. */
  context: Reply | null;
  config: Config;
}

/** Starts a tracker for this page. Without usable options, or outside a browser, it does nothing but also breaks nothing. */
export function createTracker(options: Options | undefined, script?: Script): Tracker {
  return new Page(options, script).tracker;
}

class Page {
  readonly tracker: Tracker;
  private config: Config | null = null;
  private state: Permission = 'off';
  private store = new Store();
  private identity = new Identity(this.store);
  private recorder: Recorder | null = null;
  private transport: Transport | null = null;
  private started = false;

  constructor(options: Options | undefined, script?: Script) {
    if (typeof window !== 'undefined') {
      attempt(() => (this.config = configure(options, script)), null);
    }
    this.tracker = this.surface();
    if (this.config) {
      attempt(() => this.prepare(this.config!), undefined);
    }
  }

  private prepare(config: Config): void {
    const { url, source, settings } = config.tracker;
    this.state = permission(config, this.store);
    this.transport = new Transport(`${url.api}/track`, new RetryQueue(this.store, source.id), (data) => this.adopt(data));
    this.recorder = new Recorder(config, this.store, this.identity, this.transport, {
      reply: (data) => {
        this.adopt(data);
        if (this.state === 'on') {
          show(data.ux, settings.nonce);
        }
      },
      ready: (context) => this.ready(config, context),
    });
    if (this.state !== 'off') {
      config.tracker.auto.events.forEach(([type, properties]) => attempt(() => this.record(type, properties), undefined));
    }
    if (this.state === 'on') {
      this.start(config);
    }
  }

  /** Runs once the visitor may be tracked: nothing before this reads or writes an id, or talks to the server. */
  private start(config: Config): void {
    const recorder = this.recorder!;
    this.transport!.open();
    if (!this.started) {
      this.started = true;
      this.announce(config);
      this.watch(config);
    }
    const asked = lookUp(config, this.store);
    if (asked) {
      void asked.then((extra) => this.state === 'on' && recorder.start(extra));
    } else {
      recorder.start({});
    }
  }

  private announce({ listeners }: Config): void {
    const { tracker } = this;
    const helpers = tracker.plugins.tracardi;
    if (!navigator.cookieEnabled) {
      attempt(() => listeners.onCookiesDisabled?.({ tracker, helpers }), undefined);
    }
    const session = { id: this.identity.session() };
    attempt(() => listeners.onInit?.({ session, tracker, helpers }), undefined);
  }

  private watch(config: Config): void {
    const { auto, settings, source } = config.tracker;
    const active = () => this.state === 'on';
    addEventListener('pagehide', guarded(() => active() && this.recorder!.leave()));
    // The last event that phones are sure to raise; a page that only went to the background goes on afterwards.
    document.addEventListener(
      'visibilitychange',
      guarded(() => active() && document.visibilityState === 'hidden' && this.recorder!.hide()),
    );
    addEventListener('online', guarded(() => active() && this.transport!.online()));
    attempt(() => {
      passProfile(settings.trackExternalLinks, source.id, () => (active() ? this.identity.profile() : null));
    }, undefined);
    attempt(() => {
      watchTriggers(auto.triggers, ({ data }, found) => {
        this.record(data.event, { ...data.properties, ...found }, { ...data.options, fire: true });
      });
    }, undefined);
    if (auto.routes) {
      watchRoutes(() => this.record('page-view'));
    }
  }

  private record(type: string, properties?: unknown, options?: TrackOptions): void {
    if (this.state === 'off' || !named(type)) {
      return;
    }
    if (this.state === 'on' && options?.asBeacon) {
      this.recorder!.beacon(type, properties, options);
    } else if (this.state === 'on' && options?.fire) {
      void this.recorder!.fire(type, properties, options).catch(report);
    } else {
      this.recorder!.collect(type, properties, options);
    }
  }

  private async fire(type: string, properties?: unknown, options?: TrackOptions): Promise<Answer> {
    try {
      const wanted = { ...options, fire: true };
      if (this.state === 'on' && !wanted.asBeacon && named(type)) {
        return await this.recorder!.fire(type, properties, wanted);
      }
      this.record(type, properties, wanted);
    } catch (problem) {
      report(problem);
    }
    return UNANSWERED;
  }

  private decide(granted: boolean): void {
    if (!this.config) {
      return;
    }
    remember(this.store, granted);
    const before = this.state;
    this.state = permission(this.config, this.store);
    if (this.state === 'on' && before !== 'on') {
      this.start(this.config);
    } else if (!granted) {
      this.recorder!.drop();
      this.transport!.close();
      this.identity.forget();
    }
  }

  private adopt(data: Reply): void {
    const id = data.profile?.id;
    if (this.state === 'on' && typeof id === 'string' && id) {
      this.identity.adopt(id);
    }
  }

  private ready(config: Config, context: Reply | null): void {
    const { tracker } = this;
    const params: Ready = { tracker, helpers: tracker.plugins.tracardi, context, config };
    const page = window as { onTracardiReady?: { call?: (params: Ready) => void } };
    attempt(() => config.listeners.onTracardiReady?.(params), undefined);
    attempt(() => page.onTracardiReady?.call?.(params), undefined);
  }

  private surface(): Tracker {
    const chained = <A extends unknown[]>(fn: (...args: A) => void) => {
      return (...args: A): Tracker => {
        attempt(() => fn(...args), undefined);
        return this.tracker;
      };
    };
    const listen = (element: EventTarget | null, name: string, fn: (event: Event) => void): void => {
      if (element) {
        attempt(() => element.addEventListener(name, fn), undefined);
      } else {
        report(`no element to listen for ${name} on`);
      }
    };
    const helpers: Helpers = {
      track: (type, properties, options) => this.fire(type, properties, options),
      onClick: (element, fn) => listen(element, 'click', fn),
      addListener: listen,
    };
    return {
      track: chained((type: string, properties?: Json, options?: TrackOptions) => this.record(type, properties, options)),
      flush: chained(() => this.state === 'on' && this.recorder!.flush()),
      consent: chained((granted: boolean) => this.decide(granted)),
      getState: () => ({ plugins: { tracardi: { initialized: true, enabled: this.state === 'on' } } }),
      plugins: { tracardi: helpers },
      config: this.config,
    };
  }
}

function named(type: unknown): type is string {
  if (typeof type === 'string' && type.trim()) {
    return true;
  }
  report('an event without a type is not tracked');
  return false;
}
