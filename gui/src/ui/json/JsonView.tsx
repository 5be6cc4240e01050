import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core';
import { IconChevronDown, IconChevronRight, IconFold, IconSearch, IconFoldDown } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useDeferredValue, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Json } from '../../api/documents';
import { useFormat } from '../../app/format';
import { Copy } from '../Id';
import { dots, Masked } from '../Masked';
import { linesOf, search, type Line } from './tree';
import styles from './JsonView.module.css';

const openDepth = 2; // branches above this depth are open at first
const longText = 400; // characters of a text that are shown at once

/** A JSON value as a tree of any size: can be searched, walked with the arrow keys and copied. Nothing in it is ever run. */
export function JsonView({ value, label }: { value: Json; label: string }) {
  const { t } = useTranslation();
  const frame = useRef<HTMLDivElement>(null);
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [every, setEvery] = useState<boolean>();
  const [find, setFind] = useState('');
  const [active, setActive] = useState(0);
  const moved = useRef(false);

  const wanted = useDeferredValue(find.trim());
  const found = useMemo(() => search(value, wanted), [value, wanted]);
  const lines = useMemo(
    () => linesOf(value, (path, depth) => toggled.get(path) ?? (wanted ? found.ways.has(path) : (every ?? depth < openDepth))),
    [value, toggled, every, wanted, found],
  );
  const virtual = useVirtualizer({ count: lines.length, getScrollElement: () => frame.current, estimateSize: () => 24, overscan: 12, getItemKey: (at) => lines[at]?.path ?? at });

  const firstHit = wanted ? lines.findIndex((line) => found.hits.has(line.path)) : -1;
  useEffect(() => {
    if (firstHit >= 0) virtual.scrollToIndex(firstHit, { align: 'center' });
  }, [firstHit, wanted, virtual]);

  const focused = Math.max(0, Math.min(active, lines.length - 1));
  useEffect(() => {
    if (!moved.current) return;
    const line = frame.current?.querySelector<HTMLElement>(`[data-index="${focused}"]`);
    if (line) {
      line.focus({ preventScroll: true });
      moved.current = false;
    }
  });
  const move = (to: number) => {
    const index = Math.max(0, Math.min(to, lines.length - 1));
    moved.current = true;
    setActive(index);
    virtual.scrollToIndex(index);
  };
  const toggle = (line: Line) => line.size && setToggled(new Map(toggled).set(line.path, !line.open));
  const all = (open: boolean) => {
    setToggled(new Map());
    setEvery(open);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const line = lines[focused];
    if (!line || !(event.target instanceof HTMLElement) || event.target.role !== 'treeitem') return;
    if (event.key === 'ArrowDown') move(focused + 1);
    else if (event.key === 'ArrowUp') move(focused - 1);
    else if (event.key === 'Home') move(0);
    else if (event.key === 'End') move(lines.length - 1);
    else if (event.key === 'ArrowRight' && line.size) line.open ? move(focused + 1) : toggle(line);
    else if (event.key === 'ArrowLeft') line.open ? toggle(line) : move(lines.findLastIndex((other, at) => at < focused && other.depth < line.depth));
    else if (event.key === 'Enter' || event.key === ' ') toggle(line);
    else return;
    event.preventDefault();
  };

  return (
    <div className={styles.view}>
      <div className={styles.tools}>
        <TextInput
          className={styles.find}
          leftSection={<IconSearch size={14} aria-hidden />}
          placeholder={t('json.find')}
          aria-label={t('json.find')}
          value={find}
          onChange={(event) => {
            setFind(event.currentTarget.value);
            setToggled(new Map());
          }}
        />
        <span className={styles.hits} role="status">
          {wanted && t('json.hits', { count: found.hits.size })}
        </span>
        <Tooltip label={t('json.openAll')}>
          <ActionIcon aria-label={t('json.openAll')} onClick={() => all(true)}>
            <IconFoldDown size={16} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t('json.closeAll')}>
          <ActionIcon aria-label={t('json.closeAll')} onClick={() => all(false)}>
            <IconFold size={16} />
          </ActionIcon>
        </Tooltip>
        <Copy text={JSON.stringify(value, null, 2)} label={t('json.copyAll')} />
      </div>
      <div ref={frame} className={styles.frame}>
        <div role="tree" aria-label={label} style={{ height: virtual.getTotalSize(), position: 'relative' }} onKeyDown={onKeyDown}>
          {virtual.getVirtualItems().map(({ index, start, key }) => {
            const line = lines[index];
            if (!line) return null;
            return (
              <div
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                role="treeitem"
                aria-level={line.depth + 1}
                aria-expanded={line.size ? line.open : undefined}
                aria-selected={index === focused}
                tabIndex={index === focused ? 0 : -1}
                className={styles.line}
                data-hit={found.hits.has(line.path) || undefined}
                style={{ transform: `translateY(${start}px)`, paddingInlineStart: `${line.depth * 1.1 + 0.25}rem` }}
                onFocus={() => setActive(index)}
                onClick={() => toggle(line)}
              >
                <span className={styles.turn} aria-hidden>
                  {line.size ? line.open ? <IconChevronDown size={14} /> : <IconChevronRight size={14} /> : null}
                </span>
                <span className={styles.name}>{line.name}:</span>
                <Value line={line} />
                <span className={styles.copy}>
                  <Copy text={typeof line.value === 'string' ? line.value : JSON.stringify(line.value, null, 2)} label={t('json.copy', { name: line.name })} />
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Value({ line: { value, size } }: { line: Line }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [whole, setWhole] = useState(false);
  if (size !== undefined) {
    return <span className={styles.size}>{Array.isArray(value) ? t('json.items', { count: size }) : t('json.fields', { count: size })}</span>;
  }
  if (typeof value !== 'string') return <span className={styles[typeof value] ?? styles.null}>{String(value)}</span>;
  if (value === dots) return <Masked />;
  return (
    <span className={styles.string}>
      "{whole ? value : value.slice(0, longText)}"
      {value.length > longText && (
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={(event) => {
            event.stopPropagation();
            setWhole(!whole);
          }}
        >
          {whole ? t('json.less') : t('json.more', { size: format.bytes(value.length) })}
        </Button>
      )}
    </span>
  );
}
