import type { View, ViewContent } from '../../api/views';
import type { ListSearch } from '../list/useDocuments';

/** What a view keeps of an address. */
export function contentOf({ q, from, to, sort, columns }: ListSearch): ViewContent {
  return { ...(q && { q }), ...(from && { from }), ...(to && { to }), ...(sort && { sort }), ...(columns && { columns: columns.split(',') }) };
}

/** The change of an address that shows a view. What the view does not say goes out of the address. */
export function searchOf({ q, from, to, sort, columns }: ViewContent): ListSearch {
  return { q: q || undefined, from: from || undefined, to: to || undefined, sort: sort || undefined, columns: columns?.join(',') || undefined };
}

/** Whether an address shows a view. */
export function shows(search: ListSearch, view: View): boolean {
  const wanted = searchOf(view);
  const shown = searchOf(contentOf(search));
  return (Object.keys(wanted) as (keyof ListSearch)[]).every((name) => wanted[name] === shown[name]);
}
