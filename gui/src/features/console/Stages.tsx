import { Accordion, Group, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Trial } from '../../api/story';
import { useFormat } from '../../app/format';

type Stage = Trial['stages'][number];

/** The stages of processing, one after the other, with what each changed. */
export function Stages({ stages }: { stages: readonly Stage[] }) {
  const { t } = useTranslation('console');
  const format = useFormat();
  const open = stages.filter(({ changes }) => changes.length > 0).map(({ name }) => name);
  return (
    <Accordion multiple defaultValue={open.slice(0, 2)} variant="contained" chevronPosition="left">
      {stages.map(({ name, milliseconds, changes }) => (
        <Accordion.Item key={name} value={name} data-stage={name}>
          <Accordion.Control disabled={changes.length === 0}>
            <Group gap="md">
              <Text fw={600}>{name}</Text>
              <Text c="dimmed">{changes.length > 0 ? t('changes', { count: changes.length }) : t('noChange')}</Text>
              <Text c="dimmed" ml="auto" className="number">
                {format.duration(milliseconds / 1000)}
              </Text>
            </Group>
          </Accordion.Control>
          <Accordion.Panel>
            <Changes changes={changes} />
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}

const longest = 160; // characters of a value
const written = (value: unknown) => (value === undefined ? '' : JSON.stringify(value).slice(0, longest));

function Changes({ changes }: { changes: Stage['changes'] }) {
  const { t } = useTranslation('console');
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('field')}</Table.Th>
            <Table.Th>{t('before')}</Table.Th>
            <Table.Th>{t('after')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changes.map(({ document, path, before, after }) => (
            <Table.Tr key={`${document} ${path}`}>
              <Table.Td className="mono">{path ? `${document}.${path}` : document}</Table.Td>
              <Table.Td c="dimmed">{written(before)}</Table.Td>
              <Table.Td>{written(after)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
