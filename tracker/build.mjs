// Builds the served script, the ES module and the test page into dist/. Fails when the script is too large for a page.
import { build } from 'esbuild';
import { copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT = 10_000; // bytes, gzipped

process.chdir(import.meta.dirname);
for (const name of readdirSync('dist')) {
  if (name !== '.keep') {
    rmSync(`dist/${name}`, { recursive: true });
  }
}

const shared = {
  bundle: true,
  target: 'es2018',
  sourcemap: true,
  legalComments: 'none',
  banner: { js: '/* Tracardi tracker. Licence: Apache-2.0 */' },
  logLevel: 'warning',
};
await build({ ...shared, entryPoints: ['src/liliput.ts'], outfile: 'dist/liliput.min.js', format: 'iife', minify: true });
await build({ ...shared, entryPoints: ['src/index.ts'], outfile: 'dist/tracker.mjs', format: 'esm' });
for (const name of readdirSync('page')) {
  copyFileSync(`page/${name}`, `dist/${name}`);
}

const size = gzipSync(readFileSync('dist/liliput.min.js'), { level: 9 }).length;
console.log(`dist/liliput.min.js: ${size} bytes gzipped (limit ${LIMIT})`);
if (size > LIMIT) {
  console.error('the tracker is too large: make it smaller before you ship it');
  process.exit(1);
}
