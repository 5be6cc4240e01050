import { expect, test } from './fixtures';
import { admin } from './program';

test('the page is sent with a strict policy, and the cookie is out of reach', async ({ page, program }) => {
  const answer = await page.goto('/login');
  const headers = answer?.headers() ?? {};
  const policy = headers['content-security-policy'] ?? '';
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  expect(headers['x-content-type-options']).toBe('nosniff');

  const login = await page.context().request.post(`${program.url}/api/v1/login`, { data: admin });
  expect(login.headers()['set-cookie']).toMatch(/HttpOnly/);
  expect(login.headers()['set-cookie']).toMatch(/SameSite=Lax/);
});
