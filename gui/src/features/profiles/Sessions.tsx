import { Table, Text, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, bodyOf } from '../../api/client';
import { textAt, valueAt, type Document } from '../../api/documents';
import { useFormat } from '../../app/format';
import { ErrorState } from '../../ui/ErrorState';
import { idsOf } from './person';
import { profileRoute } from './routes';
import { AnchorLink } from '../../ui/links';

const most = 100;

/** The visits of the person. */
export function Sessions({ profile }: { profile: Document }) {
  const { t } = useTranslation('profiles');
  const format = useFormat();
  const q = idsOf(profile).map((id) => `profile.id = ${JSON.stringify(id)}`).join(' OR ');
  const sessions = useQuery({
    queryKey: ['sessions', 'of', profile.id, q],
    queryFn: async ({ signal }) => (await bodyOf(api.GET('/sessions', { params: { query: { q, limit: most, total: false } }, signal }))).items as Document[],
  });
  if (sessions.error) return <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />;
  if (!sessions.data) return <Skeleton h={120} />;
  if (sessions.data.length === 0) return <Text c="dimmed">{t('sessions.none')}</Text>;
  return (
    <Table.ScrollContainer minWidth={520}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('sessions.start')}</Table.Th>
            <Table.Th>{t('sessions.duration')}</Table.Th>
            <Table.Th>{t('sessions.with')}</Table.Th>
            <Table.Th>{t('sessions.place')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sessions.data.map((session) => (
            <Table.Tr key={session.id}>
              <Table.Td>
                <AnchorLink from={profileRoute.fullPath} to="." search={{ q: `session.id = ${JSON.stringify(session.id)}` }}>
                  {format.dateTime(textAt(session, 'metadata.time.insert'))}
                </AnchorLink>
              </Table.Td>
              <Table.Td className="number">{format.duration(Number(valueAt(session, 'metadata.time.duration') ?? 0))}</Table.Td>
              <Table.Td>{[textAt(session, 'app.name'), textAt(session, 'os.name'), textAt(session, 'device.type')].filter(Boolean).join(', ')}</Table.Td>
              <Table.Td>{[textAt(session, 'device.geo.city'), textAt(session, 'device.geo.country.name')].filter(Boolean).join(', ')}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
