// Walks through pages in Chromium: node walk.mjs SETTINGS NAME…
// SETTINGS is JSON: chromium, its program; shop, accounts and server, origins; direct, the server's address outside of the browser.
import { chromium } from 'playwright-core';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { walks } from './walks.mjs';

const settings = JSON.parse(process.argv[2]);
const args = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP *.example 127.0.0.1',
];

let shared; // the browser of all walks that want nothing special of it

/** Opens a fresh window; flags and preferences are those of the walk. */
async function open({ flags = [], preferences }) {
  const launch = { executablePath: settings.chromium, args: [...args, ...flags] };
  if (!flags.length && !preferences) {
    shared ??= await chromium.launch(launch);
    const context = await shared.newContext();
    return { context, page: await context.newPage(), close: () => context.close() };
  }
  const folder = mkdtempSync(join(tmpdir(), 'walk-'));
  if (preferences) {
    mkdirSync(join(folder, 'Default'));
    writeFileSync(join(folder, 'Default', 'Preferences'), JSON.stringify(preferences));
  }
  const context = await chromium.launchPersistentContext(folder, launch);
  const close = () => context.close().finally(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return { context, page: context.pages()[0], close };
}

async function walk(name) {
  const { run, ...how } = walks[name];
  const { context, page, close } = await open(how);
  context.setDefaultTimeout(20_000);
  const complaints = [];
  const watch = (opened) => opened.on('pageerror', (error) => complaints.push(String(error)));
  context.on('page', watch);
  watch(page);
  try {
    await run({ ...settings, context, page, source: name });
    if (complaints.length) {
      throw new Error(`the page threw: ${complaints.join('; ')}`);
    }
  } finally {
    await close();
  }
}

for (const name of process.argv.slice(3)) {
  try {
    await walk(name);
    console.log(`ok ${name}`);
  } catch (problem) {
    console.log(`failed ${name}: ${problem.stack ?? problem}`);
    process.exitCode = 1;
  }
}
await shared?.close();
