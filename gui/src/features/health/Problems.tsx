import { Badge, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { HealthProblem } from '../../api/health';
import { useFormat } from '../../app/format';

const colours = { warning: 'yellow', error: 'red' } as const;

/** What is wrong, in plain words, the worst first. */
export function Problems({ problems }: { problems: readonly HealthProblem[] }) {
  const { t } = useTranslation('health');
  const format = useFormat();
  if (problems.length === 0) return <Text c="dimmed">{t('none')}</Text>;
  return (
    <Stack gap="sm" component="ul" m={0} p={0}>
      {problems.map(({ level, kind, subject = '', number = 0 }) => (
        <Group key={`${kind} ${subject}`} component="li" gap="sm" wrap="nowrap" data-problem={kind}>
          <Badge color={colours[level]}>{t(`level.${level}`)}</Badge>
          <Text>{t(`kind.${kind}`, { subject, number, count: number, time: format.duration(number) })}</Text>
        </Group>
      ))}
    </Stack>
  );
}
