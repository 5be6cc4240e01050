import { Button, Group, Loader, Select, Skeleton, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { textAt, timelineQuery, topQuery, type Document } from '../../api/documents';
import { useFormat } from '../../app/format';
import { Empty } from '../../ui/Empty';
import { ErrorState } from '../../ui/ErrorState';
import { EventType, summary } from '../events/columns';
import { idsOf } from './person';
import { ProfileEvent } from './ProfileEvent';
import styles from './ProfilePage.module.css';
import { profileRoute } from './routes';

/** What the person did, the newest first, day by day. */
export function Timeline({ profile }: { profile: Document }) {
  const { t } = useTranslation('profiles');
  const format = useFormat();
  const { type = '', q = '' } = profileRoute.useSearch();
  const navigate = profileRoute.useNavigate();
  const condition = [q && `(${q})`, type && `type = ${JSON.stringify(type)}`].filter(Boolean).join(' AND ');
  const timeline = useInfiniteQuery(timelineQuery(profile.id, { q: condition, from: '', to: '' }));
  const everything = { q: idsOf(profile).map((id) => `profile.id = ${JSON.stringify(id)}`).join(' OR '), from: '', to: '' };
  const types = useQuery(topQuery('events', 'type', everything, 100));

  const events = useMemo(() => timeline.data?.pages.flatMap((page) => page.items) ?? [], [timeline.data]);
  const days = useMemo(() => {
    const groups: { day: string; events: Document[] }[] = [];
    for (const event of events) {
      const day = format.weekday(textAt(event, 'metadata.time.insert'));
      const last = groups.at(-1);
      if (last?.day === day) last.events.push(event);
      else groups.push({ day, events: [event] });
    }
    return groups;
  }, [events, format]);

  if (timeline.error && events.length === 0) return <ErrorState error={timeline.error} onRetry={() => void timeline.refetch()} />;
  return (
    <Stack gap="sm">
      <Group>
        <Select
          aria-label={t('timeline.type')}
          placeholder={t('timeline.all')}
          data={[...new Set([...(types.data ?? []).map(({ value }) => String(value)), ...(type ? [type] : [])])]}
          value={type || null}
          onChange={(next) => void navigate({ search: (now) => ({ ...now, type: next ?? undefined }), resetScroll: false })}
          clearable
          clearButtonProps={{ 'aria-label': t('timeline.all') }}
          searchable
          w={240}
        />
        {q && (
          <Button variant="light" onClick={() => void navigate({ search: (now) => ({ ...now, q: undefined }) })}>
            {t('timeline.only', { q })}
          </Button>
        )}
        {timeline.isFetching && !timeline.isPending && <Loader size="xs" />}
      </Group>
      {timeline.isPending && [80, 90, 70, 85].map((width) => <Skeleton key={width} h={20} w={`${width}%`} />)}
      {!timeline.isPending && events.length === 0 && (
        <Empty title={t('timeline.none')}>
          {(type || q) && (
            <Button variant="default" onClick={() => void navigate({ search: (now) => ({ ...now, type: undefined, q: undefined }) })}>
              {t('timeline.clear')}
            </Button>
          )}
        </Empty>
      )}
      <div>
        {days.map(({ day, events }) => (
          <section key={day} aria-label={day}>
            <h2 className={styles.day}>{day}</h2>
            <ul className={styles.events}>
              {events.map((event) => (
                <li key={event.id}>
                  <button type="button" data-opens={event.id} className={styles.event} onClick={() => void navigate({ search: (now) => ({ ...now, event: event.id }), resetScroll: false })}>
                    <span className={`${styles.dim} number`}>{format.time(textAt(event, 'metadata.time.insert'))}</span>
                    <span>
                      <EventType event={event} />
                    </span>
                    <span className={`${styles.dim} mono`}>{summary(event)}</span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      {timeline.hasNextPage && (
        <Button variant="default" loading={timeline.isFetchingNextPage} onClick={() => void timeline.fetchNextPage()}>
          {t('timeline.more')}
        </Button>
      )}
      {!timeline.hasNextPage && events.length > 0 && (
        <Text size="xs" c="dimmed">
          {t('timeline.end')}
        </Text>
      )}
      <ProfileEvent rows={events} />
    </Stack>
  );
}
