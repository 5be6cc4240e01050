import 'i18next';
import type app from './locales/en.json';
import type account from '../features/account/en.json';
import type console from '../features/console/en.json';
import type dashboard from '../features/dashboard/en.json';
import type events from '../features/events/en.json';
import type eventtypes from '../features/eventtypes/en.json';
import type health from '../features/health/en.json';
import type live from '../features/live/en.json';
import type profiles from '../features/profiles/en.json';
import type sessions from '../features/sessions/en.json';
import type settings from '../features/settings/en.json';
import type sources from '../features/sources/en.json';
import type tokens from '../features/tokens/en.json';
import type users from '../features/users/en.json';

// Makes keys of words checked by the compiler: each feature has a line.
declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app';
    resources: {
      app: typeof app;
      account: typeof account;
      console: typeof console;
      dashboard: typeof dashboard;
      events: typeof events;
      eventtypes: typeof eventtypes;
      health: typeof health;
      live: typeof live;
      profiles: typeof profiles;
      sessions: typeof sessions;
      settings: typeof settings;
      sources: typeof sources;
      tokens: typeof tokens;
      users: typeof users;
    };
  }
}
