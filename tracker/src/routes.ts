import { attempt, guarded } from './report.js';

/** Gives a single-page application time to set the title of the new page. */
const SETTLE = 50;

/** Calls changed after each change of the page's address that no page load caused. */
export function watchRoutes(changed: () => void): void {
  let known = route('');
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const now = route(known);
      if (now !== known) {
        known = now;
        attempt(changed, undefined);
      }
    }, SETTLE);
  };
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    history[name] = function (this: History, ...args: Parameters<History['pushState']>) {
      original.apply(this, args);
      look();
    };
  }
  addEventListener('popstate', guarded(look));
  addEventListener('hashchange', guarded(look));
}

/** Path and query, and the fragment where it is a path itself. A jump within the page is no new page, and leaves what is known. */
function route(known: string): string {
  const { pathname, search, hash } = location;
  const page = pathname + search;
  if (/^#!?\//.test(hash)) return page + hash;
  return hash && known.split('#')[0] === page ? known : page;
}
