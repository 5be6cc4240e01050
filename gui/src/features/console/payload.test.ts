import { expect, it } from 'vitest';
import { exampleFor, faultOfProperties, payloadOf } from './payload';

const draft = { source: 'shop', type: ' purchase ', properties: '{"price": 9.5}', session: 's', profile: '' };

it('payloadOf leaves out what is empty', () => {
  expect(payloadOf(draft)).toEqual({
    source: { id: 'shop' },
    session: { id: 's' },
    events: [{ type: 'purchase', properties: { price: 9.5 } }],
    options: { debugger: true },
  });
  expect(payloadOf({ ...draft, profile: 'p', properties: '' })).toMatchObject({ profile: { id: 'p' }, events: [{ properties: {} }] });
});

it.each(['', '{}', ' {"a": [1]} '])('%j can be sent', (text) => expect(faultOfProperties(text)).toBeUndefined());
it.each(['[]', 'null', '5', '"x"'])('%j is no object', (text) => expect(faultOfProperties(text)).toEqual({}));
it('tells where JSON breaks', () => expect(faultOfProperties('{"a": }')?.reason).toContain('JSON'));

it('exampleFor nests paths, and takes values of the right kind', () => {
  const properties = [
    { path: 'payment.value', type: 'integer' },
    { path: 'payment.currency', type: 'string', example: 'EUR' },
    { path: 'tags', type: 'list', example: 'new' },
    { path: 'paid', type: 'boolean' },
    { path: 'note', type: 'string' },
  ];
  expect(exampleFor({ properties })).toEqual({ payment: { value: 1, currency: 'EUR' }, tags: ['new'], paid: true, note: '' });
});
