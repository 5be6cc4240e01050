import type { Program } from './program';

/** The address of every page, with what has to be there before it is looked at. */
export async function allRoutes(program: Program): Promise<string[]> {
  const { items } = await program.api<{ items: { id: string }[] }>('GET', `/profiles?q=${encodeURIComponent('data.contact.email.main = "ann.bell@example.com"')}`);
  const { items: events } = await program.api<{ items: { id: string }[] }>('GET', '/events?q=type:purchase&limit=1');
  const { items: users } = await program.api<{ items: { id: string }[] }>('GET', '/users');
  const profile = `/profiles/${items[0]?.id}`;
  return [
    '/',
    '/live',
    '/event-types',
    '/event-types/purchase',
    '/events',
    `/events?event=${events[0]?.id}`,
    `/events?event=${events[0]?.id}&tab=raw`,
    '/profiles',
    ...['', '?tab=traits', '?tab=sessions', '?tab=consents', '?tab=raw'].map((tab) => profile + tab),
    '/sessions',
    '/sources',
    '/sources/new',
    '/sources/shop',
    '/sources/shop?tab=settings',
    '/console',
    '/users',
    '/users/new',
    `/users/${users[0]?.id}`,
    '/tokens',
    '/tokens/new',
    '/settings',
    '/health',
    '/account',
    '/nowhere',
  ];
}
