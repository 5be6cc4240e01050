import { Button, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { asProblem } from '../../api/problem';
import { signedIn } from '../../app/routes';
import { Choices } from '../../app/shell/Choices';
import { Facts } from '../../ui/Facts';
import { FormProblem } from '../../ui/FormProblem';
import { Page } from '../../ui/Page';
import { Panel } from '../../ui/Panel';
import { PasswordField } from '../../ui/PasswordField';

/** What belongs to the person who is signed in. */
export function AccountPage() {
  const { t } = useTranslation(['account', 'app']);
  const { me } = signedIn.useRouteContext();
  const everywhere = useMutation({
    mutationFn: () => api.POST('/logout/everywhere'),
    onSuccess: () => location.assign('/login'), // a new page holds no data of the former person
  });
  return (
    <Page title={t('own.title')} form="narrow">
      <Stack gap="md" maw={560}>
        <Panel title={t('own.who')}>
          <Facts
            facts={[
              [t('own.email'), me.email],
              [t('own.name'), me.name],
              [t('own.role'), t(`app:role.${me.role}`)],
            ]}
          />
        </Panel>
        <Panel title={t('own.look')}>
          <Text c="dimmed" mb="sm">
            {t('own.lookText')}
          </Text>
          <Choices />
        </Panel>
        <Panel title={t('own.password')}>
          <Password />
        </Panel>
        <Panel title={t('own.sessions')}>
          <Text c="dimmed" mb="sm">
            {t('own.everywhereText')}
          </Text>
          <Button variant="default" loading={everywhere.isPending} onClick={() => everywhere.mutate()}>
            {t('own.everywhere')}
          </Button>
        </Panel>
      </Stack>
    </Page>
  );
}

function Password() {
  const { t } = useTranslation(['account', 'app']);
  const form = useForm({ initialValues: { current: '', password: '' } });
  const fields = Object.keys(form.values);
  const change = useMutation({
    mutationFn: (values: typeof form.values) => api.PUT('/me/password', { body: values }),
    onSuccess() {
      form.reset();
      notifications.show({ message: t('app:changed'), color: 'teal' });
    },
    onError: (error) => form.setErrors(asProblem(error).faultsOf(fields)),
  });
  return (
    <form onSubmit={form.onSubmit((values) => change.mutate(values))}>
      <Stack gap="md">
        <FormProblem error={change.error} fields={fields} />
        <PasswordField label={t('own.current')} autoComplete="current-password" required {...form.getInputProps('current')} />
        <PasswordField
          label={t('own.next')}
          description={t('own.nextHelp')}
          autoComplete="new-password"
          required
          {...form.getInputProps('password')}
        />
        <div>
          <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
            {t('own.change')}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
