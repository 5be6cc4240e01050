import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';
import { readdirSync } from 'node:fs';
import { checks, leftOut } from './checks';

/** Ends the output with the number of passed and failed tests and with what is left out, and misses checks without a file. */
export default class Report implements Reporter {
  #outcomes = new Map<TestCase, boolean>();

  onTestEnd(test: TestCase, _result: TestResult) {
    this.#outcomes.set(test, test.ok());
  }

  async onEnd(): Promise<{ status: 'failed' } | undefined> {
    const files = readdirSync(import.meta.dirname);
    const missing = checks.filter((check) => !files.some((file) => file.startsWith(`bar-${String(check).padStart(2, '0')}-`)));
    for (const check of missing) console.log(`check ${check} has no file`);
    console.log('\nLeft out:');
    for (const { check, part, reason } of leftOut) console.log(`  ${check}: ${part} (${reason})`);
    for (const test of this.#outcomes.keys()) if (test.outcome() === 'flaky') console.log(`\nunsure, passed at the second try: ${test.title}`);
    const outcomes = [...this.#outcomes.values()];
    console.log(`\n${outcomes.filter(Boolean).length} passed, ${outcomes.filter((ok) => !ok).length + missing.length} failed`);
    return missing.length > 0 ? { status: 'failed' } : undefined;
  }
}
