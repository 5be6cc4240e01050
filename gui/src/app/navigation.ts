import { IconActivity, IconBolt, IconClock, IconGauge, IconHeartbeat, IconKey, IconPlugConnected, IconSettings, IconTags, IconTerminal2, IconUserCog, IconUsers } from '@tabler/icons-react';
import type { Role } from '../api/client';
import { administrators, developers } from '../api/me';

/** The places of the menu: path, word, key after "g", and who sees them (everybody, when left out). */
export const navigation = [
  {
    title: 'nav.now',
    places: [
      { to: '/', label: 'nav.dashboard', icon: IconGauge, key: 'd' },
      { to: '/live', label: 'nav.live', icon: IconActivity, key: 'l' },
    ],
  },
  {
    title: 'nav.data',
    places: [
      { to: '/events', label: 'nav.events', icon: IconBolt, key: 'e' },
      { to: '/profiles', label: 'nav.profiles', icon: IconUsers, key: 'p' },
      { to: '/sessions', label: 'nav.sessions', icon: IconClock, key: 's' },
      { to: '/event-types', label: 'nav.eventTypes', icon: IconTags, key: 't' },
    ],
  },
  {
    title: 'nav.connections',
    places: [
      { to: '/sources', label: 'nav.sources', icon: IconPlugConnected, key: 'o', roles: developers },
      { to: '/console', label: 'nav.console', icon: IconTerminal2, key: 'c', roles: developers },
    ],
  },
  {
    title: 'nav.administration',
    places: [
      { to: '/health', label: 'nav.health', icon: IconHeartbeat, key: 'h' },
      { to: '/users', label: 'nav.users', icon: IconUserCog, key: 'u', roles: administrators },
      { to: '/tokens', label: 'nav.tokens', icon: IconKey, key: 'k', roles: developers },
      { to: '/settings', label: 'nav.settings', icon: IconSettings, key: ',', roles: administrators },
    ],
  },
] as const;

export type Place = (typeof navigation)[number]['places'][number] & { roles?: readonly Role[] };

/** The groups of the menu with the places that a role may see. */
export function placesFor(role: Role) {
  return navigation
    .map(({ title, places }) => ({ title, places: (places as readonly Place[]).filter((place) => place.roles?.includes(role) ?? true) }))
    .filter(({ places }) => places.length > 0);
}
