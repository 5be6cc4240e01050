import { Badge, Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { valueAt, type Document, type Json } from '../../api/documents';
import { useFormat } from '../../app/format';
import { Empty } from '../../ui/Empty';

/** What the person agreed to. */
export function Consents({ profile }: { profile: Document }) {
  const { t } = useTranslation('profiles');
  const consents = profile.consents;
  const entries = consents !== null && typeof consents === 'object' && !Array.isArray(consents) ? Object.entries(consents) : [];
  if (entries.length === 0) return <Empty title={t('consents.none')} text={t('consents.noneText')} />;
  return (
    <Table maw={640}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('consents.name')}</Table.Th>
          <Table.Th>{t('consents.state')}</Table.Th>
          <Table.Th>{t('consents.until')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {entries.map(([name, consent]) => (
          <Table.Tr key={name}>
            <Table.Td>{name}</Table.Td>
            <Table.Td>{given(consent) ? <Badge color="teal">{t('consents.given')}</Badge> : <Badge color="gray">{t('consents.refused')}</Badge>}</Table.Td>
            <Table.Td>
              <Until consent={consent} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Until({ consent }: { consent: Json }) {
  const { t } = useTranslation('profiles');
  const format = useFormat();
  const revoke = valueAt(consent, 'revoke');
  return typeof revoke === 'string' ? format.dateTime(revoke) : t('consents.always');
}

/** A consent that is kept counts as given until its time of revocation. */
function given(consent: Json): boolean {
  const revoke = valueAt(consent, 'revoke');
  return consent !== false && consent !== null && !(typeof revoke === 'string' && Date.parse(revoke) < Date.now());
}
