import { expect, it } from 'vitest';
import { samplesFor } from './kinds';

it('names this server and this source in every sample', () => {
  const samples = samplesFor({ id: 'my-shop', types: ['rest', 'webhook'] }, 'https://cdp.example.com');
  expect(samples.map(({ id }) => id)).toEqual(['tag', 'curl', 'npm', 'webhook']);
  for (const { text } of samples) {
    expect(text).toContain('https://cdp.example.com');
    expect(text).toContain('my-shop');
  }
});

it('shows only the ways in that the source has', () => {
  expect(samplesFor({ id: 'x', types: ['webhook'] }, '').map(({ id }) => id)).toEqual(['webhook']);
  expect(samplesFor({ id: 'x', types: ['redirect'] }, '')).toEqual([]);
});
