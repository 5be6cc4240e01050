import { describe, expect, it } from 'vitest';
import type { Options } from '../src/index.js';
import { browser, page, reply, settle } from './visit.js';

const { server, open } = browser();

async function shown(ux: unknown, options: Options = page()): Promise<string> {
  server.answer = () => reply({ ux });
  open(options).track('a');
  await settle();
  return document.body.innerHTML;
}

describe('what the server wants to show', () => {
  it('is added to the page, element by element', async () => {
    const html = await shown([
      { tag: 'div', props: { class: 'tracardi-uix-consent', 'data-endpoint': '//cdp.example', 'data-expand-height': 400 } },
      { tag: 'link', props: { rel: 'stylesheet', href: '/uix/contact-popup/index.css' } },
      { tag: 'p', content: 'a < b & <b>c</b>' },
      { tag: 'input', props: { disabled: true, hidden: false, value: null } },
    ]);
    expect(html).toBe(
      '<div class="tracardi-uix-consent" data-endpoint="//cdp.example" data-expand-height="400"></div>' +
        '<link rel="stylesheet" href="/uix/contact-popup/index.css">' +
        '<p>a &lt; b &amp; &lt;b&gt;c&lt;/b&gt;</p><input disabled="">',
    );
  });

  it('can be a script, which gets the nonce of the page', async () => {
    await shown([{ tag: 'script', props: { type: 'text/plain' }, content: 'say(1 < 2)' }], page({ settings: { nonce: 'n0' } }));
    const script = document.querySelector('script')!;
    expect([script.textContent, script.getAttribute('nonce')]).toEqual(['say(1 < 2)', 'n0']);
  });

  it('gives no nonce to other elements, and none where there is none', async () => {
    const html = await shown([{ tag: 'div' }, { tag: 'script', props: { type: 'text/plain' } }]);
    expect(html).toBe('<div></div><script type="text/plain"></script>');
  });

  it('cannot hide code in attributes', async () => {
    const html = await shown([
      { tag: 'img', props: { src: 'x', onerror: 'alert(1)', ONLOAD: 'alert(1)' } },
      { tag: 'a', props: { href: ' JavaScript:alert(1)' } },
      { tag: 'section', props: { srcdoc: '<script>alert(1)</script>' } },
    ]);
    expect(html).toBe('<img src="x"><a></a><section></section>');
  });

  it('may have a style', async () => {
    await shown([{ tag: 'div', props: { style: 'color: red' } }]);
    expect(document.querySelector('div')!.style.color).toBe('red');
  });

  it('does not break the page when it makes no sense', async () => {
    const html = await shown([null, 7, {}, { tag: '<div>' }, { tag: 'div', props: { 'bad name': 1 } }, { tag: 'b', props: null, content: 0 }]);
    expect(html).toContain('<b>0</b>');
  });

  it.each([[undefined], [null], ['text'], [{ tag: 'div' }]])('must be a list: %j', async (ux) => {
    expect(await shown(ux)).toBe('');
  });

  it('is shown after fired events too', async () => {
    server.answer = () => reply({ ux: [{ tag: 'b', content: 'x' }] });
    await open(page()).plugins.tracardi.track('a');
    expect(document.body.innerHTML).toBe('<b>x</b>');
  });
});
