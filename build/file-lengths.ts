/**
 * How long a file may be, in lines; the linter holds it (build/eslint.config.ts). A file with one job seldom comes near; one that must be
 * longer stands here with the reason and with a limit of its own, and leaves the list when it is short again (file-lengths.test.ts).
 */

/** Lines that a file of a kind may have. */
export const mostLines = { component: 300, source: 400, test: 500 } as const;

/** A file that may be longer. */
interface LongFile {
  /** Its path from the root. */
  file: string;
  /** Lines that it may have. */
  lines: number;
  /** Why it is not two files. */
  reason: string;
}

/** Files that may be longer. */
export const longFiles: readonly LongFile[] = [];
