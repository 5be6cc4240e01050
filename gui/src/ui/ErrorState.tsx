import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { asProblem } from '../api/problem';

/** Stands in the place of what could not be loaded, and offers to try again. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?(): void }) {
  const { t } = useTranslation();
  const problem = asProblem(error);
  const title = problem.lost
    ? t('error.lost')
    : problem.status === 403
      ? t('error.forbidden')
      : problem.status === 404
        ? t('error.notFound')
        : t('error.title');
  return (
    <Alert color="red" variant="light" icon={<IconAlertCircle size={20} />} title={title} maw={720}>
      {!problem.lost && <Text>{problem.message}</Text>}
      <Group mt="sm">
        {onRetry && (
          <Button size="compact-sm" variant="default" onClick={onRetry}>
            {t('retry')}
          </Button>
        )}
        {problem.requestId && (
          <Text size="xs" c="dimmed" className="mono">
            {t('error.request', { id: problem.requestId })}
          </Text>
        )}
      </Group>
    </Alert>
  );
}
