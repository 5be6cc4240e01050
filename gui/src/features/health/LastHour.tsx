import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Health } from '../../api/health';
import { Histogram } from '../../ui/time/Histogram';

const hour = { from: '-1h', to: '' };

/** How many events came in, minute by minute. */
export function LastHour({ minutes }: { minutes: Health['minutes'] }) {
  const { t } = useTranslation('health');
  if (minutes.every(({ payloads }) => payloads === 0)) return <Text c="dimmed">{t('nothingYet')}</Text>;
  const buckets = minutes.map(({ time, events }) => ({ time, count: events }));
  return <Histogram label={t('events')} counts={{ interval: '1m', buckets }} range={hour} />;
}
