import { expect, it, vi } from 'vitest';
import { API, browser, page, reply, settle } from './visit.js';

const { server, open } = browser();
const tracked = () => server.received.filter(({ url }) => url === `${API}/track`);
const asked = () => server.received.filter(({ url }) => url !== `${API}/track`);
const answers = (data: unknown, status = 200) => {
  server.answer = ({ url }) =>
    url === `${API}/track` ? reply() : { ok: status < 300, status, json: async () => data, headers: new Headers() };
};

it('external services add to the context, and are asked once', async () => {
  answers({ tier: 'gold' });
  const external = [{ url: 'https://crm.example/me', method: 'POST', body: { a: 1 }, storage: 'crm', key: 'customer' }];
  open(page({ external })).track('a');
  await settle();
  expect(tracked()[0]!.body.context.customer).toEqual({ tier: 'gold' });
  expect(asked()[0]).toMatchObject({ url: 'https://crm.example/me', init: { method: 'POST', body: '{"a":1}', credentials: 'omit' } });
  expect(localStorage.getItem('crm')).toBe('{"tier":"gold"}');
  open(page({ external })).track('b');
  await settle();
  expect(tracked()[1]!.body.context.customer).toEqual({ tier: 'gold' });
  expect(asked()).toHaveLength(1);
});

it('the public location service is asked for the place, once', async () => {
  answers({ country_name: 'Poland', country_code: 'PL', city: 'Łódź', state: 'L', latitude: 51.7, longitude: 19.4, IPv4: '192.0.2.1' });
  const place = {
    country: { name: 'Poland', code: 'PL' }, city: 'Łódź', county: 'L', latitude: 51.7, longitude: 19.4, ip: '192.0.2.1',
  };
  open(page({ context: { location: true } })).track('a');
  await settle();
  open(page({ context: { location: true } })).track('b');
  await settle();
  expect(tracked().map(({ body }) => body.context.location)).toEqual([place, place]);
  expect(asked().map(({ url }) => url)).toEqual(['https://geolocation-db.com/json/']);
  expect(JSON.parse(decodeURIComponent(/__tr_geo=([^;]*)/.exec(document.cookie)![1]!))).toEqual(place);
});

it('so is another service', async () => {
  answers({ town: 'Oslo' });
  open(page({ context: { location: { url: '/where', data: ({ town }) => ({ city: town }) } } })).track('a');
  await settle();
  expect(tracked()[0]!.body.context.location).toEqual({ city: 'Oslo' });
});

it.each([
  ['fails', () => answers({}, 500)],
  ['answers no JSON', () => answers(undefined)],
  ['is not there', () => (server.answer = ({ url }) => (url.endsWith('/track') ? reply() : Promise.reject(new TypeError('no'))))],
  [
    'does not answer',
    () =>
      (server.answer = ({ url, init }) =>
        url.endsWith('/track') ? reply() : new Promise((_, reject) => init.signal!.addEventListener('abort', reject))),
  ],
])('a service that %s holds nothing up for long', async (_, prepare) => {
  prepare();
  const data = (answer: { town: string }) => ({ city: answer.town.trim() });
  open(page({ external: [{ url: '/crm', key: 'crm' }], context: { location: { url: '/where', data } } })).track('a');
  await settle(2500);
  expect(tracked()).toHaveLength(1);
  expect(tracked()[0]!.body.context).not.toHaveProperty('location');
});

it('leaving the page does not wait for a service', async () => {
  server.answer = ({ url }) => (url.endsWith('/track') ? reply() : new Promise(() => {}));
  open(page({ external: [{ url: '/crm', key: 'crm' }] })).track('a');
  dispatchEvent(new Event('pagehide'));
  expect(tracked()).toHaveLength(1);
  await settle(10_000);
  expect(tracked()).toHaveLength(1);
});

it('nobody is asked about a visitor who objects meanwhile', async () => {
  const data = vi.fn();
  answers({});
  open(page({ context: { location: { url: '/where', data } }, settings: { requireConsent: true } })).track('a');
  await settle();
  expect(server.received).toEqual([]);
});
