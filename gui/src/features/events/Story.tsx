import { Badge, Text, Timeline } from '@mantine/core';
import { IconArrowDownCircle, IconDatabase, IconFingerprint, IconForms, IconMapPin, IconRoute, IconSend, IconShieldCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { leavesOf, textAt, valueAt, type Document, type Json } from '../../api/documents';
import { useFormat } from '../../app/format';
import { Facts } from '../../ui/Facts';
import { Id } from '../../ui/Id';
import { AnchorLink } from '../../ui/links';

/** What happened to an event, in order: from its receipt to the places that it was sent to. */
export function Story({ event }: { event: Document }) {
  const { t } = useTranslation('events');
  const format = useFormat();
  const text = (path: string) => textAt(event, path);
  const list = (path: string) => names(valueAt(event, path));
  const seconds = (path: string) => (typeof valueAt(event, path) === 'number' ? format.duration(Number(valueAt(event, path))) : '');
  const invalid = valueAt(event, 'metadata.valid') === false;
  const mapped = [...leavesOf(event.traits, 'traits'), ...leavesOf(event.data, 'data')];
  const place = [text('device.geo.city'), text('device.geo.country.name')].filter(Boolean).join(', ');
  const flows = list('metadata.processed_by.flows');

  const steps: { icon: ReactNode; title: string; content: ReactNode; bad?: boolean }[] = [
    {
      icon: <IconArrowDownCircle size={14} />,
      title: t('story.received'),
      content: (
        <Facts
          facts={[
            [t('source'), <SourceLink id={text('source.id')} />],
            [t('story.channel'), text('metadata.channel')],
            [t('story.made'), text('metadata.time.create') && format.exact(text('metadata.time.create'))],
            [t('story.ip'), text('metadata.ip')],
            [t('story.page'), text('hit.url') || text('context.page.url')],
          ]}
        />
      ),
    },
    {
      icon: <IconShieldCheck size={14} />,
      title: t('story.checked'),
      bad: invalid,
      content: invalid ? <Badge color="red">{t('invalid')}</Badge> : <Text>{t('story.valid')}</Text>,
    },
    {
      icon: <IconForms size={14} />,
      title: t('story.mapped'),
      content:
        mapped.length > 0 ? (
          <Facts facts={mapped.slice(0, 50).map(([path, value]) => [path, typeof value === 'object' ? JSON.stringify(value) : String(value)] as const)} />
        ) : (
          <Text c="dimmed">{t('story.nothingMapped')}</Text>
        ),
    },
    {
      icon: <IconFingerprint size={14} />,
      title: t('story.recognized'),
      content: text('profile.id') ? (
        <Facts
          facts={[
            [t('profile'), <ProfileLink id={text('profile.id')} />],
            [t('session'), text('session.id') && <Id id={text('session.id')} />],
            [t('story.merged'), valueAt(event, 'metadata.merge') === true && t('yes')],
          ]}
        />
      ) : (
        <Text c="dimmed">{t('story.nobody')}</Text>
      ),
    },
    {
      icon: <IconMapPin size={14} />,
      title: t('story.enriched'),
      content: (
        <Facts
          facts={[
            [t('story.device'), [text('device.brand'), text('device.model') || text('device.name'), text('device.type')].filter(Boolean).join(' ')],
            [t('story.system'), [text('os.name'), text('os.version')].filter(Boolean).join(' ')],
            [t('story.browser'), [text('app.name'), text('app.version')].filter(Boolean).join(' ')],
            [t('story.place'), place],
            [t('story.campaign'), [text('utm.source'), text('utm.medium'), text('utm.campaign')].filter(Boolean).join(' / ')],
          ]}
        />
      ),
    },
    {
      icon: <IconRoute size={14} />,
      title: t('story.flows'),
      bad: valueAt(event, 'metadata.error') === true,
      content:
        flows.length > 0 ? (
          <Facts
            facts={[
              [t('story.flows'), flows.join(', ')],
              [t('story.took'), seconds('metadata.time.process_time')],
            ]}
          />
        ) : (
          <Text c="dimmed">{t('story.noFlow')}</Text>
        ),
    },
    {
      icon: <IconSend size={14} />,
      title: t('story.destinations'),
      content: list('metadata.processed_by.third_party').join(', ') || <Text c="dimmed">{t('story.noDestination')}</Text>,
    },
    {
      icon: <IconDatabase size={14} />,
      title: t('story.stored'),
      content: (
        <Facts
          facts={[
            [t('story.status'), text('metadata.status')],
            [t('story.took'), seconds('metadata.time.total_time')],
          ]}
        />
      ),
    },
  ];
  return (
    <Timeline active={steps.length} bulletSize={24} lineWidth={2} color="gray.6">
      {steps.map(({ icon, title, content, bad }) => (
        <Timeline.Item key={title} bullet={icon} title={title} color={bad ? 'red' : undefined} data-step={title}>
          {content}
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

function SourceLink({ id }: { id: string }) {
  if (!id || id.startsWith('@')) return id; // sources of the program itself have no page
  return (
    <AnchorLink to="/sources/$id" params={{ id }}>
      {id}
    </AnchorLink>
  );
}

function ProfileLink({ id }: { id: string }) {
  return (
    <AnchorLink to="/profiles/$id" params={{ id }} className="mono">
      {id}
    </AnchorLink>
  );
}

const names = (value: Json | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);
