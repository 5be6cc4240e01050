// @vitest-environment node
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'tracker-package-'));
const installed = join(folder, 'node_modules', '@tracardi', 'tracker');
let files: string[] = [];

const run = (program: string, ...args: string[]) => execFileSync(program, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

beforeAll(() => {
  const text = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: root, encoding: 'utf8' });
  const [packed] = JSON.parse(text) as { filename: string; files: { path: string }[] }[];
  files = packed!.files.map(({ path }) => path);
  mkdirSync(installed, { recursive: true });
  run('tar', '-xzf', packed!.filename, '-C', installed, '--strip-components=1');
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('holds the module, its types, the script of pages and what belongs to every package', () => {
  const types = files.filter((path) => path.startsWith('dist/types/'));
  expect(types).toContain('dist/types/index.d.ts');
  expect(types.every((path) => path.endsWith('.d.ts'))).toBe(true);
  expect(files.filter((path) => !types.includes(path)).sort()).toEqual([
    'LICENSE', 'README.md', 'dist/liliput.min.js', 'dist/liliput.min.js.map', 'dist/tracker.mjs', 'dist/tracker.mjs.map', 'package.json',
  ]);
});

it('needs no other package and runs nothing when it is installed', () => {
  const about = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;
  expect(about.dependencies).toBeUndefined();
  expect(Object.keys(about.scripts!).filter((name) => /install|prepare/.test(name))).toEqual([]);
});

it('can be imported', () => {
  writeFileSync(join(folder, 'use.mjs'), `
    import * as all from '@tracardi/tracker';
    const tracker = all.createTracker({ tracker: { source: { id: 'a' } } });
    console.log(Object.keys(all).join(), tracker.track('x') === tracker);`);
  expect(run('node', 'use.mjs')).toBe('createTracker true\n');
});

it('has types that fit how it is used, and refuse what does not', () => {
  const compile = (text: string) => {
    writeFileSync(join(folder, 'use.mts'), text);
    try {
      run(join(root, 'node_modules', '.bin', 'tsc'), '--noEmit', '--strict', '--module', 'nodenext', '--lib', 'es2022,dom', 'use.mts');
      return '';
    } catch (problem) {
      return (problem as { stdout: string }).stdout;
    }
  };
  const begin = `
    import { createTracker, type Options, type Ready, type Tracker } from '@tracardi/tracker';
    const options: Options = { tracker: { url: { api: 'https://cdp.example' }, source: { id: 'a' }, auto: { routes: true } } };
    const tracker: Tracker = createTracker(options);`;
  expect(compile(`${begin}
    export const ready = ({ helpers, context }: Ready) => helpers.track('a', { b: 1 }).then(({ data }) => data?.profile?.id ?? context?.profile?.id);
    tracker.track('page-view', { a: [1] }, { fire: true }).flush().consent(true);`)).toBe('');
  expect(compile(`${begin} tracker.track(7);`)).toContain("'number' is not assignable to parameter of type 'string'");
}, 120_000);
