import { expect, it } from 'vitest';
import { browser, go, HOME, page, settle } from './visit.js';

const { server, open } = browser();
const paths = () => server.events.map(({ type, context }) => [type, new URL(context.page.url).pathname + context.page.hash]);

it('each new address of a single-page application is a page view', async () => {
  open(page({ auto: { routes: true } }));
  history.pushState({}, '', '/shoes');
  document.title = 'Shoes';
  await settle();
  expect(paths()).toEqual([['page-view', '/shoes']]);
  expect(server.events[0].context.page.title).toBe('Shoes');

  history.replaceState({}, '', '/shoes?page=2');
  await settle();
  expect(server.events).toHaveLength(2);

  history.pushState({}, '', '/login');
  history.replaceState({}, '', '/account');
  await settle();
  expect(paths().slice(2)).toEqual([['page-view', '/account']]);

  go(HOME);
  dispatchEvent(new PopStateEvent('popstate'));
  await settle();
  expect(paths().slice(3)).toEqual([['page-view', '/catalogue']]);

  go(`${HOME}#/basket`);
  dispatchEvent(new Event('hashchange'));
  await settle();
  expect(paths().slice(4)).toEqual([['page-view', '/catalogue#/basket']]);
});

it('an unchanged address, or a jump within the page, is none', async () => {
  open(page({ auto: { routes: true } }));
  history.pushState({ step: 2 }, '', location.href);
  await settle();
  go(`${HOME}#reviews`);
  dispatchEvent(new Event('hashchange'));
  await settle();
  expect(server.events).toEqual([]);
});

it('a jump within a page that the fragment names is none, and leaving that page is one', async () => {
  const fragment = async (hash: string) => {
    go(HOME + hash);
    dispatchEvent(new Event('hashchange'));
    await settle();
  };
  open(page({ auto: { routes: true } }));
  await fragment('#/basket');
  await fragment('#reviews');
  await fragment('#/basket');
  expect(paths()).toEqual([['page-view', '/catalogue#/basket']]);
  await fragment('');
  expect(paths().slice(1)).toEqual([['page-view', '/catalogue']]);
});

it('routes are not watched unless the options say so', async () => {
  open(page());
  history.pushState({}, '', '/shoes');
  await settle();
  expect(server.events).toEqual([]);
});

it('history works as before, errors included', () => {
  open(page({ auto: { routes: true } }));
  history.pushState({ step: 7 }, '', '/seven');
  expect(history.state).toEqual({ step: 7 });
  expect(location.pathname).toBe('/seven');
  expect(() => history.pushState({}, '', 'https://other.example/')).toThrow();
});
