import { Badge, Button, Group, Skeleton, Stack, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { asProblem } from '../../api/problem';
import { changeUser, deleteUser, userQuery, usersQuery, type User } from '../../api/users';
import { useFormat } from '../../app/format';
import { Deletion } from '../../ui/Deletion';
import { ErrorState } from '../../ui/ErrorState';
import { Facts } from '../../ui/Facts';
import { FormProblem } from '../../ui/FormProblem';
import { Page } from '../../ui/Page';
import { UnsavedGuard } from '../../ui/UnsavedGuard';
import { RoleChoice } from './RoleChoice';
import { userRoute } from './routes';
import { PasswordField } from '../../ui/PasswordField';

/** One account: its role, whether it may sign in, a new password. */
export function UserPage() {
  const { t } = useTranslation('users');
  const format = useFormat();
  const { id } = userRoute.useParams();
  const user = useQuery(userQuery(id));
  return (
    <Page title={user.data?.email ?? t('one')} above={{ to: '/users', label: t('title') }} mark={user.data?.disabled && <Badge color="gray">{t('disabled')}</Badge>} form="narrow">
      {user.data ? (
        <Stack gap="lg" maw={420}>
          <Facts
            facts={[
              [t('created'), format.dateTime(user.data.created)],
              [t('lastLogin'), user.data.last_login ? format.dateTime(user.data.last_login) : t('never')],
            ]}
          />
          <Change key={user.data.updated} user={user.data} />
        </Stack>
      ) : user.error ? (
        <ErrorState error={user.error} onRetry={() => void user.refetch()} />
      ) : (
        <Stack maw={420}>
          <Skeleton h={60} />
          <Skeleton h={32} />
          <Skeleton h={180} />
        </Stack>
      )}
    </Page>
  );
}

function Change({ user }: { user: User }) {
  const { t } = useTranslation(['users', 'app']);
  const queries = useQueryClient();
  const navigate = userRoute.useNavigate();
  const form = useForm({ initialValues: { name: user.name ?? '', role: user.role, disabled: user.disabled, password: '' } });
  const fields = Object.keys(form.values);
  const save = useMutation({
    mutationFn: ({ password, ...change }: typeof form.values) => changeUser(user.id, { ...change, ...(password && { password }) }),
    async onSuccess(changed) {
      queries.setQueryData(userQuery(user.id).queryKey, changed);
      notifications.show({ message: t('app:saved'), color: 'teal' });
      await queries.invalidateQueries({ queryKey: usersQuery.queryKey, exact: true });
    },
    onError: (error) => form.setErrors(asProblem(error).faultsOf(fields)),
  });
  const remove = async () => {
    await deleteUser(user.id);
    await navigate({ to: '/users', replace: true, ignoreBlocker: true });
    await queries.invalidateQueries({ queryKey: usersQuery.queryKey });
  };
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack gap="lg">
        <FormProblem error={save.error} fields={fields} />
        <TextInput label={t('name')} maxLength={200} {...form.getInputProps('name')} />
        <RoleChoice {...form.getInputProps('role')} />
        <Switch label={t('disable')} description={t('disableHelp')} {...form.getInputProps('disabled', { type: 'checkbox' })} />
        <PasswordField
          label={t('newPassword')}
          description={t('newPasswordHelp')}
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        <Group justify="space-between">
          <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
            {t('app:save')}
          </Button>
          <Deletion name={user.email} text={t('deleteText')} typed onDelete={remove} />
        </Group>
      </Stack>
      <UnsavedGuard unsaved={form.isDirty() && !save.isPending} />
    </form>
  );
}
