import { Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { topQuery, type Filter } from '../../api/documents';
import { useFormat } from '../../app/format';
import { ErrorState } from '../ErrorState';
import { AnchorLink } from '../links';
import styles from './Figures.module.css';

const shownValues = 8;

interface TopValuesProps {
  field: string;
  filter: Filter;
  /** Milliseconds between two looks. */
  every?: number;
  /** What a value is called. */
  nameOf?(value: string): string;
}

/** The most frequent values of a field of events, with bars. Each leads to its events. */
export function TopValues({ field, filter, every, nameOf = String }: TopValuesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const top = useQuery({ ...topQuery('events', field, filter, shownValues), refetchInterval: every });
  if (top.error && !top.data) return <ErrorState error={top.error} onRetry={() => void top.refetch()} />;
  if (!top.data) return <Skeleton h={160} />;
  if (top.data.length === 0) return <Text c="dimmed">{t('nothingInTime')}</Text>;
  const most = top.data[0]?.count ?? 1;
  const conditionOf = (value: unknown) => [filter.q, `${field} = ${JSON.stringify(value)}`].filter(Boolean).join(' AND ');
  return (
    <ul className={styles.top}>
      {top.data.map(({ value, count }) => (
        <li key={String(value)}>
          <AnchorLink to="/events" search={{ ...filter, q: conditionOf(value) }} className={styles.name}>
            {nameOf(String(value))}
          </AnchorLink>
          <span className={styles.track} aria-hidden>
            <span style={{ width: `${(count / most) * 100}%` }} />
          </span>
          <span className="number">{format.number(count)}</span>
        </li>
      ))}
    </ul>
  );
}
