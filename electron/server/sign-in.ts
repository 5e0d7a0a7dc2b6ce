/**
 * Tells how to sign in at the server. A terminal shows the address with its token, and a fresh one on Enter; anything else that
 * standard output may be (a log, a pipe) never sees one: the address then stands in a file that only its owner can read.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { ValleywalkError } from '../../shared/errors.ts';
import { tokenLife } from './sessions.ts';
import type { Before } from './sessions.ts';

/** What signs in. */
interface Gate {
  /** The address without a token. */
  readonly origin: string;
  /** An address with a fresh token; those before it are void, unless they are kept until they expire. */
  address(before?: Before): string;
  /** Calls back when a token was used. */
  onSignIn(listener: () => void): void;
}

/** Where it is told. */
interface Places {
  /** Folder for the file, the user's own; where it cannot be written, one in the system's temporary folder takes its place. */
  folder: string;
  /** Whether standard output is a terminal, which keeps nothing. */
  terminal: boolean;
  print: (line: string) => void;
  /** Tells what goes wrong meanwhile, on standard error. */
  tell: (line: string) => void;
}

const minutes = tokenLife / 60_000;

/**
 * Offers to sign in until it is ended.
 * @returns ends it
 * @throws ValleywalkError kind `store` when the address can be told nowhere
 */
export function offerSignIn(gate: Gate, places: Places): () => void {
  return places.terminal ? inTerminal(gate, places) : inFile(gate, places);
}

function inTerminal(gate: Gate, { print }: Places): () => void {
  print(`Valleywalk is at ${gate.address()}`);
  print(`The address signs in one browser, once, within ${minutes} minutes. Enter makes a new one; Ctrl C ends.`);
  gate.onSignIn(() => print('A browser signed in. Enter makes an address for another one.'));
  const keys = createInterface({ input: process.stdin });
  keys.on('line', () => print(`Within ${minutes} minutes: ${gate.address()}`));
  return () => keys.close();
}

function inFile(gate: Gate, { folder, print, tell }: Places): () => void {
  const name = `sign-in-${new URL(gate.origin).port || '80'}`;
  const { file, remove } = firstFile(folder, name, gate.address());
  let reported = false;
  /** Runs between other work, which must not end for a full disk; the next time tries again. */
  const renew = (): void => {
    try {
      // whoever read the file just now may still use what was in it
      writeAddress(file, gate.address('kept'));
      reported = false;
    } catch (error) {
      if (!reported) tell(`no new address to sign in could be written to ${file}, tried again: ${reason(error)}`);
      reported = true;
    }
  };
  print(`Valleywalk is at ${gate.origin}`);
  print(
    `The address that signs in a browser, once, within ${minutes} minutes, is in ${file}, which only you can read;`,
  );
  print(`a new one comes when it was used, and every ${minutes / 2} minutes. Ctrl C ends.`);
  gate.onSignIn(renew);
  const timer = setInterval(renew, tokenLife / 2);
  timer.unref();
  return () => {
    clearInterval(timer);
    try {
      remove();
    } catch {
      // what stands in it ends with the server
    }
  };
}

/**
 * Makes the file: in the folder meant for it, or where that cannot be written (a read-only store) in a private one of the system's.
 * @throws ValleywalkError kind `store` when neither can be
 */
function firstFile(folder: string, name: string, address: string): { file: string; remove: () => void } {
  const file = join(folder, name);
  let refused: unknown;
  try {
    writeAddress(file, address);
    return { file, remove: () => rmSync(file, { force: true }) };
  } catch (error) {
    refused = error;
  }
  try {
    // for its owner alone (0700), under a name that nobody can know before
    const spare = mkdtempSync(join(tmpdir(), 'valleywalk-'));
    const remove = (): void => rmSync(spare, { recursive: true, force: true });
    try {
      writeAddress(join(spare, name), address);
    } catch (error) {
      remove();
      throw error;
    }
    return { file: join(spare, name), remove };
  } catch (error) {
    throw new ValleywalkError(
      'store',
      `the address to sign in can be written neither below ${folder} (${reason(refused)}) nor in ${tmpdir()} (${reason(error)}); ` +
        'start valleywalk serve in a terminal, which shows it, or set TMPDIR to a folder that you can write',
    );
  }
}

/** Writes an address where only its owner can read it, whole or not at all. @throws Error of the file system */
function writeAddress(file: string, address: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const part = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    // made anew, so that nobody else had it open before
    writeFileSync(part, `${address}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
