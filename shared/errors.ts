/** The error that means something to the person at the other end. A file of its own, so that nothing else comes with it. */

/**
 * Where an error lies: `input` is the user's to mend (exit 2), `missing` names something gone, `store` and `internal` are ours (exit 1).
 * `cancelled` is none: what was asked for was ended on purpose (exit 130).
 */
export const errorKinds = ['input', 'missing', 'store', 'internal', 'cancelled'] as const;
/** One of them. */
export type ErrorKind = (typeof errorKinds)[number];

/** One thing that is wrong with an input: where (a dotted path, empty for the whole) and what. */
export interface Problem {
  path: string;
  message: string;
}

/**
 * An error that means something to the person at the other end: it crosses the border whole.
 * Anything else thrown by a handler arrives as kind `internal`.
 */
export class ValleywalkError extends Error {
  override readonly name = 'ValleywalkError';
  readonly kind: ErrorKind;
  readonly problems: Problem[];
  /** @param message what happened, where, what to do; one sentence or two. */
  constructor(kind: ErrorKind, message: string, problems: Problem[] = []) {
    super(message);
    this.kind = kind;
    this.problems = problems;
  }
}
