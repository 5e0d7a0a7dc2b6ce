import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ValleywalkError } from '../../shared/errors.ts';
import { temporaryFolder } from '../datasets/testing.ts';
import type { TemporaryFolder } from '../datasets/testing.ts';
import { createSessions, tokenLife } from './sessions.ts';
import type { Before } from './sessions.ts';
import { offerSignIn } from './sign-in.ts';

let folder: TemporaryFolder;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
  folder.remove();
});

const unexpected = (line: string): void => expect.fail(line);

/** A server's gate whose sign-ins the test makes. */
function gate() {
  const sessions = createSessions('v');
  let used = (): void => undefined;
  return {
    origin: 'http://127.0.0.1:8080/',
    address: (before?: Before) => `http://127.0.0.1:8080/?token=${sessions.token(before)}`,
    onSignIn: (listener: () => void) => void (used = listener),
    signIn(address: string) {
      const session = sessions.redeem(new URL(address).searchParams.get('token')!);
      if (session) used();
      return session;
    },
  };
}

test('a log gets no token; a file that only its owner can read has the next one, always a fresh one', () => {
  const lines: string[] = [];
  const door = gate();
  const end = offerSignIn(door, {
    folder: folder.path,
    terminal: false,
    print: (line) => lines.push(line),
    tell: unexpected,
  });
  const file = /is in (\S+),/.exec(lines.join(' '))![1]!;
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  const first = readFileSync(file, 'utf8').trim();
  expect(door.signIn(first)).not.toBeNull();
  const second = readFileSync(file, 'utf8').trim();
  expect(second).not.toBe(first);
  expect(door.signIn(first)).toBeNull();
  expect(door.signIn(second)).not.toBeNull();
  expect(lines.join('\n')).not.toContain('token=');
  end();
  expect(() => readFileSync(file)).toThrow(/ENOENT/);
});

test('a terminal says how long the address is good and how to get another one', () => {
  const lines: string[] = [];
  const door = gate();
  const end = offerSignIn(door, {
    folder: folder.path,
    terminal: true,
    print: (line) => lines.push(line),
    tell: unexpected,
  });
  const [address] = /http:\S+/.exec(lines[0]!)!;
  expect(lines[1]).toMatch(/once, within 10 minutes.*Enter makes a new one/);
  expect(door.signIn(address)).not.toBeNull();
  expect(lines.at(-1)).toMatch(/signed in/);
  expect(lines.slice(1).join('\n')).not.toContain('token=');
  end();
});

test('a disk that is full for a while is told once, and ends nothing', () => {
  vi.useFakeTimers();
  const place = join(folder.path, 'server');
  const reported: string[] = [];
  const lines: string[] = [];
  const door = gate();
  const end = offerSignIn(door, {
    folder: place,
    terminal: false,
    print: (line) => lines.push(line),
    tell: (line) => reported.push(line),
  });
  const file = /is in (\S+),/.exec(lines.join(' '))![1]!;
  const first = readFileSync(file, 'utf8').trim();
  // no file can be made there any more
  rmSync(place, { recursive: true });
  writeFileSync(place, '');
  expect(door.signIn(first)).not.toBeNull();
  vi.advanceTimersByTime(tokenLife);
  expect(reported).toHaveLength(1);
  expect(reported[0]).toContain(file);
  rmSync(place);
  mkdirSync(place);
  vi.advanceTimersByTime(tokenLife / 2);
  expect(door.signIn(readFileSync(file, 'utf8').trim())).not.toBeNull();
  end();
});

test('where the store cannot be written, the address stands in a private folder of the system', () => {
  const place = join(folder.path, 'server');
  writeFileSync(place, '');
  const lines: string[] = [];
  const door = gate();
  const end = offerSignIn(door, {
    folder: place,
    terminal: false,
    print: (line) => lines.push(line),
    tell: unexpected,
  });
  const file = /is in (\S+),/.exec(lines.join(' '))![1]!;
  expect(file.startsWith(tmpdir())).toBe(true);
  expect(file.startsWith(folder.path)).toBe(false);
  if (process.platform !== 'win32') expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
  expect(door.signIn(readFileSync(file, 'utf8').trim())).not.toBeNull();
  expect(door.signIn(readFileSync(file, 'utf8').trim())).not.toBeNull();
  end();
  expect(() => statSync(dirname(file))).toThrow(/ENOENT/);
});

test.skipIf(process.platform === 'win32')('where no file can be made at all, a sentence says so', () => {
  const place = join(folder.path, 'server');
  writeFileSync(place, '');
  vi.stubEnv('TMPDIR', place);
  const offer = (): unknown =>
    offerSignIn(gate(), { folder: place, terminal: false, print: unexpected, tell: unexpected });
  expect(offer).toThrow(ValleywalkError);
  expect(offer).toThrow(/neither below .*server .* nor in .*TMPDIR/s);
});

test('an address is good for its ten minutes, though a newer one takes its place in the file by and by', () => {
  vi.useFakeTimers();
  const lines: string[] = [];
  const door = gate();
  const end = offerSignIn(door, {
    folder: folder.path,
    terminal: false,
    print: (line) => lines.push(line),
    tell: unexpected,
  });
  const file = /is in (\S+),/.exec(lines.join(' '))![1]!;
  const inFile = (): string => readFileSync(file, 'utf8').trim();
  const first = inFile();
  vi.advanceTimersByTime(tokenLife / 2);
  const second = inFile();
  expect(second).not.toBe(first);
  vi.advanceTimersByTime(tokenLife / 2 - 1);
  expect(door.signIn(first)).not.toBeNull();
  expect(door.signIn(first)).toBeNull();
  // who read the file before the other browser signed in
  expect(door.signIn(second)).not.toBeNull();
  const read = inFile();
  vi.advanceTimersByTime(tokenLife);
  expect(inFile()).not.toBe(read);
  expect(door.signIn(read)).toBeNull();
  expect(door.signIn(inFile())).not.toBeNull();
  end();
});
