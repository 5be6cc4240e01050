import { Button, Popover, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCalendarTime, IconChevronDown } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format';
import { browserZone, preferences, usePreferences } from '../../app/preferences';
import { boundOf, instantOf, typedTime } from './zone';
import styles from './TimeRange.module.css';

/** Two bounds as the API takes them: relative such as -24h, or RFC 3339. Empty is open. */
export interface Range {
  from: string;
  to: string;
}

const minute = 60_000; // milliseconds

const presets = ['-15m', '-1h', '-24h', '-7d', '-30d', ''] as const;

/** Chooses the time that a list covers: a usual one, or any two times. Says in which zone times are read and shown. */
export function TimeRange({ value, onChange }: { value: Range; onChange(range: Range): void }) {
  const { t } = useTranslation();
  const { zone } = usePreferences();
  const [opened, is] = useDisclosure(false);
  const label = useRangeLabel();
  const choose = (range: Range) => {
    is.close();
    onChange(range);
  };
  const zones = [...new Set([browserZone, zone, 'UTC'])];

  return (
    <Popover opened={opened} onChange={(open) => (open ? is.open() : is.close())} position="bottom-end" shadow="md" trapFocus returnFocus withRoles>
      <Popover.Target>
        <Button variant="default" onClick={is.toggle} leftSection={<IconCalendarTime size={16} />} rightSection={<IconChevronDown size={14} />} fw={500}>
          <span className="unseen">{t('range.label')}: </span>
          {label(value)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="sm" aria-label={t('range.label')}>
        <div className={styles.choices}>
          <Stack gap={2} role="group" aria-label={t('range.usual')}>
            {presets.map((from) => (
              <Button key={from} variant={value.from === from && !value.to ? 'light' : 'subtle'} color={value.from === from && !value.to ? undefined : 'gray'} justify="start" onClick={() => choose({ from, to: '' })}>
                {label({ from, to: '' })}
              </Button>
            ))}
          </Stack>
          <OwnRange key={`${value.from} ${value.to} ${zone}`} value={value} zone={zone} onChange={choose} />
        </div>
        <Text size="xs" c="dimmed" mt="sm" mb={2}>
          {t('range.zone')}
        </Text>
        <SegmentedControl fullWidth size="xs" data={zones} value={zone} onChange={(zone) => preferences.set({ zone })} aria-label={t('range.zone')} />
      </Popover.Dropdown>
    </Popover>
  );
}

function OwnRange({ value, zone, onChange }: { value: Range; zone: string; onChange(range: Range): void }) {
  const { t } = useTranslation();
  const shown = (bound: string) => (/^(now|[-+])/.test(bound) || bound === '' ? bound : typedTime(instantOf(bound) ?? 0, zone));
  const [from, setFrom] = useState(shown(value.from));
  const [to, setTo] = useState(shown(value.to));
  const [wrong, setWrong] = useState<{ from?: string; to?: string }>({});
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const bounds = { from: from.trim() && boundOf(from, zone), to: to.trim() && boundOf(to, zone) };
    const faults: typeof wrong = {};
    if (bounds.from === undefined) faults.from = t('range.notTime');
    if (bounds.to === undefined) faults.to = t('range.notTime');
    if (bounds.from && bounds.to && (instantOf(bounds.from) ?? 0) >= (instantOf(bounds.to) ?? 0)) faults.to = t('range.order');
    setWrong(faults);
    if (bounds.from !== undefined && bounds.to !== undefined && !faults.to) onChange({ from: bounds.from, to: bounds.to });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" w={210}>
        <TextInput label={t('range.from')} placeholder="2026-01-31 14:00" value={from} error={wrong.from} onChange={(event) => setFrom(event.currentTarget.value)} />
        <TextInput label={t('range.to')} placeholder={t('range.now')} value={to} error={wrong.to} onChange={(event) => setTo(event.currentTarget.value)} />
        <Text size="xs" c="dimmed">
          {t('range.help')}
        </Text>
        <Button type="submit">{t('range.apply')}</Button>
      </Stack>
    </form>
  );
}

/** Names a range: usual ones in words, others by their two times. */
function useRangeLabel() {
  const { t } = useTranslation();
  const format = useFormat();
  const bound = (text: string, open: string) => {
    if (text === '') return open;
    const time = instantOf(text);
    if (time === undefined || /^(now|[-+])/.test(text)) return text;
    return time % minute === 0 ? format.minute(text) : format.dateTime(text);
  };
  return ({ from, to }: Range): string => {
    const [, amount, unit] = /^-(\d+)([smhdw])$/.exec(from) ?? [];
    if (!to && from === '') return t('range.all');
    if (!to && amount && unit) return t(`range.last.${unit as 's' | 'm' | 'h' | 'd' | 'w'}`, { count: Number(amount) });
    return `${bound(from, t('range.begin'))} – ${bound(to, t('range.now'))}`;
  };
}
