import { expect, test } from 'vitest';
import { createSessions } from './sessions.ts';

test('a token is good once, its session as long as the server', () => {
  const sessions = createSessions('valleywalk-1');
  const token = sessions.token();
  const session = sessions.redeem(token);
  expect(session).not.toBeNull();
  expect(sessions.redeem(token)).toBeNull();
  expect(sessions.admits(`other=1; valleywalk-1=${session}; more=2`)).toBe(true);
  expect(sessions.admits(`valleywalk-2=${session}`)).toBe(false);
  expect(sessions.admits(`valleywalk-1=${session}x`)).toBe(false);
  expect(sessions.admits(undefined)).toBe(false);
  expect(sessions.cookie(session!)).toContain('HttpOnly');
});

test('tokens differ and guesses fail', () => {
  const sessions = createSessions('v');
  expect(sessions.token()).not.toBe(sessions.token());
  for (const guess of ['', 'x', 'é'.repeat(32)]) expect(sessions.redeem(guess)).toBeNull();
});
