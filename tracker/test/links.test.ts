import { beforeEach, describe, expect, it } from 'vitest';
import { browser, HOME, settle, withSettings } from './visit.js';

const { open } = browser();

/** Follows a link as a visitor does, and gives the address that the browser goes to. */
function follow(href: string, type = 'click'): string {
  const link = document.createElement('a');
  link.setAttribute('href', href);
  link.innerHTML = '<span>go</span>';
  document.body.append(link);
  let target = '';
  link.addEventListener(type, (event) => {
    target = link.getAttribute('href')!;
    event.preventDefault();
  });
  link.firstElementChild!.dispatchEvent(new MouseEvent(type, { bubbles: true, composed: true, cancelable: true }));
  return target;
}

describe('a link to a site of the list', () => {
  beforeEach(() => {
    localStorage.setItem('tracardi-profile-id', '"p 1"');
    open(withSettings({ trackExternalLinks: ['partner.example', '.dotted.example', 'local.example:8080'] }));
  });

  it.each([
    ['https://partner.example/', 'https://partner.example/?__tr_pid=p%201&__tr_src=src-1'],
    ['https://partner.example', 'https://partner.example/?__tr_pid=p%201&__tr_src=src-1'],
    ['http://www.partner.example/a?b=1&c=%20', 'http://www.partner.example/a?b=1&c=%20&__tr_pid=p%201&__tr_src=src-1'],
    ['https://partner.example/a?#top', 'https://partner.example/a?__tr_pid=p%201&__tr_src=src-1#top'],
    ['https://partner.example/?__tr_pid=old&x=1&__tr_src=old', 'https://partner.example/?x=1&__tr_pid=p%201&__tr_src=src-1'],
    ['//PARTNER.example/', 'https://partner.example/?__tr_pid=p%201&__tr_src=src-1'],
    ['https://www.dotted.example/', 'https://www.dotted.example/?__tr_pid=p%201&__tr_src=src-1'],
    ['http://local.example:8080/', 'http://local.example:8080/?__tr_pid=p%201&__tr_src=src-1'],
  ])('carries the profile: %s', (href, target) => {
    expect(follow(href)).toBe(target);
    expect(follow(href, 'auxclick')).toBe(target);
  });

  it.each([
    'https://evil-partner.example/',
    'https://partner.example.evil.example/',
    'https://other.example/?to=partner.example',
    'http://local.example:9090/',
    '/own/page',
    `${HOME}?x=1`,
    'mailto:someone@partner.example',
    'ftp://partner.example/',
    'javascript:void(0)',
    '#top',
    'http://',
  ])('no other does: %s', (href) => {
    expect(follow(href)).toBe(href);
  });

  it('has its old address again afterwards', async () => {
    follow('https://partner.example/a');
    await settle(1);
    expect(document.querySelector('a')!.getAttribute('href')).toBe('https://partner.example/a');
  });
});

it('a visitor without a profile carries nothing', () => {
  open(withSettings({ trackExternalLinks: ['partner.example'] }));
  expect(follow('https://partner.example/')).toBe('https://partner.example/');
});

it('a visitor who objected carries nothing', () => {
  localStorage.setItem('tracardi-profile-id', '"p-1"');
  const tracker = open(withSettings({ trackExternalLinks: ['partner.example'] }));
  expect(follow('https://partner.example/')).toContain('p-1');
  tracker.consent(false);
  localStorage.setItem('tracardi-profile-id', '"p-1"');
  expect(follow('https://partner.example/')).toBe('https://partner.example/');
});
