import { useTranslation } from 'react-i18next';
import { mayMarket } from '../../api/me';
import { signedIn } from '../../app/routes';
import { Empty } from '../../ui/Empty';
import { DocumentList } from '../../ui/list/DocumentList';
import { useDocuments } from '../../ui/list/useDocuments';
import { Page } from '../../ui/Page';
import { standardFields, useEventColumns } from './columns';
import { EventBeside } from './EventBeside';
import { eventsRoute } from './routes';
import { ButtonLink } from '../../ui/links';

/** All events: find them, and look at one in the drawer. */
export function EventsPage() {
  const { t } = useTranslation('events');
  const { me } = signedIn.useRouteContext();
  const search = eventsRoute.useSearch();
  const navigate = eventsRoute.useNavigate();
  const documents = useDocuments('events', search);
  const columns = useEventColumns();
  // Opening is a step in the history, so that Back closes the drawer; walking on within it is not.
  const show = (event: string | undefined, replace: boolean) => void navigate({ search: (now) => ({ ...now, event, tab: event && now.tab }), replace });

  return (
    <Page title={t('title')} form="filling">
      <DocumentList
        label={t('title')}
        documents={documents}
        search={search}
        onSearch={(change) => void navigate({ search: (now) => ({ ...now, ...change }) })}
        known={columns}
        standard={standardFields}
        onOpen={(event) => show(event.id, false)}
        openId={search.event ?? ''}
        mayExport={mayMarket(me.role)}
        empty={
          <Empty title={t('none')} text={t('noneText')} docs="tracker.md">
            <ButtonLink to="/sources">
              {t('toSources')}
            </ButtonLink>
          </Empty>
        }
      />
      <EventBeside
        id={search.event}
        tab={search.tab}
        rows={documents.rows}
        onShow={(id) => show(id, true)}
        onTab={(tab) => void navigate({ search: (now) => ({ ...now, tab }), replace: true })}
        onClose={() => show(undefined, false)}
      />
    </Page>
  );
}
