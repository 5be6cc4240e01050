import { Badge, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Health } from '../../api/health';
import { useFormat } from '../../app/format';
import { Facts } from '../../ui/Facts';

interface RowsProps {
  head: readonly string[];
  rows: readonly (readonly ReactNode[])[];
}

function Rows({ head, rows }: RowsProps) {
  return (
    <Table.ScrollContainer minWidth={360}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            {head.map((title) => (
              <Table.Th key={title}>{title}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((cells, at) => (
            <Table.Tr key={at}>
              {cells.map((cell, at) => (
                <Table.Td key={at}>{cell}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** How much work waits. */
export function Queue({ topics }: { topics: Health['queue'] }) {
  const { t } = useTranslation('health');
  const format = useFormat();
  if (topics.length === 0) return <Text c="dimmed">{t('noTopic')}</Text>;
  return (
    <Rows
      head={[t('topic'), t('ready'), t('delayed'), t('dead'), t('oldest')]}
      rows={topics.map(({ topic, ready, delayed, dead, oldest }) => [topic, format.number(ready), format.number(delayed), format.number(dead), oldest && format.ago(oldest)])}
    />
  );
}

/** Whether the stores answer. */
export function Stores({ stores }: { stores: Health['stores'] }) {
  const { t } = useTranslation('health');
  const format = useFormat();
  const state = (ready: boolean) => (ready ? <Badge color="teal">{t('answers')}</Badge> : <Badge color="red">{t('away')}</Badge>);
  return (
    <Rows
      head={[t('store'), t('state'), t('took')]}
      rows={stores.map(({ name, ready, milliseconds, reason }) => [
        name,
        <>
          {state(ready)} {reason}
        </>,
        format.duration(milliseconds / 1000),
      ])}
    />
  );
}

/** The processes of the installation. */
export function Processes({ processes }: { processes: Health['processes'] }) {
  const { t } = useTranslation('health');
  const format = useFormat();
  return (
    <Rows
      head={[t('process'), t('roles'), t('version'), t('started')]}
      rows={processes.map(({ id, roles, version, started }) => [<span className="mono">{id}</span>, roles.join(', '), version, <span title={format.exact(started)}>{format.ago(started)}</span>])}
    />
  );
}

/** How much room there is. */
export function Disk({ disk }: { disk: Health['disk'] }) {
  const { t } = useTranslation('health');
  const format = useFormat();
  return (
    <Facts
      facts={[
        [t('free'), disk.free_bytes !== undefined && format.bytes(disk.free_bytes)],
        [t('records'), disk.records_bytes !== undefined && format.bytes(disk.records_bytes)],
      ]}
    />
  );
}
