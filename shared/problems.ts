/** What is wrong with a value, as a person reads it: problems with paths and our words, out of the schema library's issues. */
import { z } from 'zod';
import { cutInMiddle, faultLength } from './bounded.ts';
import type { Problem } from './errors.ts';

/** A problem as it crosses the border. */
export const problemSchema = z.strictObject({ path: z.string(), message: z.string() });

/**
 * Turns zod's issues into problems with dotted paths; unknown keys are named one by one. Each is of a length that a person reads, and so
 * is their number; keys and values of elsewhere may be megabytes long.
 * @param unknown says what is wrong with the path of such a key
 */
export function problemsOf(
  error: z.ZodError,
  unknown: (path: readonly string[]) => string = () => 'is not a setting; check its spelling',
): Problem[] {
  const found: (() => Problem)[] = [];
  const add = (issues: readonly z.core.$ZodIssue[], above: readonly string[]): void => {
    for (const issue of issues) {
      const path = [...above, ...issue.path.map(String)];
      const named = (key: string): string => [...path, key].map((part) => cutInMiddle(part, 100)).join('.');
      if (issue.code === 'unrecognized_keys')
        for (const key of issue.keys)
          found.push(() => ({ path: named(key), message: unknown([...path, cutInMiddle(key, 100)]) }));
      // of a choice without words of its own: what is wrong with the case that comes nearest
      else if (issue.code === 'invalid_union' && issue.message === 'Invalid input' && issue.errors.length > 0)
        add(
          issue.errors.reduce((best, other) => (other.length < best.length ? other : best)),
          path,
        );
      else
        found.push(() => ({
          path: path.map((part) => cutInMiddle(part, 100)).join('.'),
          message: cutInMiddle(inWords(issue.message), faultLength),
        }));
    }
  };
  add(error.issues, []);
  const reported = found.slice(0, mostProblems).map((problem) => problem());
  const more = found.length - reported.length;
  return more > 0 ? [...reported, { path: '', message: `and ${more.toLocaleString('en')} more faults` }] : reported;
}

/** Faults of one value that are told apart; the rest is counted. */
const mostProblems = 200;

const kinds: Readonly<Record<string, string>> = {
  ...{ array: 'a list', object: 'an object', record: 'an object', string: 'text', boolean: 'true or false' },
  ...{ number: 'a number', int: 'a whole number', NaN: 'not a number' },
};

/** The schema library's own words for a value of another kind, as ours. */
function inWords(message: string): string {
  const [, expected, received] = /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? [];
  if (expected === undefined || received === undefined) return message;
  return received === 'undefined'
    ? 'is missing'
    : `must be ${kinds[expected] ?? expected}, not ${kinds[received] ?? received}`;
}
