import { Alert, Button, Group, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconKey } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Role } from '../../api/client';
import { grantedBy } from '../../api/me';
import { asProblem } from '../../api/problem';
import { createToken, tokensQuery } from '../../api/tokens';
import { signedIn } from '../../app/routes';
import { FormProblem } from '../../ui/FormProblem';
import { ButtonLink } from '../../ui/links';
import { Page } from '../../ui/Page';
import { Snippet } from '../../ui/Snippet';
import { UnsavedGuard } from '../../ui/UnsavedGuard';
import { newTokenRoute } from './routes';

const day = 86_400_000; // milliseconds
const lives = ['30', '90', '365', ''] as const; // days; empty for ever
const scopes = ['events:read', 'profiles:read', 'sessions:read', 'sources:read', 'sources:write', 'metrics:read', '*:read'];

/** Makes a token, and shows its secret once. */
export function NewTokenPage() {
  const { t } = useTranslation(['tokens', 'app']);
  const { me } = signedIn.useRouteContext();
  const mayGrant = grantedBy(me.role);
  const queries = useQueryClient();
  const form = useForm({ initialValues: { name: '', role: mayGrant[0] as Role, scopes: [] as string[], expires: lives[1] as string } });
  const fields = Object.keys(form.values);
  const create = useMutation({
    mutationFn({ expires, scopes, ...token }: typeof form.values) {
      const until = expires && new Date(Date.now() + Number(expires) * day).toISOString();
      return createToken({ ...token, ...(scopes.length > 0 && { scopes }), ...(until && { expires: until }) });
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey }),
    onError: (error) => form.setErrors(asProblem(error).faultsOf(fields)),
  });
  return (
    <Page title={t('new')} above={{ to: '/tokens', label: t('title') }} form="narrow">
      {create.data ? (
        <Made secret={create.data.token} />
      ) : (
        <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
          <Stack gap="lg" maw={420}>
            <FormProblem error={create.error} fields={fields} />
            <TextInput label={t('name')} description={t('nameHelp')} required maxLength={200} autoFocus {...form.getInputProps('name')} />
            <Select label={t('role')} data={mayGrant.map((value) => ({ value, label: t(`app:role.${value}`) }))} allowDeselect={false} {...form.getInputProps('role')} />
            <TagsInput label={t('scopes')} description={t('scopesHelp')} data={scopes} {...form.getInputProps('scopes')} />
            <Select label={t('expires')} data={lives.map((value) => ({ value, label: value ? t('days', { count: Number(value) }) : t('never') }))} allowDeselect={false} {...form.getInputProps('expires')} />
            <Group>
              <Button type="submit" loading={create.isPending}>
                {t('app:create')}
              </Button>
              <ButtonLink to="/tokens" variant="default">
                {t('app:cancel')}
              </ButtonLink>
            </Group>
          </Stack>
        </form>
      )}
      <UnsavedGuard unsaved={form.isDirty() && !create.isSuccess} />
    </Page>
  );
}

function Made({ secret }: { secret: string }) {
  const { t } = useTranslation('tokens');
  const navigate = newTokenRoute.useNavigate();
  return (
    <Stack gap="lg" maw={640}>
      <Alert color="yellow" variant="light" icon={<IconKey size={20} />} title={t('made')} role="status">
        {t('madeText')}
      </Alert>
      <Snippet text={secret} label={t('copy')} />
      <div>
        <Text c="dimmed" mb="xs">
          {t('use')}
        </Text>
        <Snippet text={`Authorization: Bearer ${secret}`} label={t('use')} />
      </div>
      <Group>
        <Button onClick={() => void navigate({ to: '/tokens', replace: true })}>{t('done')}</Button>
      </Group>
    </Stack>
  );
}
