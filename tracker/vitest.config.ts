import { defineConfig } from 'vitest/config';
import type { Reporter } from 'vitest/reporters';

/** Closes the output with one line that scripts can read. */
const totals: Reporter = {
  onTestRunEnd(modules, errors) {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const broken = modules.filter((module) => module.state() === 'failed' && !module.children.size).length;
    const count = (state: string) => states.filter((found) => found === state).length;
    console.log(`\n${count('passed')} passed, ${count('failed') + broken + errors.length} failed`);
  },
};

export default defineConfig({
  test: {
    environment: 'happy-dom',
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000, // a busy machine takes its time
    reporters: ['default', totals],
    restoreMocks: true,
    unstubGlobals: true,
    environmentOptions: {
      happyDOM: { url: 'https://shop.example/', settings: { handleDisabledFileLoadingAsSuccess: true } },
    },
  },
});
