import { Stack, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { leavesOf, type Document, type Json } from '../../api/documents';
import { useFormat } from '../../app/format';
import { Copy } from '../../ui/Id';
import { dots, Masked } from '../../ui/Masked';
import { originsOf, type Origin } from './person';
import { ProfileEvent } from './ProfileEvent';
import { profileRoute } from './routes';
import styles from './ProfilePage.module.css';
import { AnchorLink } from '../../ui/links';

const parts = ['data', 'traits', 'interests', 'stats', 'aux'] as const;

/** What is known of the person, which event said so and when, and what was known before. */
export function Traits({ profile }: { profile: Document }) {
  const { t } = useTranslation('profiles');
  const [find, setFind] = useState('');
  const origins = originsOf(profile);
  const wanted = find.trim().toLowerCase();
  const rows = parts
    .flatMap((part) => leavesOf(profile[part], part))
    .filter(([path, value]) => `${path} ${written(value)}`.toLowerCase().includes(wanted));
  return (
    <Stack gap="sm">
      <TextInput w={280} leftSection={<IconSearch size={14} aria-hidden />} placeholder={t('traits.find')} aria-label={t('traits.find')} value={find} onChange={(event) => setFind(event.currentTarget.value)} />
      {rows.length > 0 ? (
        <table className={styles.trait}>
          <thead>
            <tr>
              <th scope="col">{t('traits.field')}</th>
              <th scope="col">{t('traits.value')}</th>
              <th scope="col">{t('traits.origin')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([path, value]) => (
              <tr key={path}>
                <th scope="row">{path}</th>
                <td>
                  {value === dots ? (
                    <Masked />
                  ) : (
                    <>
                      {written(value)} <Copy text={written(value)} label={t('traits.copy', { path })} />
                    </>
                  )}
                </td>
                <td>
                  <OriginOf origin={origins.get(path)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <Text c="dimmed">{wanted ? t('traits.noMatch') : t('traits.none')}</Text>
      )}
      <ProfileEvent rows={[]} />
    </Stack>
  );
}

function OriginOf({ origin }: { origin?: Origin }) {
  const { t } = useTranslation('profiles');
  const format = useFormat();
  if (!origin) return null;
  return (
    <Text size="xs" c="dimmed">
      {origin.event ? (
        <AnchorLink from={profileRoute.fullPath} to="." search={(now) => ({ ...now, event: origin.event })} resetScroll={false}>
          {format.dateTime(origin.time)}
        </AnchorLink>
      ) : (
        format.dateTime(origin.time)
      )}
      {origin.former !== undefined && <span> · {t('traits.before', { value: written(origin.former) })}</span>}
    </Text>
  );
}

const written = (value: Json): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
