import { MultiSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, bodyOf } from '../../api/client';
import type { Collection } from '../../api/documents';
import type { DocumentColumn } from './columns';

const typingPause = 150; // milliseconds

interface ColumnChoiceProps {
  collection: Collection;
  fields: readonly string[];
  known: readonly DocumentColumn[];
  onChange(fields: string[]): void;
}

/** Chooses the columns of a list among those that are described and the fields that occur. */
export default function ColumnChoice({ collection, fields, known, onChange }: ColumnChoiceProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [typed] = useDebouncedValue(text, typingPause);
  const seen = useQuery({
    queryKey: [collection, 'fields', typed],
    queryFn: ({ signal }) => bodyOf(api.GET(`/${collection}/suggest` as '/events/suggest', { params: { query: { q: typed } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  const named = known.map(({ id, title }) => ({ value: id, label: title }));
  const others = new Set([...fields, ...(seen.data?.items ?? []).filter((item) => item.kind === 'field').map((item) => item.text)]);
  for (const { value } of named) others.delete(value);
  return (
    <MultiSelect
      label={t('list.columns')}
      description={t('list.columnsHelp')}
      data={[...named, ...[...others].map((field) => ({ value: field, label: field }))]}
      value={[...fields]}
      onChange={onChange}
      searchable
      searchValue={text}
      onSearchChange={setText}
      limit={100}
      nothingFoundMessage={t('nothingFound')}
      comboboxProps={{ withinPortal: false }}
    />
  );
}
