import { expect, it } from 'vitest';
import { within } from './routes';

it.each([
  ['/events?q=type:purchase', '/events?q=type:purchase'],
  [undefined, '/'],
  ['', '/'],
  ['https://evil.example/', '/'],
  ['//evil.example/', '/'],
  ['/\\evil.example/', '/'],
  ['javascript:alert(1)', '/'],
])('%s leads to %s', (address, want) => expect(within(address)).toBe(want));
