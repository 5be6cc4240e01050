import { Paper, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { countQuery, type Collection, type Filter } from '../../api/documents';
import { useFormat } from '../../app/format';
import { AnchorLink } from '../links';
import styles from './Figures.module.css';

/** Figures in a row. */
export function Figures({ children }: { children: ReactNode }) {
  return <div className={styles.figures}>{children}</div>;
}

interface FigureProps {
  label: string;
  /** Undefined is not known yet, or not at all. */
  value: ReactNode;
  /** Asking for the value failed. */
  failed?: boolean;
  hint?: string;
  id?: string;
}

/** A number with its name. */
export function Figure({ label, value, failed, hint, id }: FigureProps) {
  const { t } = useTranslation();
  const missing = failed ? <span className={styles.unknown}>{t('unknown')}</span> : <Skeleton component="span" display="inline-block" h={20} w={60} />;
  return (
    <Paper withBorder p="lg" title={hint}>
      <Text c="dimmed">{label}</Text>
      <Text size="xl" fw={600} className="number" data-figure={id}>
        {value ?? missing}
      </Text>
    </Paper>
  );
}

interface CountFigureProps {
  label: string;
  filter: Filter;
  of?: Collection;
  hint?: string;
  /** Milliseconds between two looks. */
  every?: number;
}

/** How many documents there are; leads to them. */
export function CountFigure({ label, filter, of = 'events', hint, every }: CountFigureProps) {
  const format = useFormat();
  const count = useQuery({ ...countQuery(of, filter), refetchInterval: every });
  const number = count.data === undefined ? undefined : (
    <AnchorLink to={`/${of}`} search={filter} className={styles.number}>
      {format.number(count.data)}
    </AnchorLink>
  );
  return <Figure label={label} hint={hint} id={of} value={number} failed={count.isError} />;
}
