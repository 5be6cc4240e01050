import { Badge } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { usersQuery, type User } from '../../api/users';
import { useFormat } from '../../app/format';
import { signedIn } from '../../app/routes';
import { useShortcut } from '../../app/shortcuts';
import { DataTable, type Column } from '../../ui/DataTable';
import { ErrorState } from '../../ui/ErrorState';
import { ButtonLink } from '../../ui/links';
import { Page } from '../../ui/Page';
import { usersRoute } from './routes';

/** Who may sign in, and as what. */
export function UsersPage() {
  const { t } = useTranslation(['users', 'app']);
  const format = useFormat();
  const { me } = signedIn.useRouteContext();
  const navigate = usersRoute.useNavigate();
  const users = useQuery(usersQuery);
  useShortcut('n', t('new'), () => void navigate({ to: '/users/new' }));

  const columns = useMemo<Column<User>[]>(
    () => [
      {
        id: 'email',
        title: t('email'),
        width: 'minmax(13rem, 2fr)',
        cell: ({ id, email }) => (
          <>
            {email} {id === me.id && <Badge color="gray">{t('you')}</Badge>}
          </>
        ),
      },
      { id: 'role', title: t('role'), width: '9rem', cell: ({ role }) => t(`app:role.${role}`) },
      { id: 'name', title: t('name'), width: 'minmax(8rem, 1fr)', cell: ({ name }) => name },
      { id: 'state', title: t('state'), width: '7rem', cell: ({ disabled }) => (disabled ? <Badge color="gray">{t('disabled')}</Badge> : <Badge color="teal">{t('active')}</Badge>) },
      { id: 'login', title: t('lastLogin'), width: '12rem', cell: ({ last_login }) => (last_login ? format.dateTime(last_login) : t('never')) },
    ],
    [t, format, me.id],
  );
  return (
    <Page
      title={t('title')}
      actions={
        <ButtonLink to="/users/new" leftSection={<IconPlus size={16} />}>
          {t('new')}
        </ButtonLink>
      }
    >
      {users.error && !users.data ? (
        <ErrorState error={users.error} onRetry={() => void users.refetch()} />
      ) : (
        <DataTable
          label={t('title')}
          columns={columns}
          rows={users.data ?? []}
          rowId={({ id }) => id}
          loading={users.isPending}
          onOpen={({ id }) => void navigate({ to: '/users/$id', params: { id } })}
          fitted
        />
      )}
    </Page>
  );
}
