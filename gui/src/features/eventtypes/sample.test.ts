import { expect, it } from 'vitest';
import type { Document } from '../../api/documents';
import { propertiesOf } from './sample';

it('tells kinds, shares and the newest value, the most frequent first', () => {
  const events: Document[] = [
    { id: '3', properties: { amount: 9.5, tags: ['a'], product: { id: 'A' } } },
    { id: '2', properties: { amount: '9' } },
    { id: '1', properties: { amount: null, product: { id: 'B' } } },
    { id: '0' },
  ];
  expect(propertiesOf(events)).toEqual([
    { path: 'amount', kinds: ['null', 'number', 'string'], share: 0.75, example: 9.5 },
    { path: 'product.id', kinds: ['string'], share: 0.5, example: 'A' },
    { path: 'tags', kinds: ['list'], share: 0.25, example: ['a'] },
  ]);
});

it('has nothing to tell of events without properties', () => expect(propertiesOf([{ id: '1', properties: {} }])).toEqual([]));
