/** A private copy of a database that others may be writing. */
import { chmodSync, constants, copyFileSync, existsSync, rmSync, statSync } from 'node:fs';
import { fileMode } from './private.ts';

/** The files of a database: itself, its log, and the journal of a database without one. */
const suffixes = ['', '-wal', '-journal'];

/** How often a copy is tried while somebody writes. */
const tries = 5;

/**
 * Copies a database with what stands beside it, again while somebody writes to it.
 * @returns false where it changed during every copy
 * @throws an error of the file system
 */
export function copyDatabase(file: string, copy: string): boolean {
  for (let attempt = 0; attempt < tries; attempt++) {
    const before = stateOf(file);
    for (const suffix of suffixes) {
      rmSync(copy + suffix, { force: true });
      if (!existsSync(file + suffix)) continue;
      copyFileSync(file + suffix, copy + suffix, constants.COPYFILE_FICLONE);
      chmodSync(copy + suffix, fileMode);
    }
    if (stateOf(file) === before) return true;
  }
  return false;
}

/** What changes when a file of a database is written. */
function stateOf(file: string): string {
  return suffixes
    .map((suffix) => statSync(file + suffix, { throwIfNoEntry: false, bigint: true }))
    .map((stat) => `${stat?.size} ${stat?.mtimeNs}`)
    .join(' ');
}
