import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { open, signIn, test } from '../fixtures';

const folder = '../docs/gallery';
const desk = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
const quality = 70; // of JPEG, in percent

/** The pictures of docs/gallery.md: name, what they show, and the address. */
const pictures = [
  ['dashboard', 'The dashboard: what comes in, from where, and what needs attention', '/', desk, 'light'],
  ['events', 'All events, found with the query language, over time and as a list', '/events?q=type:purchase', desk, 'light'],
  ['story', 'The story of an event, from its receipt to its place in the store', '/events?event={event}', desk, 'light'],
  ['profile', 'A person: what they did, day by day', '/profiles/{profile}', desk, 'light'],
  ['traits', 'What is known of a person, which event said so, and what was known before', '/profiles/{profile}?tab=traits', desk, 'dark'],
  ['live', 'Events as they come in', '/live', desk, 'dark'],
  ['console', 'The console: compose an event and see what would become of it', '/console?type=sign-up', desk, 'light'],
  ['event-type', 'Everything about one type of events', '/event-types/purchase', desk, 'light'],
  ['install', 'A source, ready to be installed, listening for its first event', '/sources/shop', desk, 'dark'],
  ['users', 'Who may sign in, and as what', '/users', desk, 'light'],
  ['phone-dashboard', 'The dashboard on a phone', '/', phone, 'light'],
  ['phone-profile', 'A person on a phone', '/profiles/{profile}', phone, 'dark'],
  ['phone-live', 'Live events on a phone', '/live', phone, 'light'],
] as const;

test.use({ contextOptions: { reducedMotion: 'reduce' } });

test('pictures for the gallery', async ({ page, program }) => {
  test.setTimeout(120_000);
  mkdirSync(folder, { recursive: true });
  const first = async (path: string, q: string) => (await program.api<{ items: { id: string }[] }>('GET', `${path}?limit=1&q=${encodeURIComponent(q)}`)).items[0]?.id ?? '';
  const event = await first('/events', 'type = "sign-up" AND source.id = "shop"');
  const profile = await first('/profiles', 'data.contact.email.main = "ann.bell@example.com"');
  await signIn(page, program);
  for (const [name, , path, size, colorScheme] of pictures) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    await open(page, path.replace('{event}', event).replace('{profile}', profile));
    await page.screenshot({ path: join(folder, `${name}.jpg`), type: 'jpeg', quality });
  }
  const sections = pictures.map(([name, caption, , size]) => `${caption}.\n\n<img src="gallery/${name}.jpg" alt="${caption}" width="${size.width / 2}">\n`);
  writeFileSync('../docs/gallery.md', `# What it looks like\n\nThe web application with the visitors of \`tracardi demo\`. \`make gallery\` takes these pictures anew.\n\n${sections.join('\n')}`);
});
