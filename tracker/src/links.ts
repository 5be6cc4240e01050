import { PASS_PROFILE, PASS_SOURCE } from './identity.js';
import { guarded } from './report.js';

/**
 * Lets links to the given hosts (and their subdomains) carry the visitor's profile id, so that the other site knows who
 * comes. The address changes only while the link is followed: one that is copied or shared carries no id.
 */
export function passProfile(hosts: string[], source: string, profile: () => string | null): void {
  if (!hosts.length) {
    return;
  }
  const follow = guarded((event: Event) => {
    const link = event.composedPath().find((node): node is HTMLAnchorElement => node instanceof HTMLAnchorElement);
    const written = link?.getAttribute('href');
    const id = profile();
    if (!link || !written || !id || !leadsTo(link, hosts)) {
      return;
    }
    link.setAttribute('href', withProfile(link.href, id, source));
    setTimeout(() => link.setAttribute('href', written));
  });
  // The capture phase comes before the page's own handlers, which may stop the event.
  document.addEventListener('click', follow, true);
  document.addEventListener('auxclick', follow, true);
}

/** Own pages share the storage already; and evil-example.com is not example.com. */
function leadsTo(link: HTMLAnchorElement, hosts: string[]): boolean {
  const { protocol, host, hostname } = link;
  return (
    /^https?:$/.test(protocol) &&
    host !== location.host &&
    hosts.some((allowed) => {
      const wanted = allowed.replace(/^\./, '').toLowerCase();
      return [host, hostname].some((name) => name === wanted || name.endsWith('.' + wanted));
    })
  );
}

/** The address with the two query parameters, which replace older ones. */
function withProfile(href: string, profile: string, source: string): string {
  const [, address = '', query = '', hash = ''] = /^([^?#]*)\??([^#]*)(.*)$/.exec(href) ?? [];
  const kept = query.split('&').filter((pair) => pair && ![PASS_PROFILE, PASS_SOURCE].includes(pair.split('=')[0]!));
  kept.push(`${PASS_PROFILE}=${encodeURIComponent(profile)}`, `${PASS_SOURCE}=${encodeURIComponent(source)}`);
  return `${address}?${kept.join('&')}${hash}`;
}
