/** Says in the console what went wrong; the page itself never notices. */
export function report(problem: unknown): void {
  try {
    console.error('[tracardi]', problem);
  } catch {
    // A page may have replaced the console; there is nobody left to tell.
  }
}

/** Runs fn and gives its result, or `otherwise` when it throws. */
export function attempt<T>(fn: () => T, otherwise: T): T {
  try {
    return fn();
  } catch (problem) {
    report(problem);
    return otherwise;
  }
}

/** Makes an event listener that cannot throw into the page. */
export function guarded<E>(fn: (event: E) => void): (event: E) => void {
  return (event) => attempt(() => fn(event), undefined);
}

/** Runs fn when the browser has time for it, at the latest after `wait` milliseconds. */
export function whenIdle(fn: () => void, wait: number): void {
  const run = () => attempt(fn, undefined);
  if (typeof requestIdleCallback === 'function') {
    requestIdleCallback(run, { timeout: wait });
  } else {
    setTimeout(run, Math.min(wait, 50));
  }
}
