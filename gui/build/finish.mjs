// Finishes a build: weighs what the first page loads against its limits, and compresses what browsers can take compressed.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = 'dist';
// What somebody who opens the list of events loads: the page itself, the shell and the list with its words.
const firstPage = ['index.html', 'src/features/events/EventsPage.tsx', 'src/features/events/en.json', 'src/app/locales/en.json'];
const limits = { '.js': 250_000, '.css': 60_000 };
const limitOfPage = 120_000; // of any page that is loaded later, by itself

const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));
const gzipped = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;

/** All files that an entry of the manifest loads at once. */
function filesOf(entry, found = new Set()) {
  const chunk = manifest[entry];
  if (!chunk) throw new Error(`the build has no ${entry}`);
  if (found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const file of chunk.css ?? []) found.add(file);
  for (const other of chunk.imports ?? []) filesOf(other, found);
  return found;
}

let failed = false;
const report = (what, weight, limit) => {
  if (weight > limit) failed = true;
  console.log(`${what}: ${(weight / 1000).toFixed(1)} kB gzipped of ${limit / 1000}${weight > limit ? ', TOO MUCH' : ''}`);
};

const first = new Set(firstPage.flatMap((entry) => [...filesOf(entry)]));
for (const [end, limit] of Object.entries(limits)) {
  const weight = [...first].filter((file) => file.endsWith(end)).reduce((sum, file) => sum + gzipped(file), 0);
  report(`first page, ${end.slice(1)}`, weight, limit);
}
const shell = filesOf('index.html');
for (const [entry, chunk] of Object.entries(manifest)) {
  if (!chunk.isDynamicEntry) continue;
  const weight = [...filesOf(entry)].filter((file) => file.endsWith('.js') && !shell.has(file)).reduce((sum, file) => sum + gzipped(file), 0);
  if (weight > limitOfPage) report(entry, weight, limitOfPage);
}
rmSync(join(dist, '.vite'), { recursive: true });
writeFileSync(join(dist, '.keep'), '');

for (const entry of readdirSync(dist, { recursive: true })) {
  const file = join(dist, entry);
  if (!/\.(js|css|svg|json)$/.test(file) || statSync(file).size < 500) continue;
  const content = readFileSync(file);
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}
if (failed) process.exit(1);
