import { Alert, Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconAlertCircle } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Me } from '../../api/client';
import { signIn } from '../../api/me';
import { asProblem } from '../../api/problem';
import { useFormat } from '../format';
import { PasswordField } from '../../ui/PasswordField';

/** Asks for address and password. */
export function LoginForm({ email = '', onDone }: { email?: string; onDone(me: Me): void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const form = useForm({ initialValues: { email, password: '' } });
  const login = useMutation({
    mutationFn: (values: typeof form.values) => signIn(queries, values.email, values.password),
    meta: { signsIn: true },
    onSuccess: onDone,
  });
  const problem = login.error && asProblem(login.error);
  const message =
    problem &&
    (problem.lost
      ? t('lost.short')
      : problem.status === 429
        ? t('login.wait', { time: format.duration(problem.retryAfter || 60) })
        : problem.status === 401
          ? t('login.wrong')
          : problem.message);

  return (
    <form onSubmit={form.onSubmit((values) => login.mutate(values))}>
      <Stack gap="md">
        {message && (
          <Alert color="red" variant="light" icon={<IconAlertCircle size={18} />} role="alert">
            {message}
          </Alert>
        )}
        <TextInput label={t('login.email')} type="email" autoComplete="username" required withAsterisk={false} data-autofocus={!email || undefined} autoFocus={!email} {...form.getInputProps('email')} />
        <PasswordField
          label={t('login.password')}
          autoComplete="current-password"
          required
          data-autofocus={email ? true : undefined}
          {...form.getInputProps('password')}
        />
        <Button type="submit" loading={login.isPending}>
          {t('login.do')}
        </Button>
      </Stack>
    </form>
  );
}
