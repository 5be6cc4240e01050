import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binary } from './program';

const { PROFILES = '10000', EVENTS = '20000', DATA } = process.env;

/** Makes a data folder with the demo's visitors, once; every program of the checks begins with a copy of it. DATA names one that is there. */
export default function setup() {
  if (DATA) {
    process.env.TRACARDI_DEMO_DATA = DATA;
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'tracardi-demo-'));
  execFileSync(binary, ['demo', '--data', folder, '--profiles', PROFILES, '--events', EVENTS, '--log-level', 'error'], { stdio: ['ignore', 'ignore', 'inherit'] });
  process.env.TRACARDI_DEMO_DATA = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
