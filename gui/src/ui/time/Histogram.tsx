import { ActionIcon, Button, Skeleton, Tooltip } from '@mantine/core';
import { IconChartBar, IconTable } from '@tabler/icons-react';
import { useState, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Histogram as Counts } from '../../api/client';
import { useFormat } from '../../app/format';
import type { Range } from './TimeRange';
import { instantOf, widthOf } from './zone';
import styles from './Histogram.module.css';

const height = 64; // pixels of the bars
const width = 1000; // of the picture, which is stretched to the place that there is
const minute = 60_000; // milliseconds
const gap = 0.12; // of a bar's share, between bars

interface HistogramProps {
  label: string;
  counts?: Counts;
  /** The range that was asked for, so that empty ends are shown. */
  range: Range;
  /** A part of the time was chosen. */
  onSelect?(range: Range): void;
}

/** How many documents there are over time. Dragging over bars, or choosing one, narrows the range. */
export function Histogram({ label, counts, range, onSelect }: HistogramProps) {
  const { t } = useTranslation();
  const [asTable, setAsTable] = useState(false);
  return (
    <div className={styles.frame}>
      {counts ? (
        asTable ? (
          <BarTable label={label} counts={counts} onSelect={onSelect} />
        ) : (
          <Bars label={label} counts={counts} range={range} onSelect={onSelect} />
        )
      ) : (
        <Skeleton h={height + 20} />
      )}
      {counts?.buckets.length !== 0 && (
        <Tooltip label={asTable ? t('chart.asChart') : t('chart.asTable')}>
          <ActionIcon className={styles.switch} size="sm" aria-label={asTable ? t('chart.asChart') : t('chart.asTable')} onClick={() => setAsTable(!asTable)}>
            {asTable ? <IconChartBar size={14} /> : <IconTable size={14} />}
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}

const iso = (time: number) => new Date(time).toISOString();

function Bars({ label, counts, range, onSelect }: HistogramProps & { counts: Counts }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [brush, setBrush] = useState<{ start: number; end: number }>();
  const [over, setOver] = useState<number>();

  const step = widthOf(counts.interval) || 1000;
  const bars = counts.buckets.map((bucket) => ({ time: Date.parse(bucket.time), count: bucket.count }));
  const anchor = bars[0]?.time ?? 0;
  const snap = (time: number) => anchor + Math.floor((time - anchor) / step) * step;
  const begin = Math.min(snap(instantOf(range.from) ?? anchor), anchor || Infinity);
  const end = Math.max(instantOf(range.to) ?? (range.from && !range.to ? Date.now() : 0), (bars.at(-1)?.time ?? begin) + step);
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  const total = bars.reduce((sum, bar) => sum + bar.count, 0);
  const x = (time: number) => ((time - begin) / (end - begin)) * width;
  const barWidth = (step / (end - begin)) * width * (1 - gap);

  const timeAt = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / Math.max(1, box.width)));
    return begin + share * (end - begin - 1);
  };
  const chosen = brush && { from: snap(Math.min(brush.start, brush.end)), to: snap(Math.max(brush.start, brush.end)) + step };
  const done = () => {
    setBrush(undefined);
    if (chosen) onSelect?.({ from: iso(chosen.from), to: iso(chosen.to) });
  };
  const when = step < minute ? format.dateTime : format.minute;
  const shown = over === undefined ? undefined : (bars.find((bar) => bar.time === over) ?? { time: over, count: 0 });

  return (
    <div className={styles.bars}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        height={height}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('chart.summary', { label, total: format.number(total), most: format.number(most), interval: format.span(step) })}
        data-choosing={onSelect !== undefined || undefined}
        onPointerDown={(event) => {
          if (!onSelect) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          const time = timeAt(event);
          setBrush({ start: time, end: time });
        }}
        onPointerMove={(event) => {
          const time = timeAt(event);
          setOver(snap(time));
          if (brush) setBrush({ ...brush, end: time });
        }}
        onPointerUp={done}
        onPointerCancel={() => setBrush(undefined)}
        onPointerLeave={() => setOver(undefined)}
      >
        {bars.map(({ time, count }) => {
          const tall = count === 0 ? 0 : Math.max(1, (count / most) * (height - 2));
          return <rect key={time} className={styles.bar} data-over={time === over || undefined} x={x(time)} y={height - tall} width={barWidth} height={tall} />;
        })}
        {chosen && <rect className={styles.brush} x={x(chosen.from)} y={0} width={Math.max(1, x(chosen.to) - x(chosen.from))} height={height} />}
        <line className={styles.floor} x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} />
      </svg>
      {bars.length > 0 && (
        <div className={styles.axis} aria-hidden>
          <span>{when(iso(begin))}</span>
          <span className={shown ? undefined : styles.hint}>{shown ? `${when(iso(shown.time))}: ${format.number(shown.count)}` : t(onSelect ? 'chart.interval' : 'chart.each', { interval: format.span(step) })}</span>
          <span>{when(iso(end))}</span>
        </div>
      )}
    </div>
  );
}

function BarTable({ label, counts, onSelect }: { label: string; counts: Counts; onSelect?(range: Range): void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const step = widthOf(counts.interval) || 1000;
  return (
    <div className={styles.table} tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            <th>{t('chart.time')}</th>
            <th className="number">{t('chart.count')}</th>
          </tr>
        </thead>
        <tbody>
          {counts.buckets.map(({ time, count }) => (
            <tr key={time}>
              <td>
                {onSelect ? (
                  <Button size="compact-xs" variant="subtle" onClick={() => onSelect({ from: iso(Date.parse(time)), to: iso(Date.parse(time) + step) })}>
                    {format.dateTime(time)}
                  </Button>
                ) : (
                  format.dateTime(time)
                )}
              </td>
              <td className="number">
                {format.number(count)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
