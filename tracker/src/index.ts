export { createTracker } from './tracker.js';
export type { Helpers, Ready, Tracker } from './tracker.js';
export type {
  AutoOptions,
  Config,
  ContextOptions,
  External,
  Json,
  Listeners,
  LocationLookup,
  Options,
  SettingsOptions,
  TrackOptions,
  Trigger,
} from './options.js';
export type { Answer, Reply } from './transport.js';
