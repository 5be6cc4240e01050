import { defineConfig } from '@playwright/test';
import checks from './playwright.config';

/** Takes pictures of the pages. */
export default defineConfig({ ...checks, testDir: 'e2e/gallery', testMatch: '**/gallery/*.ts', workers: 1, reporter: 'list' });
