import { useDebouncedValue } from '@mantine/hooks';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, bodyOf } from '../../../api/client';
import type { Document } from '../../../api/documents';

const typingPause = 150; // milliseconds
const shownPeople = 5;
const shortestId = 8; // characters

/** The condition that finds a person by what somebody typed: an address or an id. */
export function personCondition(typed: string): string {
  const text = JSON.stringify(typed);
  return typed.includes('@') ? `data.contact.email.main = ${text}` : `id = ${text} OR ids = ${text}`;
}

function peopleQuery(typed: string) {
  return queryOptions({
    queryKey: ['profiles', 'people', typed],
    queryFn: async ({ signal }) => {
      const query = { q: personCondition(typed), limit: shownPeople, total: false };
      return (await bodyOf(api.GET('/profiles', { params: { query }, signal }))).items as Document[];
    },
    enabled: typed.includes('@') || typed.length >= shortestId,
  });
}

/** The people with an address or an id. */
export function usePeople(typed: string): readonly Document[] {
  const [settled] = useDebouncedValue(typed, typingPause);
  const people = useQuery(peopleQuery(settled));
  return settled === typed ? (people.data ?? []) : [];
}
