import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Role } from '../../api/client';
import { asProblem } from '../../api/problem';
import { createUser, usersQuery } from '../../api/users';
import { FormProblem } from '../../ui/FormProblem';
import { ButtonLink } from '../../ui/links';
import { Page } from '../../ui/Page';
import { UnsavedGuard } from '../../ui/UnsavedGuard';
import { RoleChoice } from './RoleChoice';
import { newUserRoute } from './routes';
import { PasswordField } from '../../ui/PasswordField';

/** Makes an account for somebody. */
export function NewUserPage() {
  const { t } = useTranslation(['users', 'app']);
  const queries = useQueryClient();
  const navigate = newUserRoute.useNavigate();
  const form = useForm({ initialValues: { email: '', name: '', role: 'viewer' as Role, password: '' } });
  const fields = Object.keys(form.values);
  const create = useMutation({
    mutationFn: createUser,
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: usersQuery.queryKey });
      await navigate({ to: '/users', replace: true, ignoreBlocker: true });
    },
    onError: (error) => form.setErrors(asProblem(error).faultsOf(fields)),
  });
  return (
    <Page title={t('new')} above={{ to: '/users', label: t('title') }} form="narrow">
      <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
        <Stack gap="lg" maw={420}>
          <FormProblem error={create.error} fields={fields} />
          <TextInput label={t('email')} description={t('emailHelp')} type="email" required maxLength={254} autoComplete="off" autoFocus {...form.getInputProps('email')} />
          <TextInput label={t('name')} maxLength={200} autoComplete="off" {...form.getInputProps('name')} />
          <RoleChoice {...form.getInputProps('role')} />
          <PasswordField
            label={t('password')}
            description={t('passwordHelp')}
            required
            autoComplete="new-password"
            {...form.getInputProps('password')}
          />
          <Group>
            <Button type="submit" loading={create.isPending}>
              {t('app:create')}
            </Button>
            <ButtonLink to="/users" variant="default">
              {t('app:cancel')}
            </ButtonLink>
          </Group>
        </Stack>
      </form>
      <UnsavedGuard unsaved={form.isDirty() && !create.isSuccess} />
    </Page>
  );
}
