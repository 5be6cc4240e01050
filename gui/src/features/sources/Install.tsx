import { Alert, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, bodyOf, type Source } from '../../api/client';
import { textAt, type Document } from '../../api/documents';
import { useFormat } from '../../app/format';
import { Facts } from '../../ui/Facts';
import { Id } from '../../ui/Id';
import { AnchorLink } from '../../ui/links';
import { Snippet } from '../../ui/Snippet';
import { samplesFor } from './kinds';

const listenEvery = 1000; // milliseconds

/** How to send events to the source, and whether they arrive. */
export function Install({ source }: { source: Source }) {
  const { t } = useTranslation('sources');
  const samples = samplesFor(source, location.origin);
  return (
    <Stack gap="lg">
      <Listening source={source} />
      <Facts
        facts={[
          [t('id'), <Id id={source.id ?? ''} full />],
          [t('writeKey'), source.write_key && <Id id={source.write_key} full />],
        ]}
      />
      {samples.length === 0 && <Text c="dimmed">{t('install.noSample')}</Text>}
      {samples.map(({ id, text }) => (
        <Stack key={id} gap="xs">
          <Title order={2} size="h3">{t(`sample.${id}.title`)}</Title>
          <Text c="dimmed">{t(`sample.${id}.text`)}</Text>
          <Snippet text={text} label={t(`sample.${id}.copy`)} />
        </Stack>
      ))}
    </Stack>
  );
}

/** Waits for events of the source, and shows the newest. */
function Listening({ source }: { source: Source }) {
  const { t } = useTranslation('sources');
  const format = useFormat();
  const newest = useQuery({
    queryKey: ['events', 'newest', source.id],
    queryFn: async ({ signal }) => {
      const query = { q: `source.id = ${JSON.stringify(source.id)}`, limit: 1, total: false };
      const { items } = await bodyOf(api.GET('/events', { params: { query }, signal }));
      return (items[0] as Document | undefined) ?? null;
    },
    refetchInterval: listenEvery,
  });
  const event = newest.data;
  if (!source.enabled) return <Alert color="yellow" variant="light" title={t('install.off')} />;
  return (
    <div role="status" data-listening={event ? 'received' : 'waiting'}>
      {event ? (
        <Alert color="teal" variant="outline" icon={<IconCircleCheck size={20} />} title={t('install.received')}>
          <AnchorLink underline="always" to="/events" search={{ q: `source.id = ${JSON.stringify(source.id)}`, event: event.id }}>
            {textAt(event, 'type')}
          </AnchorLink>
          , {format.dateTime(textAt(event, 'metadata.time.insert'))}
        </Alert>
      ) : (
        <Alert color="gray" variant="outline" icon={<Loader size={18} type="dots" />} title={t('install.listening')}>
          <Group>{t('install.listeningText')}</Group>
        </Alert>
      )}
    </div>
  );
}
