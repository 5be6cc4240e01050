import { Button, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, bodyOf } from '../../api/client';
import { meQuery, setupQuery } from '../../api/me';
import { asProblem } from '../../api/problem';
import { FormProblem } from '../../ui/FormProblem';
import { Door } from './Door';
import { setupRoute } from './routes';
import { ButtonLink } from '../../ui/links';
import { PasswordField } from '../../ui/PasswordField';

/** Makes the first administrator with the link that the program printed. */
export function SetupPage() {
  const { t } = useTranslation('account');
  const { token } = setupRoute.useSearch();
  const { needed } = setupRoute.useLoaderData();
  if (!needed) {
    return (
      <Door title={t('setup.done')} text={t('setup.doneText')}>
        <ButtonLink to="/">
          {t('setup.toLogin')}
        </ButtonLink>
      </Door>
    );
  }
  if (!token) return <Door title={t('setup.title')} text={t('setup.noToken')} children={null} />;
  return (
    <Door title={t('setup.title')} text={t('setup.text')}>
      <SetupForm token={token} />
    </Door>
  );
}

function SetupForm({ token }: { token: string }) {
  const { t } = useTranslation('account');
  const queries = useQueryClient();
  const navigate = useNavigate();
  const form = useForm({ initialValues: { email: '', password: '' } });
  const fields = Object.keys(form.values);
  const setUp = useMutation({
    mutationFn: (values: typeof form.values) => bodyOf(api.POST('/setup', { body: { token, ...values } })),
    meta: { signsIn: true },
    async onSuccess(me) {
      queries.setQueryData(meQuery.queryKey, me);
      queries.setQueryData(setupQuery.queryKey, { needed: false });
      await navigate({ to: '/sources/new', replace: true });
    },
    onError: (error) => form.setErrors(asProblem(error).faultsOf(fields)),
  });
  return (
    <form onSubmit={form.onSubmit((values) => setUp.mutate(values))}>
      <Stack gap="md">
        <FormProblem error={setUp.error} fields={fields} />
        <TextInput label={t('setup.email')} type="email" autoComplete="username" required withAsterisk={false} autoFocus {...form.getInputProps('email')} />
        <PasswordField
          label={t('setup.password')}
          description={t('setup.passwordHelp')}
          autoComplete="new-password"
          required
          {...form.getInputProps('password')}
        />
        <Button type="submit" loading={setUp.isPending}>
          {t('setup.do')}
        </Button>
        <Text size="xs" c="dimmed">
          {t('setup.once')}
        </Text>
      </Stack>
    </form>
  );
}
