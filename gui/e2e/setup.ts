import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binary, demo, onServers } from './program';

/**
 * Makes a data folder with the demo's visitors, once; every program of the checks begins with a copy of it. DATA names one that is
 * there. With TRACARDI_TEST_ON_SERVERS there is none: programs have a place of their own on the servers of the tests, and a worker.
 */
export default function setup() {
  if (process.env.DATA) {
    process.env.TRACARDI_DEMO_DATA = process.env.DATA;
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'tracardi-demo-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  if (onServers) return useServers(folder, remove);
  execFileSync(binary, demo(folder), { stdio: ['ignore', 'ignore', 'inherit'] });
  process.env.TRACARDI_DEMO_DATA = folder;
  return remove;
}

/** Puts the stand-in of the tests in the place of the program. */
function useServers(folder: string, remove: () => void) {
  const standIn = join(folder, 'onservers');
  execFileSync('go', ['build', '-trimpath', '-o', standIn, './e2e/onservers'], { cwd: '..', stdio: 'inherit' });
  Object.assign(process.env, { ONSERVERS_PROGRAM: binary, ONSERVERS_NAME: `gui${process.pid}`, TRACARDI_BIN: standIn });
  return () => {
    execFileSync(standIn, ['remove'], { stdio: 'inherit' });
    remove();
  };
}
