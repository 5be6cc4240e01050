import { IconPlugConnected, IconPlus, IconSearch, IconTags, IconUser, type Icon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { NavigateOptions } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Me } from '../../../api/client';
import { eventTypesQuery } from '../../../api/eventtypes';
import { mayAdminister, mayConnect } from '../../../api/me';
import { sourcesQuery } from '../../../api/sources';
import { nameOf } from '../../../features/profiles/person';
import type { placesFor } from '../../navigation';
import { personCondition, usePeople } from './usePeople';

/** A line of the palette and where it leads. */
export interface Action {
  id: string;
  label: string;
  icon: Icon;
  go: NavigateOptions;
  /** Made from what was typed: shown whatever its label says, and not remembered. */
  found?: boolean;
}

/** What somebody may want who typed a text. */
export function useActions(groups: ReturnType<typeof placesFor>, me: Me, typed: string): Action[] {
  const { t } = useTranslation();
  const sources = useQuery(sourcesQuery);
  const types = useQuery(eventTypesQuery);
  const people = usePeople(typed);

  const named: Action[] = groups.flatMap(({ places }) => places.map(({ to, label, icon }) => ({ id: to, label: t(label), icon, go: { to } })));
  named.push({ id: '/account', label: t('user.account'), icon: IconUser, go: { to: '/account' } });
  if (mayConnect(me.role)) {
    named.push({ id: 'new-source', label: t('palette.newSource'), icon: IconPlus, go: { to: '/sources/new' } });
    named.push({ id: 'new-token', label: t('palette.newToken'), icon: IconPlus, go: { to: '/tokens/new' } });
    for (const { id = '', name } of sources.data ?? []) {
      named.push({ id: `source ${id}`, label: t('palette.source', { name }), icon: IconPlugConnected, go: { to: '/sources/$id', params: { id } } });
    }
  }
  if (mayAdminister(me.role)) named.push({ id: 'new-user', label: t('palette.newUser'), icon: IconPlus, go: { to: '/users/new' } });
  if (!typed) return named;

  for (const { id } of types.data ?? []) {
    named.push({ id: `type ${id}`, label: t('palette.eventType', { name: id }), icon: IconTags, go: { to: '/event-types/$id', params: { id } } });
  }
  const matching = named.filter(({ label }) => label.toLowerCase().includes(typed.toLowerCase()));
  return [...matching, ...people.map((person) => toPerson(person.id, t('palette.profile', { name: nameOf(person) || person.id }))), ...searches(typed, t)];
}

const toPerson = (id: string, label: string): Action => ({ id: `profile ${id}`, label, icon: IconUser, go: { to: '/profiles/$id', params: { id } }, found: true });

function searches(typed: string, t: ReturnType<typeof useTranslation>['t']): Action[] {
  const found: Action[] = [{ id: 'find-profile', label: t('palette.profiles', { text: typed }), icon: IconUser, go: { to: '/profiles', search: { q: personCondition(typed) } }, found: true }];
  if (/[:=<>~]/.test(typed)) {
    found.push({ id: 'find-events', label: t('palette.events', { text: typed }), icon: IconSearch, go: { to: '/events', search: { q: typed } }, found: true });
  }
  return found;
}
