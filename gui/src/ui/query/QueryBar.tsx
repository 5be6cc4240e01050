import { ActionIcon, Badge, Button, Tooltip } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch, IconX } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api, bodyOf, type QueryCheck, type Suggestions } from '../../api/client';
import type { Collection } from '../../api/documents';
import { useFormat } from '../../app/format';
import { useShortcut } from '../../app/shortcuts';
import { accepted, charactersBefore, unitAfter } from './characters';
import styles from './QueryBar.module.css';

interface QueryBarProps {
  collection: Collection;
  /** The condition that is in force. */
  value: string;
  /** Called with conditions that make sense only, so that the results stay while somebody corrects one. */
  onRun(q: string): void;
}

const morePause = 1000; // milliseconds before suggestions that were not all found in time are asked for again
const askedAgain = 5; // times
const typingPause = 120; // milliseconds before suggestions are asked for
const checkPause = 500; // milliseconds before a condition is checked while somebody types

const records = { events: 'event', sessions: 'session', profiles: 'profile' } as const;

type Suggestion = Suggestions['items'][number];

const keyOf = ({ kind, text }: Suggestion) => `${kind} ${text}`;

const check = (collection: Collection, q: string, signal?: AbortSignal) =>
  bodyOf(api.POST('/query/validate', { body: { q, record: records[collection] }, signal }));

/** A line for a condition: suggests fields, operators and values, and marks where it stops making sense. */
export function QueryBar({ collection, value, onRun }: QueryBarProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [cursor, setCursor] = useState(value.length);
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<string>();
  const [awaited, setAwaited] = useState<string>(); // was accepted before the suggestions for the last key were there
  const [fault, setFault] = useState<{ text: string; check: QueryCheck }>();
  const [scroll, setScroll] = useState(0);
  const placeCursor = useRef<number>(undefined);

  useEffect(() => {
    setText(value);
    setFault(undefined);
  }, [value]);
  useEffect(() => {
    if (placeCursor.current === undefined) return;
    input.current?.setSelectionRange(placeCursor.current, placeCursor.current);
    placeCursor.current = undefined;
  });
  useShortcut('/', t('query.focus'), () => input.current?.focus());

  const [typed] = useDebouncedValue({ text, cursor }, typingPause, { leading: true });
  const suggestions = useQuery({
    queryKey: [collection, 'suggest', typed],
    queryFn: ({ signal }) => {
      const query = { q: typed.text, cursor: charactersBefore(typed.text, typed.cursor) };
      return bodyOf(api.GET(`/${collection}/suggest` as '/events/suggest', { params: { query }, signal }));
    },
    enabled: open,
    placeholderData: keepPreviousData,
    staleTime: (query) => (query.state.data?.more ? 0 : 30_000),
    refetchInterval: (query) => (query.state.data?.more && query.state.dataUpdateCount <= askedAgain ? morePause : false),
  });
  const [checked] = useDebouncedValue(text, checkPause);
  useEffect(() => {
    if (checked === value || checked.trim() === '') return setFault(undefined);
    const gone = new AbortController();
    check(collection, checked, gone.signal).then(
      (result) => setFault(result.valid ? undefined : { text: checked, check: result }),
      () => {}, // who cannot be asked now is asked again when the condition runs
    );
    return () => gone.abort();
  }, [checked, collection, value]);

  const fresh = suggestions.data !== undefined && !suggestions.isPlaceholderData && typed.text === text && typed.cursor === cursor;
  const items = (suggestions.data?.items ?? []).slice(0, 50);
  const shown = open && items.length > 0;
  const choice = items.findIndex((item) => keyOf(item) === chosen);

  const accept = (item: Suggestion) => {
    if (!suggestions.data || !fresh) return setAwaited(keyOf(item));
    const next = accepted(text, suggestions.data, item.text);
    placeCursor.current = next.cursor;
    setText(next.text);
    setCursor(next.cursor);
    setChosen(undefined);
    setAwaited(undefined);
    input.current?.focus();
  };
  useEffect(() => {
    if (awaited === undefined || !fresh) return;
    const item = items.find((item) => keyOf(item) === awaited);
    if (item) accept(item);
    else setAwaited(undefined);
  });
  const run = async (q: string) => {
    setOpen(false);
    const wanted = q.trim();
    if (wanted) {
      try {
        const result = await check(collection, wanted);
        if (!result.valid) return setFault({ text: wanted, check: result });
      } catch {
        // The search itself tells what is wrong.
      }
    }
    setFault(undefined);
    onRun(wanted);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      setOpen(true);
      const next = items[event.key === 'ArrowDown' ? (choice + 1) % items.length : (choice <= 0 ? items.length : choice) - 1];
      if (next) setChosen(keyOf(next));
    } else if (event.key === 'Escape' && shown) {
      setOpen(false);
      setChosen(undefined);
    } else if (shown && choice >= 0 && (event.key === 'Enter' || event.key === 'Tab')) {
      accept(items[choice] as Suggestion);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(text);
  };
  const marked = fault?.text.trim() === text.trim() ? fault.check : undefined;
  const told = marked && !shown; // the suggestions have the same place
  const option = (at: number) => `${id}-option-${at}`;
  useEffect(() => {
    if (choice >= 0) document.getElementById(`${id}-option-${choice}`)?.scrollIntoView({ block: 'nearest' });
  }, [choice, id]);

  return (
    <form className={styles.form} role="search" onSubmit={submit}>
      <div className={styles.bar} data-wrong={marked ? '' : undefined}>
        <IconSearch className={styles.icon} size={16} aria-hidden />
        <div className={styles.line}>
          <div className={styles.marks} aria-hidden style={{ transform: `translateX(${-scroll}px)` }}>
            {marked && <Mark text={text} check={marked} />}
          </div>
          <input
            ref={input}
            className={styles.input}
            role="combobox"
            aria-label={t('query.label')}
            aria-expanded={shown}
            aria-controls={shown ? `${id}-list` : undefined}
            aria-autocomplete="list"
            aria-activedescendant={shown && choice >= 0 ? option(choice) : undefined}
            aria-invalid={marked ? true : undefined}
            aria-describedby={told ? `${id}-fault` : undefined}
            autoComplete="off"
            autoCapitalize="off"
            autoCorrect="off"
            spellCheck={false}
            placeholder={t(`query.placeholder.${collection}`)}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              setCursor(event.currentTarget.selectionStart ?? event.currentTarget.value.length);
              setChosen(undefined);
              setAwaited(undefined);
              setOpen(true);
            }}
            onSelect={(event) => {
              setCursor(event.currentTarget.selectionStart ?? 0);
              setScroll(event.currentTarget.scrollLeft);
            }}
            onScroll={(event) => setScroll(event.currentTarget.scrollLeft)}
            onMouseDown={() => setOpen(true)}
            onBlur={() => setOpen(false)}
            onKeyDown={onKeyDown}
          />
        </div>
        {text && (
          <Tooltip label={t('query.clear')}>
            <ActionIcon size="sm" aria-label={t('query.clear')} onClick={() => void run('')}>
              <IconX size={14} />
            </ActionIcon>
          </Tooltip>
        )}
        <Button type="submit" size="compact-sm" variant={text.trim() === value ? 'subtle' : 'filled'}>
          {t('query.run')}
        </Button>
      </div>
      {told && (
        <div id={`${id}-fault`} role="alert" className={styles.fault}>
          <Explained check={marked} />
        </div>
      )}
      {shown && (
        <ul id={`${id}-list`} role="listbox" aria-label={t('query.suggestions')} className={styles.list}>
          {items.map((item, at) => (
            <li
              key={keyOf(item)}
              id={option(at)}
              role="option"
              aria-selected={at === choice}
              className={styles.option}
              onMouseDown={(event) => {
                event.preventDefault(); // the line keeps the focus
                accept(item);
              }}
            >
              <span className="mono">{item.text}</span>
              <span className={styles.more}>
                {item.type && <Badge color="gray">{item.type}</Badge>}
                {item.kind !== 'field' && item.kind !== 'value' && t(`query.kind.${item.kind}`)}
                {item.kind === 'value' && item.count ? format.number(item.count) : null}
              </span>
            </li>
          ))}
        </ul>
      )}
      <div className="unseen" role="status">
        {shown && fresh ? t('query.found', { count: items.length }) : ''}
      </div>
    </form>
  );
}

