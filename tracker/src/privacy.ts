import type { Config } from './options.js';
import type { Store } from './store.js';

const CONSENT = 'tracardi-consent';

/** off: nothing is stored or sent; waiting: events are held in memory until the visitor decides; on: tracking. */
export type Permission = 'off' | 'waiting' | 'on';

/** Whether the tracker may work, from the browser's signals, the options and what the visitor said earlier. */
export function permission(config: Config, store: Store): Permission {
  const { respectDoNotTrack, requireConsent } = config.tracker.settings;
  if (respectDoNotTrack && signalled()) {
    return 'off';
  }
  const said = store.get(CONSENT);
  if (said === 'denied') {
    return 'off';
  }
  return requireConsent && said !== 'granted' ? 'waiting' : 'on';
}

/** Keeps the visitor's decision for later pages. */
export function remember(store: Store, granted: boolean): void {
  store.set(CONSENT, granted ? 'granted' : 'denied');
}

/** Whether the browser asks not to be tracked (Do Not Track or Global Privacy Control). */
function signalled(): boolean {
  const browser = navigator as Navigator & { doNotTrack?: unknown; globalPrivacyControl?: unknown };
  return browser.doNotTrack === '1' || browser.globalPrivacyControl === true;
}
