import { textAt, type Document } from '../../api/documents';
import type { Column } from '../DataTable';
import { shown } from '../Masked';

/** A column of documents. Its id is the field that it shows. */
export type DocumentColumn = Column<Document>;

/** The chosen columns: known ones as they are described, any other field as text. */
export function columnsOf(chosen: readonly string[], known: readonly DocumentColumn[]): DocumentColumn[] {
  return chosen.map((field) => known.find((column) => column.id === field) ?? fieldColumn(field));
}

/** A column for a field that nobody described. */
function fieldColumn(field: string): DocumentColumn {
  return { id: field, title: field, width: 'minmax(9rem, 1fr)', cell: (document) => shown(textAt(document, field)), sort: field };
}

/** The fields in the address; those of the list when there are none. */
export function chosenFields(columns: string | undefined, standard: readonly string[]): readonly string[] {
  return columns ? columns.split(',').filter(Boolean) : standard;
}
