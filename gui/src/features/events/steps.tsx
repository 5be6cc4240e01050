import { Badge, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { textAt, type Document } from '../../api/documents';
import type { Identity, MappedTo, Story } from '../../api/story';
import { useFormat } from '../../app/format';
import { Facts } from '../../ui/Facts';
import { Id } from '../../ui/Id';
import { AnchorLink } from '../../ui/links';

const written = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** How it came in. */
export function Received({ received, event }: { received: Story['received']; event: Document }) {
  const { t } = useTranslation('events');
  const format = useFormat();
  const { source, channel, created, ip } = received;
  // Sources of the program itself, and those that are gone, have no page.
  const from = source.name ? (
    <AnchorLink to="/sources/$id" params={{ id: source.id }}>
      {source.name}
    </AnchorLink>
  ) : (
    source.id
  );
  return (
    <Facts
      facts={[
        [t('source'), from],
        [t('story.channel'), channel],
        [t('time'), format.exact(received.at)],
        [t('story.made'), created && format.exact(created)],
        [t('story.ip'), ip],
        [t('story.page'), textAt(event, 'hit.url') || textAt(event, 'context.page.url')],
      ]}
    />
  );
}

/** What checks said of it. */
export function Checked({ checked }: { checked: Story['checked'] }) {
  const { t } = useTranslation('events');
  return (
    <Stack gap="xs">
      {!checked.valid && (
        <div>
          <Badge color="red">{t('invalid')}</Badge>
        </div>
      )}
      {checked.error && <Text>{t('story.error')}</Text>}
      {checked.warning && <Text>{t('story.warning')}</Text>}
      {checked.valid && !checked.error && !checked.warning && <Text>{t('story.valid')}</Text>}
      <Text c="dimmed">{checked.known ? t('story.known', { name: checked.type_name }) : t('story.unknownType')}</Text>
    </Stack>
  );
}

/** What was copied out of it, and what was there before. */
export function Mapped({ mapped }: { mapped: readonly MappedTo[] }) {
  const { t } = useTranslation('events');
  if (mapped.length === 0) return <Text c="dimmed">{t('story.nothingMapped')}</Text>;
  return (
    <Stack gap="sm">
      {(['event', 'profile'] as const).map((target) => {
        const rows = mapped.filter((row) => row.target === target);
        if (rows.length === 0) return null;
        return (
          <div key={target}>
            <Text size="xs" c="dimmed">
              {t(`story.target.${target}`)}
            </Text>
            <Facts facts={rows.map((row) => [row.to, <MappedValue key={row.to} row={row} />] as const)} />
          </div>
        );
      })}
    </Stack>
  );
}

function MappedValue({ row }: { row: MappedTo }) {
  const { t } = useTranslation('events');
  const remarks = [
    row.operation !== 'copy' && row.operation !== 'equals' && row.operation,
    row.from && `← ${row.from}`,
    row.former !== undefined && t('story.former', { value: written(row.former) }),
    row.superseded && t('story.superseded'),
  ].filter(Boolean);
  return (
    <>
      {written(row.value)}
      {remarks.length > 0 && (
        <Text span size="xs" c="dimmed">
          {'  '}
          {remarks.join(' · ')}
        </Text>
      )}
    </>
  );
}

/** Whose it is, and how that was found out. */
export function Recognized({ identity, session }: { identity: Identity; session?: Story['session'] }) {
  const { t } = useTranslation('events');
  const format = useFormat();
  const { profile, today, name } = identity;
  return (
    <Facts
      facts={[
        [t('story.how'), t(`how.${identity.how}`)],
        [
          t('story.person'),
          today ? (
            <AnchorLink to="/profiles/$id" params={{ id: today }}>
              {name || today}
            </AnchorLink>
          ) : (
            profile && t('story.gone')
          ),
        ],
        [t('story.then'), profile && profile !== today && <Id id={profile} full />],
        [
          t('session'),
          session && (
            <Group gap="xs">
              <AnchorLink to="/events" search={{ q: `session.id = ${JSON.stringify(session.id)}` }}>
                {session.id}
              </AnchorLink>
            </Group>
          ),
        ],
        [t('story.since'), session?.start && format.duration(session.duration)],
      ]}
    />
  );
}

/** What was found out about device, place and campaign. */
export function Enriched({ event }: { event: Document }) {
  const { t } = useTranslation('events');
  const words = (...paths: string[]) => paths.map((path) => textAt(event, path)).filter(Boolean);
  const facts = [
    [t('story.device'), words('device.brand', 'device.model', 'device.type').join(' ')],
    [t('story.system'), words('os.name', 'os.version').join(' ')],
    [t('story.browser'), words('app.name', 'app.version').join(' ')],
    [t('story.place'), words('device.geo.city', 'device.geo.country.name').join(', ')],
    [t('story.campaign'), words('utm.source', 'utm.medium', 'utm.campaign').join(' / ')],
  ] as const;
  return facts.some(([, text]) => text) ? <Facts facts={facts} /> : <Text c="dimmed">{t('story.nothingFound')}</Text>;
}

/** The flows that it went through. */
export function Flows({ flows }: { flows: Story['flows'] }) {
  const { t } = useTranslation('events');
  return flows.length > 0 ? <Text>{flows.map(({ id, name }) => name || id).join(', ')}</Text> : <Text c="dimmed">{t('story.noFlow')}</Text>;
}

/** The places that it was sent to. */
export function Destinations({ destinations }: { destinations: Story['destinations'] }) {
  const { t } = useTranslation('events');
  return destinations.length > 0 ? <Text>{destinations.map(({ id }) => id).join(', ')}</Text> : <Text c="dimmed">{t('story.noDestination')}</Text>;
}

/** What became of it in the end, and how long all took. */
export function Stored({ stored }: { stored: Story['stored'] }) {
  const { t } = useTranslation('events');
  const format = useFormat();
  const took = (milliseconds: number) => milliseconds > 0 && format.duration(milliseconds / 1000);
  return (
    <Facts
      facts={[
        [t('story.status'), stored.status],
        [t('story.took'), took(stored.milliseconds)],
        [t('story.inFlows'), took(stored.flow_milliseconds)],
        [t('story.instance'), stored.instance],
      ]}
    />
  );
}
