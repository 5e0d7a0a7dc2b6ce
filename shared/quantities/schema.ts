/** Schemas of records, from what their quantities are. */
import { z } from 'zod';
import { lineReach } from '../line-settings.ts';
import { indices, quantities } from './index.ts';
import type { IndexOf, Quantity, RecordKind, RecordOf } from './index.ts';

/** Rank of the algebraically smallest eigenvalue, counted from the other end. */
export const smallestRank = -1;

/** Values of the indices that mean the same in every record. */
const iteration = z.int().min(0);

const places: { [R in RecordKind]: Record<IndexOf<R>, z.ZodType<number>> } = {
  // t, counted from 0; epochs are counted from 1
  iteration: { iteration, epoch: z.int().min(1) },
  // k/K; of some runs before 0 and beyond 1 too
  slice: { iteration, alpha: z.number().min(lineReach.from).max(lineReach.to) },
  // 0 is the initialisation, before any update
  epoch: { epoch: z.int().min(0) },
  curvature: {
    // measured before update t; the number of all iterations at the end of a run
    iteration,
    // epochs passed at θ_t, with their fraction: t / iterations per epoch
    epoch: z.number().min(0),
    // 1 is the algebraically largest eigenvalue, 2 the next; the smallest is missing in runs from before it was measured
    rank: z
      .int()
      .refine(
        (rank) => rank === smallestRank || rank >= 1,
        'is 1, 2, … for the largest eigenvalues or −1 for the smallest',
      ),
  },
  time: { iteration },
};

function valueOf({ kind, nullable }: Quantity): z.ZodType {
  const value = kind === 'flag' ? z.boolean() : kind === 'count' ? z.int().min(0) : z.number();
  return nullable ? value.nullable() : value;
}

/** The schema of a kind of record: every column, and no other. */
type RecordSchema<R extends RecordKind> = z.ZodObject<
  { [K in keyof RecordOf<R>]: z.ZodType<RecordOf<R>[K]> },
  z.core.$strict
>;

/** Makes the schema of a kind of record. */
export function recordSchema<R extends RecordKind>(record: R): RecordSchema<R> {
  const own: Record<string, z.ZodType> = places[record];
  const stored = (quantities[record] as readonly Quantity[]).filter((one) => !('derived' in one));
  return z.strictObject({
    ...Object.fromEntries(indices[record].map((key) => [key, own[key]!])),
    ...Object.fromEntries(stored.map((one) => [one.key, valueOf(one)])),
  }) as unknown as RecordSchema<R>;
}
