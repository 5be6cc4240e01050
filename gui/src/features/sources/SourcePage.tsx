import { Badge, Skeleton, Stack, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { mayConnect } from '../../api/me';
import { sourceQuery } from '../../api/sources';
import { signedIn } from '../../app/routes';
import { ErrorState } from '../../ui/ErrorState';
import { ButtonLink } from '../../ui/links';
import { Page } from '../../ui/Page';
import { Install } from './Install';
import { Settings } from './Settings';
import { sourceRoute } from './routes';

/** One source: how to send to it, and how it is set. */
export function SourcePage() {
  const { t } = useTranslation('sources');
  const { id } = sourceRoute.useParams();
  const { tab = 'install' } = sourceRoute.useSearch();
  const { me } = signedIn.useRouteContext();
  const navigate = sourceRoute.useNavigate();
  const source = useQuery(sourceQuery(id));
  return (
    <Page
      title={source.data?.name ?? t('one')}
      above={{ to: '/sources', label: t('title') }}
      mark={source.data && !source.data.enabled && <Badge color="gray">{t('off')}</Badge>}
      actions={
        <ButtonLink variant="default" to="/events" search={{ q: `source.id = ${JSON.stringify(id)}` }}>
          {t('events')}
        </ButtonLink>
      }
      form="narrow"
    >
      {source.data ? (
        <Tabs value={tab} onChange={(next) => void navigate({ search: { tab: next === 'install' || next === null ? undefined : next } })} keepMounted={false}>
          <Tabs.List>
            <Tabs.Tab value="install">{t('tab.install')}</Tabs.Tab>
            <Tabs.Tab value="settings">{t('tab.settings')}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="install" pt="lg">
            <Install source={source.data} />
          </Tabs.Panel>
          <Tabs.Panel value="settings" pt="lg">
            <Settings key={source.data.version} source={source.data} mayChange={mayConnect(me.role)} />
          </Tabs.Panel>
        </Tabs>
      ) : source.error ? (
        <ErrorState error={source.error} onRetry={() => void source.refetch()} />
      ) : (
        <Stack>
          <Skeleton h={32} />
          <Skeleton h={90} />
          <Skeleton h={140} />
        </Stack>
      )}
    </Page>
  );
}
