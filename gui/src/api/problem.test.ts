import { describe, expect, it } from 'vitest';
import { asProblem, Problem, problemOf } from './problem';

describe('problemOf', () => {
  it('reads a problem of the server', async () => {
    const body = { title: 'Unprocessable', status: 422, detail: 'name: is empty', request_id: 'r1', errors: [{ location: 'body.name', message: 'is empty' }] };
    const problem = await problemOf(new Response(JSON.stringify(body), { status: 422, headers: { 'Retry-After': '7' } }));
    expect(problem).toMatchObject({ status: 422, message: 'name: is empty', requestId: 'r1', retryAfter: 7 });
    expect(problem.fault('name')).toBe('is empty');
    expect(problem.fault('id')).toBeUndefined();
  });

  it.each(['<html>bad gateway</html>', '', '[]', '"x"', '{"detail": 5}'])('makes do with %j of somebody else', async (text) => {
    expect(await problemOf(new Response(text, { status: 502, statusText: 'Bad Gateway' }))).toMatchObject({ status: 502, message: '502 Bad Gateway', requestId: '' });
  });
});

it('fault finds members of lists', () => {
  expect(new Problem(422, '', '', [{ location: 'body.origins[1]', message: 'no' }]).fault('origins')).toBe('no');
});

it('asProblem keeps problems and wraps the rest', () => {
  const problem = new Problem(404, 'gone');
  expect(asProblem(problem)).toBe(problem);
  expect(asProblem(new Error('broke')).message).toBe('broke');
  expect(asProblem('text').message).toBe('text');
});
