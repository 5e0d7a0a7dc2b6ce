/**
 * What an evaluation resolves. Every loss is computed in float32 and has a noise of its own: a difference within a slice that does not
 * exceed it says nothing. So every question about a slice has three answers: yes, no, and {@link belowResolution}. In records they
 * are flags: null beside a `loss_resolution` is the third answer, null without one is "not probed".
 */
import { roundingShare } from './noise.ts';
import { sliceFlags } from './quantities/index.ts';
import type { SliceFlag } from './quantities/index.ts';

/** Yes, no, or null: below what the evaluation resolves. */
export type Answer = boolean | null;

/** The third answer in words, as it stands everywhere. */
export const belowResolution = 'below what this evaluation resolves';

export type { SliceFlag } from './quantities/index.ts';

/** The questions whose third answer makes a slice an unresolved one; a bounce follows from the interior floor. */
export const resolvedFlags = ['interior_floor', 'barrier', 'convex'] as const satisfies readonly SliceFlag[];

/** What the answers to the questions about a slice have to exceed, in nats; NaN where nothing can be told. */
export interface SliceTolerances {
  /** For the lowest interior loss against the lower end. */
  floor: number;
  /** For the highest interior loss against the higher end. */
  barrier: number;
  /** ε_k for the second difference at every interior k = 1…K−1, in order. */
  bends: readonly number[];
}

/** Yes where a margin exceeds a tolerance, no where its opposite does. @param tolerance ≥ 0; NaN answers nothing */
export function judge(margin: number, tolerance: number): Answer {
  return margin > tolerance ? true : -margin > tolerance ? false : null;
}

/** Whether the losses of a slice rise above the higher of its ends. @param losses K + 1 finite ones, K ≥ 2 */
export function judgeBarrier(losses: readonly number[], tolerance: number): Answer {
  return judge(Math.max(...losses.slice(1, -1)) - Math.max(losses[0]!, losses.at(-1)!), tolerance);
}

/**
 * Answers the questions about a slice.
 *
 * - interior floor: min of the ends − min of the interior > ν is yes, < −ν is no
 * - barrier: max of the interior − max of the ends > ν is yes, < −ν is no
 * - convex: no where some second difference lies below −ε_k; yes where none does and some lies above ε_k; a slice that is
 *   straight as far as can be told is neither
 * - bounce: yes with an interior floor and a cosine below 0; no without an interior floor, or with another cosine
 * @param losses ℓ(α_k) at α_k = k/K, k = 0…K, K ≥ 2, all of them finite
 * @param cosine cos(g_{t−1}, g_t); without one there is no telling a bounce
 */
export function judgeSlice(
  losses: readonly number[],
  { floor, barrier, bends }: SliceTolerances,
  cosine: number | null,
): Record<SliceFlag, Answer> {
  const interior = losses.slice(1, -1);
  const interiorFloor = judge(Math.min(losses[0]!, losses.at(-1)!) - Math.min(...interior), floor);
  const bent = interior.map((loss, index) => judge(losses[index]! - 2 * loss + losses[index + 2]!, bends[index]!));
  return {
    interior_floor: interiorFloor,
    barrier: judgeBarrier(losses, barrier),
    convex: bent.includes(false) ? false : bent.includes(true) ? true : null,
    bounce: bounceOf(interiorFloor, cosine),
  };
}

/** Whether a step bounces, by its interior floor and the cosine of gradients; see {@link judgeSlice}. */
export function bounceOf(interiorFloor: Answer, cosine: number | null): Answer {
  return cosine === null ? null : interiorFloor === false || cosine >= 0 ? false : interiorFloor;
}

/**
 * The resolution of losses whose noise was not measured: ν = 2⁻²² · (1 + max |ℓ|). A loss rounded to float32 once is at most
 * 2⁻²⁴ · (1 + |ℓ|) away from itself, a second difference of such losses four times as far. What results from before a
 * resolution was recorded are read with.
 * @param losses in nats; those that are not finite do not count
 */
export function unmeasuredResolution(losses: readonly (number | null)[]): number {
  const most = losses.reduce<number>(
    (top, loss) => (loss !== null && Number.isFinite(loss) ? Math.max(top, Math.abs(loss)) : top),
    0,
  );
  return roundingShare * (1 + most);
}

/** A record's flags, as booleans or as columns have them: 1, 0 and NaN. */
type Flagged = Readonly<Record<SliceFlag | 'loss_resolution' | 'gradient_cosine', number | boolean | null>>;

/** What a record says to a question: `below` what the evaluation resolves, or null where it was not asked. */
export type AnswerInWords = 'yes' | 'no' | 'below' | null;

/** Reads an answer from an iteration's record. */
export function answerTo(record: Flagged, flag: SliceFlag): AnswerInWords {
  const value = record[flag];
  if (isThere(value)) return Number(value) === 1 ? 'yes' : 'no';
  if (!isThere(record.loss_resolution)) return null;
  return flag === 'bounce' && !isThere(record.gradient_cosine) ? null : 'below';
}

/** The columns that answers are read from. */
type FlagColumns = Readonly<Record<SliceFlag | 'loss_resolution' | 'gradient_cosine', Float64Array>>;

/** {@link answerTo} of one row of columns, read where it stands: for going through a hundred thousand; null where there is no such row. */
export function answerAt(columns: FlagColumns, row: number, flag: SliceFlag): AnswerInWords {
  const at = (key: keyof FlagColumns): number => columns[key][row] ?? NaN;
  const value = at(flag);
  if (!Number.isNaN(value)) return value === 1 ? 'yes' : 'no';
  if (Number.isNaN(at('loss_resolution'))) return null;
  return flag === 'bounce' && Number.isNaN(at('gradient_cosine')) ? null : 'below';
}

/** The answers of one row of columns, for {@link isUnresolved}. */
export function flagsAt(columns: FlagColumns, row: number): Flagged {
  const keys = [...sliceFlags, 'loss_resolution', 'gradient_cosine'] as const;
  return Object.fromEntries(keys.map((key) => [key, columns[key][row]!])) as unknown as Flagged;
}

/** Whether some question about a slice (barrier, interior floor, convexity) is {@link belowResolution}. */
export function isUnresolved(record: Flagged): boolean {
  return resolvedFlags.some((flag) => answerTo(record, flag) === 'below');
}

function isThere(value: number | boolean | null): boolean {
  return value !== null && !Number.isNaN(Number(value));
}
