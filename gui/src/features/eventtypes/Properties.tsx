import { Skeleton, Table, Text } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Document } from '../../api/documents';
import type { EventType } from '../../api/eventtypes';
import { useFormat } from '../../app/format';
import { propertiesOf } from './sample';

const longest = 120; // characters of an example

/** The properties that the newest events carry. Undefined events are not known yet. */
export function SeenProperties({ events }: { events?: readonly Document[] }) {
  const { t } = useTranslation('eventtypes');
  const format = useFormat();
  const properties = useMemo(() => propertiesOf(events ?? []), [events]);
  if (!events) return <Skeleton h={140} />;
  if (properties.length === 0) return <Text c="dimmed">{t('noProperties')}</Text>;
  return (
    <>
      <Text c="dimmed" mb="sm">
        {t('sampled', { count: events.length })}
      </Text>
      <Table.ScrollContainer minWidth={480}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('path')}</Table.Th>
              <Table.Th>{t('kind')}</Table.Th>
              <Table.Th ta="right">{t('share')}</Table.Th>
              <Table.Th>{t('example')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {properties.map(({ path, kinds, share, example }) => (
              <Table.Tr key={path}>
                <Table.Td className="mono">{path}</Table.Td>
                <Table.Td>{kinds.join(', ')}</Table.Td>
                <Table.Td ta="right" className="number">
                  {format.percent(share)}
                </Table.Td>
                <Table.Td>{JSON.stringify(example).slice(0, longest)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}

/** The properties that Tracardi understands in events of a predefined type. */
export function KnownProperties({ type }: { type: EventType }) {
  const { t } = useTranslation('eventtypes');
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('path')}</Table.Th>
          <Table.Th>{t('kind')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {type.properties.map(({ path, type }) => (
          <Table.Tr key={path}>
            <Table.Td className="mono">{path}</Table.Td>
            <Table.Td>{type}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
