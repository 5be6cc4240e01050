import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './DataTable.module.css';

export interface Column<T> {
  id: string;
  title: string;
  /** A width of CSS grids, such as 12rem or minmax(8rem, 2fr). */
  width: string;
  cell(row: T): ReactNode;
  /** Numbers stand at the end. */
  end?: boolean;
  /** The field by which the server can sort. */
  sort?: string;
}

interface DataTableProps<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowId(row: T): string;
  /** How many rows there are, when not all of them are loaded: those that are missing are shown as skeletons. */
  total?: number;
  /** Nothing is known yet. */
  loading?: boolean;
  /** Asks for more rows, before those at the end come into view. */
  onMore?(): void;
  onOpen?(row: T): void;
  /** The row that is open. */
  openId?: string;
  /** A field, with a dash before it for descending. */
  sort?: string;
  onSort?(sort: string): void;
  /** Stands in the place of the rows when there are none. */
  empty?: ReactNode;
  /** As high as its rows, for short lists within a page. */
  fitted?: boolean;
}

const rowHeight = 34; // pixels; one line of text
const skeletonRows = 12;
const ahead = 60; // rows before the end at which more are asked for

/** A table of any length: only rows in view exist. Arrows, Home, End and page keys move between rows, Enter opens one. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { label, columns, rows, rowId, total = rows.length, loading, onMore, openId, sort = '', onSort, empty, fitted } = props;
  const frame = useRef<HTMLDivElement>(null);
  // One function for all renders, so that rows need not be drawn anew for it.
  const latest = useRef(props.onOpen);
  useEffect(() => {
    latest.current = props.onOpen;
  });
  const opening = useCallback((row: T) => latest.current?.(row), []);
  const onOpen = props.onOpen && opening;
  const [active, setActive] = useState(0);
  const moved = useRef(false);
  const count = loading ? skeletonRows : Math.max(total, rows.length);
  const virtual = useVirtualizer({ count, getScrollElement: () => frame.current, estimateSize: () => rowHeight, overscan: 6, scrollMargin: rowHeight, scrollPaddingStart: rowHeight, useFlushSync: false });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const opened = useMemo(() => (openId ? rows.findIndex((row) => rowId(row) === openId) : -1), [rows, rowId, openId]);

  useEffect(() => {
    if (!loading && last >= rows.length - ahead && rows.length < count) onMore?.();
  }, [last, rows.length, count, loading, onMore]);

  // Who moved with the keys goes on from the row that was opened meanwhile, also when it was opened with the mouse.
  useEffect(() => {
    if (opened < 0) return;
    setActive(opened);
    virtual.scrollToIndex(opened);
  }, [opened, virtual]);
  const focused = Math.min(active, Math.max(count - 1, 0));
  useEffect(() => {
    if (!moved.current) return;
    const row = frame.current?.querySelector<HTMLElement>(`[data-index="${focused}"]`);
    if (row) {
      row.focus({ preventScroll: true });
      moved.current = false;
    }
  });

  const move = (to: number) => {
    const index = Math.max(0, Math.min(to, count - 1));
    moved.current = true;
    setActive(index);
    virtual.scrollToIndex(index);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLElement) || event.target.role !== 'row') return;
    const page = Math.max(1, Math.floor((frame.current?.clientHeight ?? 0) / rowHeight) - 2);
    const steps: Record<string, number> = { ArrowDown: focused + 1, ArrowUp: focused - 1, PageDown: focused + page, PageUp: focused - page, Home: 0, End: count - 1 };
    const to = steps[event.key];
    const row = rows[focused];
    if (to !== undefined) move(to);
    else if (event.key === 'Enter' && row !== undefined) onOpen?.(row);
    else return;
    event.preventDefault();
  };

  const template = columns.map((column) => column.width).join(' ');
  const least = columns.reduce((sum, column) => sum + leastWidth(column.width), 0);
  return (
    <div ref={frame} className={`${styles.frame} ${fitted ? styles.fitted : ''}`} style={{ '--row': `${rowHeight}px` } as React.CSSProperties} tabIndex={-1}>
      <div className={styles.grid} style={{ minWidth: `${least}rem` }} role="grid" aria-label={label} aria-rowcount={loading ? -1 : count + 1} aria-busy={loading} onKeyDown={onKeyDown}>
        <div className={styles.head} role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
          {columns.map((column) => (
            <HeadCell key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
        </div>
        <div className={styles.rows} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const row = loading ? undefined : rows[index];
            return (
              <Row
                key={index}
                index={index}
                top={start - rowHeight}
                row={row}
                opens={onOpen && row !== undefined ? rowId(row) : undefined}
                selected={openId === undefined ? undefined : index === opened}
                focusable={index === focused}
                columns={columns}
                template={template}
                onFocus={setActive}
                onOpen={onOpen}
              />
            );
          })}
        </div>
      </div>
      {!loading && count === 0 && empty}
    </div>
  );
}

interface RowProps<T> {
  index: number;
  /** Pixels below the first row. */
  top: number;
  /** Undefined rows are still to come. */
  row?: T;
  /** The id of what the row opens. */
  opens?: string;
  selected?: boolean;
  focusable: boolean;
  columns: readonly Column<T>[];
  template: string;
  onFocus(index: number): void;
  onOpen?(row: T): void;
}

/** A row that is drawn anew only when something of it changes: while the table scrolls most of them stay. */
const Row = memo(function Row<T>({ index, top, row, opens, selected, focusable, columns, template, onFocus, onOpen }: RowProps<T>) {
  return (
    <div
      role="row"
      data-index={index}
      data-opens={opens}
      aria-rowindex={index + 2}
      aria-selected={selected}
      tabIndex={focusable ? 0 : -1}
      className={styles.row}
      style={{ gridTemplateColumns: template, transform: `translateY(${top}px)` }}
      onFocus={() => onFocus(index)}
      onClick={row === undefined ? undefined : () => onOpen?.(row)}
    >
      {columns.map((column) => (
        <div key={column.id} role="gridcell" className={`${styles.cell} ${column.end ? styles.end : ''}`}>
          {row === undefined ? <span className={styles.blank} /> : column.cell(row)}
        </div>
      ))}
    </div>
  );
}) as <T>(props: RowProps<T>) => ReactNode;

function HeadCell<T>({ column, sort, onSort }: { column: Column<T>; sort: string; onSort?(sort: string): void }) {
  const { t } = useTranslation();
  const descending = sort === `-${column.sort}`;
  const ascending = sort === column.sort;
  const direction = ascending ? 'ascending' : descending ? 'descending' : undefined;
  const active = column.sort !== undefined && direction !== undefined;
  return (
    <div role="columnheader" aria-sort={active ? direction : undefined} className={`${styles.cell} ${column.end ? styles.end : ''}`}>
      {column.sort && onSort ? (
        <button type="button" className={styles.sort} data-active={active || undefined} title={t('table.sort')} onClick={() => onSort(descending ? (column.sort ?? '') : `-${column.sort}`)}>
          {column.title}
          {active && (ascending ? <IconArrowUp size={12} aria-hidden /> : <IconArrowDown size={12} aria-hidden />)}
        </button>
      ) : (
        column.title
      )}
    </div>
  );
}

/** The least width of a column in rem, so that narrow windows scroll the table and not the page. */
function leastWidth(width: string): number {
  return Number(/([\d.]+)rem/.exec(width)?.[1] ?? 8);
}
