import { Badge } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { leavesOf, textAt, valueAt, type Document } from '../../api/documents';
import { useFormat } from '../../app/format';
import { Id } from '../../ui/Id';
import type { DocumentColumn } from '../../ui/list/columns';

export const standardFields = ['metadata.time.insert', 'type', 'properties', 'source.id', 'profile.id'];

const shownProperties = 6;

/** The columns of events that are described; any other field can be a column too. */
export function useEventColumns(): DocumentColumn[] {
  const { t } = useTranslation('events');
  const format = useFormat();
  return useMemo(
    () => [
      { id: 'metadata.time.insert', title: t('time'), width: '12rem', sort: 'metadata.time.insert', cell: (event) => format.dateTime(textAt(event, 'metadata.time.insert')) },
      { id: 'type', title: t('type'), width: 'minmax(9rem, 1fr)', sort: 'type', cell: (event) => <EventType event={event} /> },
      { id: 'properties', title: t('properties'), width: 'minmax(14rem, 3fr)', cell: (event) => <span className="mono">{summary(event)}</span> },
      { id: 'source.id', title: t('source'), width: 'minmax(7rem, 0.7fr)', sort: 'source.id', cell: (event) => textAt(event, 'source.id') },
      { id: 'profile.id', title: t('profile'), width: '12rem', cell: (event) => textAt(event, 'profile.id') && <Id id={textAt(event, 'profile.id')} /> },
      { id: 'session.id', title: t('session'), width: '12rem', cell: (event) => textAt(event, 'session.id') && <Id id={textAt(event, 'session.id')} /> },
      { id: 'id', title: t('id'), width: '12rem', cell: (event) => <Id id={event.id} /> },
    ],
    [t, format],
  );
}

/** The type of an event with a mark when something is wrong with it. */
export function EventType({ event }: { event: Document }) {
  const type = textAt(event, 'type');
  const mark = markOf(event);
  return mark ? (
    <>
      {type} <EventMark mark={mark} />
    </>
  ) : (
    type
  );
}

function markOf(event: Document): 'invalid' | 'failed' | 'warned' | undefined {
  if (valueAt(event, 'metadata.valid') === false) return 'invalid';
  if (valueAt(event, 'metadata.error') === true) return 'failed';
  if (valueAt(event, 'metadata.warning') === true) return 'warned';
  return undefined;
}

function EventMark({ mark }: { mark: 'invalid' | 'failed' | 'warned' }) {
  const { t } = useTranslation('events');
  return <Badge color={mark === 'warned' ? 'yellow' : 'red'}>{t(mark)}</Badge>;
}

/** The first properties in one line. */
export function summary(event: Document): string {
  return leavesOf(event.properties)
    .slice(0, shownProperties)
    .map(([path, value]) => `${path}: ${typeof value === 'object' ? JSON.stringify(value) : String(value).slice(0, 80)}`)
    .join('  ');
}
