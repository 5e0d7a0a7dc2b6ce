import { expect, test } from 'vitest';
import { createSessions, sessionLife, tokenLife } from './sessions.ts';

test('a token is good once, its session while it is used', () => {
  let now = 0;
  const sessions = createSessions('valleywalk-1', () => now);
  const token = sessions.token();
  const session = sessions.redeem(token);
  expect(session).not.toBeNull();
  expect(sessions.redeem(token)).toBeNull();
  expect(sessions.admits(`other=1; valleywalk-1=${session}; more=2`)).toBe(true);
  expect(sessions.admits(`valleywalk-2=${session}`)).toBe(false);
  expect(sessions.admits(`valleywalk-1=${session}x`)).toBe(false);
  expect(sessions.admits(undefined)).toBe(false);
  expect(sessions.cookie(session!)).toContain('HttpOnly');
  for (let times = 0; times < 5; times++) {
    now += sessionLife - 1;
    expect(sessions.admits(`valleywalk-1=${session}`)).toBe(true);
  }
  now += sessionLife;
  expect(sessions.admits(`valleywalk-1=${session}`)).toBe(false);
});

test('a token that nobody uses expires, and a new one makes the one before it void', () => {
  let now = 0;
  const sessions = createSessions('v', () => now);
  const late = sessions.token();
  now += tokenLife;
  expect(sessions.redeem(late)).toBeNull();
  const first = sessions.token();
  const second = sessions.token();
  expect(sessions.redeem(first)).toBeNull();
  now += tokenLife - 1;
  expect(sessions.redeem(second)).not.toBeNull();
});

test('tokens before a new one may be kept, each until it expires', () => {
  let now = 0;
  const sessions = createSessions('v', () => now);
  const first = sessions.token();
  now += tokenLife / 2;
  const second = sessions.token('kept');
  now += tokenLife / 2;
  const third = sessions.token('kept');
  expect(sessions.redeem(first)).toBeNull();
  expect(sessions.redeem(second)).not.toBeNull();
  expect(sessions.redeem(third)).not.toBeNull();
});

test('tokens differ and guesses fail', () => {
  const sessions = createSessions('v');
  expect(sessions.token()).not.toBe(sessions.token());
  for (const guess of ['', 'x', 'é'.repeat(32)]) expect(sessions.redeem(guess)).toBeNull();
});
