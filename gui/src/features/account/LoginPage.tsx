import { Alert, Text } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { LoginForm } from '../../app/shell/LoginForm';
import { Door } from './Door';
import { loginRoute, within } from './routes';

export function LoginPage() {
  const { t } = useTranslation('account');
  const { next } = loginRoute.useSearch();
  const { needed } = loginRoute.useLoaderData();
  const router = useRouter();
  return (
    <Door title={t('login.title')}>
      {needed && (
        <Alert color="yellow" variant="light" title={t('login.noAdmin')}>
          <Text>{t('login.noAdminText')}</Text>
        </Alert>
      )}
      <LoginForm onDone={() => router.history.replace(within(next))} />
    </Door>
  );
}
