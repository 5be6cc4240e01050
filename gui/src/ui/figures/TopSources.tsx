import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Filter } from '../../api/documents';
import { sourcesQuery } from '../../api/sources';
import { TopValues } from './TopValues';

const own = '@internal'; // the source of events that the platform adds

/** The sources that most events come from, by their names. */
export function TopSources({ filter, every }: { filter: Filter; every?: number }) {
  const { t } = useTranslation();
  const sources = useQuery(sourcesQuery);
  const nameOf = (id: string) => (id === own ? t('ownSource') : (sources.data?.find((source) => source.id === id)?.name ?? id));
  return <TopValues field="source.id" filter={filter} every={every} nameOf={nameOf} />;
}
