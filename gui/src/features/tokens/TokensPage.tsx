import { IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { deleteToken, tokensQuery, type Token } from '../../api/tokens';
import { useFormat } from '../../app/format';
import { useShortcut } from '../../app/shortcuts';
import { DataTable, type Column } from '../../ui/DataTable';
import { Deletion } from '../../ui/Deletion';
import { Empty } from '../../ui/Empty';
import { ErrorState } from '../../ui/ErrorState';
import { ButtonLink } from '../../ui/links';
import { Page } from '../../ui/Page';
import { tokensRoute } from './routes';

/** What programs use in the place of a person. */
export function TokensPage() {
  const { t } = useTranslation(['tokens', 'app']);
  const format = useFormat();
  const queries = useQueryClient();
  const navigate = tokensRoute.useNavigate();
  const tokens = useQuery(tokensQuery);
  useShortcut('n', t('new'), () => void navigate({ to: '/tokens/new' }));

  const columns = useMemo<Column<Token>[]>(() => {
    const remove = async (id: string) => {
      await deleteToken(id);
      await queries.invalidateQueries({ queryKey: tokensQuery.queryKey });
    };
    return [
      { id: 'name', title: t('name'), width: 'minmax(10rem, 1.5fr)', cell: ({ name }) => name },
      { id: 'role', title: t('role'), width: '8rem', cell: ({ role }) => t(`app:role.${role}`) },
      { id: 'scopes', title: t('scopes'), width: 'minmax(10rem, 1.5fr)', cell: ({ scopes }) => scopes?.join(', ') ?? t('unlimited') },
      { id: 'hint', title: t('hint'), width: '7rem', cell: ({ hint }) => <span className="mono">{hint}</span> },
      { id: 'expires', title: t('expires'), width: '8rem', cell: ({ expires }) => (expires ? format.date(expires) : t('never')) },
      { id: 'used', title: t('lastUsed'), width: '9rem', cell: ({ last_used }) => (last_used ? format.ago(last_used) : t('unused')) },
      { id: 'actions', title: t('actions'), width: '6rem', cell: ({ id, name }) => <Deletion small name={name} text={t('deleteText')} onDelete={() => remove(id)} /> },
    ];
  }, [t, format, queries]);
  const create = (
    <ButtonLink to="/tokens/new" leftSection={<IconPlus size={16} />}>
      {t('new')}
    </ButtonLink>
  );
  return (
    <Page title={t('title')} actions={create}>
      {tokens.error && !tokens.data ? (
        <ErrorState error={tokens.error} onRetry={() => void tokens.refetch()} />
      ) : tokens.data?.length === 0 ? (
        <Empty title={t('none')} text={t('noneText')} docs="configuration.md">
          {create}
        </Empty>
      ) : (
        <DataTable label={t('title')} columns={columns} rows={tokens.data ?? []} rowId={({ id }) => id} loading={tokens.isPending} fitted />
      )}
    </Page>
  );
}
