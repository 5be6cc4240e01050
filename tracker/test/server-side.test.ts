// @vitest-environment node
import { expect, it } from 'vitest';
import { createTracker } from '../src/index.js';

it('pages rendered on a server may create a tracker, which does nothing there', async () => {
  const tracker = createTracker({ tracker: { source: { id: 'src-1' } } });
  expect(tracker.track('a').flush().consent(true)).toBe(tracker);
  expect(await tracker.plugins.tracardi.track('a')).toEqual({ ok: false, status: 0, data: null });
});
