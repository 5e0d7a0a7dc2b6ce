/** How an experiment asks for sequential slices. */
import { z } from 'zod';
import { evaluateOnWords, integer, range } from '../fields.ts';
import type { WordOrCount } from '../fields.ts';

const confidenceRange = range('above 0.5', 'at most 0.999999');
const toleranceRange = range('at least 0.001', 'at most 0.5');
const number = z.number({ error: 'must be a number' });

/** What a sequential slice is asked for; `{}` is 99 % and 2 % of the range. */
const sequential = z.strictObject({
  confidence: number.gt(0.5, confidenceRange).max(0.999_999, confidenceRange).default(0.99),
  tolerance: number.min(0.001, toleranceRange).max(0.5, toleranceRange).default(0.02),
});

/** Settings of sequential slices. */
export type SequentialSettings = z.output<typeof sequential>;

/** What slices are evaluated on: the whole training set, a fixed seeded subset of it, or as many examples as their answers need. */
export const slicesOn = z.union(
  [z.literal('train'), z.strictObject({ subset: integer(1, 10_000_000) }), z.strictObject({ sequential })],
  {
    error:
      'must be "train" (the whole training set), { "subset": n } with a whole number from 1, or { "sequential": { "confidence": 0.99, "tolerance": 0.02 } }',
  },
);

/** What slices are evaluated on. */
export type SlicesOn = z.output<typeof slicesOn>;

/** What `{}` is. */
const usual = sequential.parse({});

/** How the form says {@link slicesOn}. */
export const slicesOnWords: WordOrCount = {
  ...evaluateOnWords,
  more: {
    key: 'sequential',
    label: 'sequential sample',
    said: 'sequentially',
    numbers: [
      { key: 'confidence', title: 'Confidence of a slice’s answers', label: 'confidence', initial: usual.confidence },
      {
        key: 'tolerance',
        title: 'Tolerance, as a share of a slice’s range',
        label: 'tolerance',
        initial: usual.tolerance,
      },
    ],
  },
};

/** The settings of sequential slices; null where slices are evaluated otherwise. */
export function sequentialOf(evaluateOn: SlicesOn): SequentialSettings | null {
  return typeof evaluateOn === 'object' && 'sequential' in evaluateOn ? evaluateOn.sequential : null;
}

/** Size of the fixed subset that slices are evaluated on; null where they are evaluated otherwise. */
export function subsetOf(evaluateOn: SlicesOn): number | null {
  return typeof evaluateOn === 'object' && 'subset' in evaluateOn ? evaluateOn.subset : null;
}

/** The examples that the ends of slices are evaluated on, of so many training examples: the size of the subset, else all of them. */
export function slicesCount(evaluateOn: SlicesOn, train: number): number {
  return Math.min(subsetOf(evaluateOn) ?? train, train);
}
