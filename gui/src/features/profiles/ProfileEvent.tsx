import type { Document } from '../../api/documents';
import { EventBeside } from '../events/EventBeside';
import { profileRoute } from './routes';

/** The event of the person that is open, beside the page. */
export function ProfileEvent({ rows }: { rows: readonly Document[] }) {
  const { event, view } = profileRoute.useSearch();
  const navigate = profileRoute.useNavigate();
  const show = (id: string | undefined, replace: boolean) => void navigate({ search: (now) => ({ ...now, event: id, view: id && now.view }), replace, resetScroll: false });
  return (
    <EventBeside
      id={event}
      tab={view}
      rows={rows}
      onShow={(id) => show(id, true)}
      onTab={(view) => void navigate({ search: (now) => ({ ...now, view }), replace: true, resetScroll: false })}
      onClose={() => show(undefined, false)}
    />
  );
}
