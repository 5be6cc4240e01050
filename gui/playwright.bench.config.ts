import { defineConfig } from '@playwright/test';
import checks from './playwright.config';

process.env.PROFILES ??= '190000';
process.env.EVENTS ??= '400000'; // a million with those that the platform adds

/** Measures the pages with a million events in the store. */
export default defineConfig({ ...checks, testDir: 'e2e/bench', testMatch: '**/bench/*.ts', workers: 1, reporter: 'list' });
