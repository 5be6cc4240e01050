import { ActionIcon, Drawer, Group, Skeleton, Stack, Tabs, Text, Tooltip } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { documentQuery, leavesOf, textAt, type Document } from '../../api/documents';
import { useFormat } from '../../app/format';
import { useShortcut } from '../../app/shortcuts';
import { ErrorState } from '../../ui/ErrorState';
import { Facts } from '../../ui/Facts';
import { Id } from '../../ui/Id';
import { JsonView } from '../../ui/json/JsonView';
import { EventType } from './columns';
import { Story } from './Story';
import styles from './EventDrawer.module.css';

export interface EventDrawerProps {
  id?: string;
  tab?: string;
  /** The events of the list, to walk through. */
  rows: readonly Document[];
  onShow(id: string): void;
  onTab(tab: string | undefined): void;
  onClose(): void;
}

const standardTab = 'story';

/** One event beside its list: its story, what it carries, and the whole document. */
export default function EventDrawer({ id, tab = standardTab, rows, onShow, onTab, onClose }: EventDrawerProps) {
  const { t } = useTranslation(['events', 'app']);
  const at = rows.findIndex((row) => row.id === id);
  const listed = rows[at];
  const loaded = useQuery({ ...documentQuery('events', id ?? ''), enabled: id !== undefined && !listed });
  const event = listed ?? (id ? loaded.data : undefined);
  const before = at > 0 ? rows[at - 1] : undefined;
  const after = at >= 0 ? rows[at + 1] : undefined;
  useShortcut('j', t('next'), () => after && onShow(after.id), id !== undefined);
  useShortcut('k', t('previous'), () => before && onShow(before.id), id !== undefined);

  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      returnFocus={false}
      classNames={{ content: styles.content, body: styles.body, title: styles.title }}
      closeButtonProps={{ 'aria-label': t('app:close') }}
      title={
        <Group gap="sm" wrap="nowrap">
          <Text fw={600} size="lg" truncate>
            {event ? <EventType event={event} /> : t('event')}
          </Text>
          <Step label={t('previous')} icon={<IconChevronUp size={16} />} to={before} onShow={onShow} />
          <Step label={t('next')} icon={<IconChevronDown size={16} />} to={after} onShow={onShow} />
        </Group>
      }
    >
      {event ? (
        <Content key={event.id} event={event} tab={tab} onTab={onTab} />
      ) : loaded.error ? (
        <ErrorState error={loaded.error} onRetry={() => void loaded.refetch()} />
      ) : (
        <Stack>
          {[60, 90, 75, 80].map((width) => (
            <Skeleton key={width} h={16} w={`${width}%`} />
          ))}
        </Stack>
      )}
    </Drawer>
  );
}

function Step({ label, icon, to, onShow }: { label: string; icon: React.ReactNode; to?: Document; onShow(id: string): void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} disabled={!to} onClick={() => to && onShow(to.id)}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

function Content({ event, tab, onTab }: { event: Document; tab: string; onTab(tab: string | undefined): void }) {
  const { t } = useTranslation('events');
  const format = useFormat();
  const properties = leavesOf(event.properties).map(([path, value]) => [path, typeof value === 'object' ? JSON.stringify(value) : String(value)] as const);
  return (
    <>
      <Group gap="lg" c="dimmed">
        <Text>{format.exact(textAt(event, 'metadata.time.insert'))}</Text>
        <Id id={event.id} />
      </Group>
      <Tabs value={tab} onChange={(next) => onTab(next === standardTab ? undefined : (next ?? undefined))} className={styles.tabs} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="story">{t('tab.story')}</Tabs.Tab>
          <Tabs.Tab value="properties">{t('tab.properties')}</Tabs.Tab>
          <Tabs.Tab value="raw">{t('tab.raw')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="story" className={styles.panel}>
          <Story event={event} />
        </Tabs.Panel>
        <Tabs.Panel value="properties" className={styles.panel}>
          {properties.length > 0 ? <Facts facts={properties.slice(0, 200)} /> : <Text c="dimmed">{t('noProperties')}</Text>}
          {properties.length > 200 && <Text c="dimmed">{t('moreProperties', { count: properties.length - 200 })}</Text>}
        </Tabs.Panel>
        <Tabs.Panel value="raw" className={styles.panel}>
          <JsonView value={event} label={t('tab.raw')} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