/** The text once more, with a line below the place where it stops making sense. */
function Mark({ text, check }: { text: string; check: QueryCheck }) {
  const at = unitAfter(text, (check.position?.column ?? 1) - 1);
  const found = check.position?.found ?? '';
  const length = text.startsWith(found, at) && found ? found.length : 1;
  const place = Math.min(at, text.length);
  return (
    <>
      {text.slice(0, place)}
      <span className={styles.mark}>{text.slice(place, place + length) || '\u00a0\u00a0'}</span>
    </>
  );
}

/** What the server asks for by a name, and not by a sign or a word of the language. */
const expectations = { 'a value': 'value', 'a field': 'field', 'an operator': 'operator', 'a quoted text': 'text', 'a number': 'number', 'end of text': 'end' } as const;

/** Says what is missing, in words. */
function Explained({ check }: { check: QueryCheck }) {
  const { t } = useTranslation();
  const { language } = useTranslation().i18n;
  if (!check.position) return check.message;
  const { found, column, expected } = check.position;
  const named = expected.slice(0, 6).map((part) => (part in expectations ? t(`query.expected.${expectations[part as keyof typeof expectations]}`) : part));
  const wanted = new Intl.ListFormat(language, { type: 'disjunction' }).format(named);
  if (expected.length === 0) return found ? t('query.unexpected', { found, column }) : check.message;
  return found === 'end of text' ? t('query.incomplete', { wanted }) : t('query.wrong', { found, column, wanted });
}
