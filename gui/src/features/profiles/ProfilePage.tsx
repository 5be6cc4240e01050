import { Avatar, Badge, Group, Skeleton, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { documentQuery, textAt, valueAt, type Document } from '../../api/documents';
import { useFormat } from '../../app/format';
import { ErrorState } from '../../ui/ErrorState';
import { Facts } from '../../ui/Facts';
import { Copy, Id } from '../../ui/Id';
import { JsonView } from '../../ui/json/JsonView';
import { dots, Masked } from '../../ui/Masked';
import { Page } from '../../ui/Page';
import { Consents } from './Consents';
import { idsOf, nameOf } from './person';
import styles from './ProfilePage.module.css';
import { profileRoute } from './routes';
import { Sessions } from './Sessions';
import { Timeline } from './Timeline';
import { Traits } from './Traits';

const tabs = ['timeline', 'traits', 'sessions', 'consents', 'raw'] as const;

/** One person: what they did, what is known of them and where that came from. */
export function ProfilePage() {
  const { t } = useTranslation('profiles');
  const { id } = profileRoute.useParams();
  const profile = useQuery(documentQuery('profiles', id));
  const name = profile.data && nameOf(profile.data);
  return (
    <Page
      title={name === undefined ? t('one') : name || t('anonymous')}
      above={{ to: '/profiles', label: t('title') }}
      icon={<Avatar size={28} color="indigo" name={name && name !== dots ? name : undefined} alt="" />}
      mark={profile.data?.active === false && <Badge color="gray">{t('inactive')}</Badge>}
    >
      {profile.data ? (
        <Loaded profile={profile.data} />
      ) : profile.error ? (
        <ErrorState error={profile.error} onRetry={() => void profile.refetch()} />
      ) : (
        <Outline />
      )}
    </Page>
  );
}

function Loaded({ profile }: { profile: Document }) {
  const { t } = useTranslation('profiles');
  const { tab = 'timeline' } = profileRoute.useSearch();
  const navigate = profileRoute.useNavigate();
  return (
    <div className={styles.columns}>
      <Who profile={profile} />
      <Tabs
        value={tab}
        onChange={(next) => void navigate({ search: { tab: next === 'timeline' || next === null ? undefined : next } })}
        keepMounted={false}
        className={styles.tabs}
      >
        <Tabs.List>
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="timeline" pt="md">
          <Timeline profile={profile} />
        </Tabs.Panel>
        <Tabs.Panel value="traits" pt="md">
          <Traits profile={profile} />
        </Tabs.Panel>
        <Tabs.Panel value="sessions" pt="md">
          <Sessions profile={profile} />
        </Tabs.Panel>
        <Tabs.Panel value="consents" pt="md">
          <Consents profile={profile} />
        </Tabs.Panel>
        <Tabs.Panel value="raw" pt="md" className={styles.raw}>
          <JsonView value={profile} label={t('tab.raw')} />
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}

/** Who it is: contacts, ids, audiences and numbers. */
function Who({ profile }: { profile: Document }) {
  const { t } = useTranslation('profiles');
  const format = useFormat();
  const text = (path: string) => textAt(profile, path);
  const time = (path: string) => text(path) && <span title={format.exact(text(path))}>{format.ago(text(path))}</span>;
  const number = (path: string) => (typeof valueAt(profile, path) === 'number' ? format.number(Number(valueAt(profile, path))) : '');
  const segments = Array.isArray(profile.segments) ? profile.segments : [];
  const copied = (path: string) =>
    text(path) === dots ? (
      <Masked />
    ) : (
      text(path) && (
        <>
          {text(path)} <Copy text={text(path)} />
        </>
      )
    );
  return (
    <Stack gap="md" className={styles.who} component="section" aria-label={t('who')}>
      <Facts
        facts={[
          [t('seen'), time('metadata.time.visit.current') || time('metadata.time.update')],
          [t('created'), time('metadata.time.insert')],
          [t('visits'), number('stats.visits')],
          [t('views'), number('stats.views')],
          [t('email'), copied('data.contact.email.main')],
          [t('phone'), copied('data.contact.phone.main')],
          [t('place'), [text('data.devices.last.geo.city'), text('data.devices.last.geo.country.name')].filter(Boolean).join(', ')],
        ]}
      />
      <div>
        <Text component="h2" fw={600} mb="xs">
          {t('segments')}
        </Text>
        {segments.length > 0 ? (
          <Group gap="xs">
            {segments.map((segment) => (
              <Badge key={String(segment)}>{String(segment)}</Badge>
            ))}
          </Group>
        ) : (
          <Text c="dimmed">{t('noSegments')}</Text>
        )}
      </div>
      <div>
        <Text component="h2" fw={600} mb="xs">
          {t('identifiers')}
        </Text>
        <Stack gap={2}>
          {idsOf(profile).map((id) => (
            <Id key={id} id={id} length={32} />
          ))}
        </Stack>
      </div>
    </Stack>
  );
}

function Outline() {
  return (
    <div className={styles.columns} aria-busy>
      <Stack className={styles.who}>
        {[80, 60, 70, 75].map((width) => (
          <Skeleton key={width} h={14} w={`${width}%`} />
        ))}
      </Stack>
      <Stack>
        <Skeleton h={32} />
        {[90, 80, 85, 75, 88].map((width) => (
          <Skeleton key={width} h={18} w={`${width}%`} />
        ))}
      </Stack>
    </div>
  );
}
