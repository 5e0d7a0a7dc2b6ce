/**
 * What a setting of a study is varied by: a list of values, or a range of numbers, evenly spaced or drawn at random. A range stands
 * for the same values wherever it is read, to the last digit; docs/studies.md says how draws are numbered.
 */
import { z } from 'zod';
import { generatorFrom } from './random/generator.ts';
import type { Generator, GeneratorState } from './random/generator.ts';
import { valueWords } from './setting-words.ts';
import { isObject, settingFields } from './settings.ts';

/** How the values of a range lie. */
export const spacings = ['linear', 'logarithmic'] as const;
/** What values are drawn from. */
export const distributions = ['uniform', 'log-uniform'] as const;
/** No setting has more values than this, and no study more runs. */
export const mostRuns = 10_000;

/** A range of `count` values, both ends among them; their differences are equal, or with `logarithmic` their ratios. */
const spacedSchema = z.strictObject({
  from: z.number(),
  to: z.number(),
  spacing: z.enum(spacings),
  count: z.int().min(2).max(mostRuns),
});
/** A range that is drawn from: evenly, or with `log-uniform` so that the logarithm is even; the study says how often. */
const drawnSchema = z.strictObject({ from: z.number(), to: z.number(), distribution: z.enum(distributions) });

/** A range of numbers, see {@link spacedSchema} and {@link drawnSchema}. */
export const rangeSchema = z.union([spacedSchema, drawnSchema]);
/** Evenly spaced values. */
type Spaced = z.output<typeof spacedSchema>;
/** Random draws. */
type Drawn = z.output<typeof drawnSchema>;
/** A range of numbers. */
export type Range = Spaced | Drawn;

/** Values and ranges by the dotted path of their setting. */
type Sweep = Readonly<Record<string, readonly unknown[] | Range>>;

/** How many values are drawn of every range with a distribution, together, and the seed that they come from. */
export const drawsSchema = z.strictObject({
  count: z.int().min(1).max(mostRuns),
  seed: z.int().min(0).max(4_294_967_295),
});
/** Draws of a study. */
export type Draws = z.output<typeof drawsSchema>;

/** Whether what varies a setting is a range that is drawn from. */
export function isDrawn(values: unknown): values is Drawn {
  return isObject(values) && 'distribution' in values;
}

/** The paths whose settings are drawn, in the order of the sweep. */
export function drawnPaths(sweep: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(sweep).filter((path) => isDrawn(sweep[path]));
}

/** What numbers a setting takes, by its path; null for one that is no number, which takes lists only. */
function numbersOf(path: string): 'whole' | 'real' | null {
  const field = settingFields.find((each) => path === each.path || path.startsWith(`${each.path}.`));
  if (field?.path === path) return field.control === 'integer' ? 'whole' : field.control === 'number' ? 'real' : null;
  if (field?.control === 'word-or-count' && path.startsWith(`${field.path}.${field.words.more?.key}.`)) return 'real';
  // a part of a setting, such as length.epochs, is a count
  return field && ['length', 'word-or-count'].includes(field.control) ? 'whole' : null;
}

const form =
  '{ "from": 0.01, "to": 1, "spacing": "logarithmic", "count": 5 } or { "from": 0.01, "to": 1, "distribution": "log-uniform" }';

/** Why something is no range for a setting, in words that follow its path or title; null where it is one. */
export function rangeProblem(path: string, value: Readonly<Record<string, unknown>>): string | null {
  const numbers = numbersOf(path);
  if (numbers === null) return 'takes a list of values: a range is for settings that are numbers';
  const { from, to, spacing, count, distribution } = value;
  const strange = Object.keys(value).find((key) => !['from', 'to', 'spacing', 'count', 'distribution'].includes(key));
  if (strange !== undefined) return `has a range with "${strange}", which is nothing of a range; write ${form}`;
  if (typeof from !== 'number' || typeof to !== 'number' || !Number.isFinite(to - from))
    return 'needs numbers from which and to which its range goes ("from" and "to")';
  if (numbers === 'whole' && !(Number.isSafeInteger(from) && Number.isSafeInteger(to)))
    return `takes whole numbers, so its range must go from one to another; it goes from ${from} to ${to}`;
  if (from >= to) return `needs a range that goes up; it goes from ${from} to ${to}`;
  if ((spacing === undefined) === (distribution === undefined))
    return `needs either "spacing" with "count", or "distribution"; write ${form}`;
  if (spacing !== undefined && !spacings.some((each) => each === spacing))
    return 'has a range whose spacing must be "linear" or "logarithmic"';
  if (distribution !== undefined && !distributions.some((each) => each === distribution))
    return 'has a range whose distribution must be "uniform" or "log-uniform"';
  if ((spacing === 'logarithmic' || distribution === 'log-uniform') && from <= 0)
    return `needs a range that begins above 0 where it is spread by its logarithm; it begins at ${from}`;
  if (distribution !== undefined)
    return count === undefined
      ? null
      : 'is drawn, so its range has no "count"; "draws" beside "sweep" says how many draws there are';
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 2 || count > mostRuns)
    return `needs a whole number of values in its range ("count"), at least 2 and at most ${mostRuns.toLocaleString('en')}`;
  const different = new Set(spacedValues(value as Spaced, numbers)).size;
  return different === count
    ? null
    : `has only ${different} different ${numbers === 'whole' ? 'whole numbers' : 'values'} in a range of ${count} values; lower "count" or widen the range`;
}

/** Digits that tell values of a range apart, beside the first one: names say what runs, and no machine's last bit matters. */
const digits = 4;

/**
 * Rounds a value of a range and keeps it within: of an even one to the range's own fifth digit, of a logarithmic one to its own, finer where
 * the range is narrower than a factor of e.
 * @param more digits beyond those
 */
function rounded(value: number, { from, to }: Range, logarithmic: boolean, more = 0): number {
  const fine = digits + more;
  const near = logarithmic
    ? Number(value.toPrecision(Math.min(17, 1 + fine + Math.max(0, -magnitude(Math.log(to) - Math.log(from))))))
    : roundedTo(value, fine - magnitude(to - from));
  return Math.min(to, Math.max(from, near));
}

/** What lies at a share, 0 to 1, of the way between two numbers, or between their logarithms. */
function between(from: number, to: number, share: number, logarithmic: boolean): number {
  if (!logarithmic) return from + share * (to - from);
  return Math.exp(Math.log(from) + share * (Math.log(to) - Math.log(from)));
}

/** The power of ten at or below a number above 0. */
function magnitude(value: number): number {
  return Number(value.toExponential().split('e')[1]);
}

/** A number with so many decimals; those of a negative number of decimals are zeros before the point. */
function roundedTo(value: number, decimals: number): number {
  if (decimals > 100) return value;
  if (decimals >= 0) return Number(value.toFixed(decimals));
  const unit = 10 ** -decimals;
  return Math.round(value / unit) * unit;
}

/** The values of an evenly spaced range, its ends exactly. */
function spacedValues(range: Spaced, numbers: 'whole' | 'real'): number[] {
  const { from, to, spacing, count } = range;
  const logarithmic = spacing === 'logarithmic';
  const more = Math.max(0, Math.ceil(Math.log10(count)) - 2);
  return Array.from({ length: count }, (_, index) => {
    if (index === 0) return from;
    if (index === count - 1) return to;
    const share = index / (count - 1);
    const value = between(from, to, share, logarithmic);
    return numbers === 'whole' ? Math.round(value) : rounded(value, range, logarithmic, more);
  });
}

/** Candidates that are looked at for each draw, and once more for all, before there are taken to be no others. */
const candidates = { each: 100, all: 20_000 };

/**
 * Values drawn of several ranges together. Candidate i of a setting is the ith of its own stream, which begins with its path and the seed; of
 * candidates that are alike in all settings only the first is a draw, so that no two are the same. Draw i is the ith that is left: more
 * draws keep the first ones, and a setting more or less keeps the candidates of the others.
 * @returns by path; fewer than asked for where there are no more
 */
function drawnValues(sweep: Sweep, { count, seed }: Draws): Map<string, number[]> {
  const ranges = drawnPaths(sweep).map((path) => {
    const range = sweep[path] as Drawn;
    const stream = streamOf(path, seed);
    return { path, values: [] as number[], next: () => drawFrom(range, numbersOf(path) ?? 'real', stream) };
  });
  const seen = new Set<string>();
  const most = Math.min(count, differentDraws(sweep));
  for (let left = candidates.all + candidates.each * count; left > 0 && seen.size < most; left--) {
    const candidate = ranges.map(({ next }) => next());
    const key = candidate.join();
    if (seen.has(key)) continue;
    seen.add(key);
    ranges.forEach(({ values }, index) => values.push(candidate[index]!));
  }
  return new Map(ranges.map(({ path, values }) => [path, values]));
}

/** How many different draws there can be; ∞ where not all are of whole numbers. */
function differentDraws(sweep: Sweep): number {
  return drawnPaths(sweep).reduce((product, path) => {
    const { from, to } = sweep[path] as Drawn;
    return product * (numbersOf(path) === 'whole' ? to - from + 1 : Infinity);
  }, 1);
}

/** One value of a range; a draw takes two words of the stream, whatever it is of. */
function drawFrom(range: Drawn, numbers: 'whole' | 'real', stream: Generator): number {
  const { from, to, distribution } = range;
  const share = ((stream.word() >>> 5) * 2 ** 26 + (stream.word() >>> 6)) * 2 ** -53;
  const logarithmic = distribution === 'log-uniform';
  // a whole number stands for all that is nearer to it than to the next
  const [low, high] = numbers === 'whole' ? [from - 0.5, to + 0.5] : [from, to];
  const value = between(low, high, share, logarithmic);
  return numbers === 'whole' ? Math.min(to, Math.max(from, Math.round(value))) : rounded(value, range, logarithmic);
}

/**
 * The stream of a setting's draws: its state is four hashes (FNV-1a with the murmur3 finaliser) of the text `valleywalk draws <path> <seed>`,
 * each with its number, 0 to 3, and a space before the text.
 */
function streamOf(path: string, seed: number): Generator {
  const words = [0, 1, 2, 3].map((number) => hashed(`${number} valleywalk draws ${path} ${seed}`));
  return generatorFrom((words.every((word) => word === 0) ? [1, 0, 0, 0] : words) as unknown as GeneratorState);
}

/** A 32-bit word of a text of ASCII characters. */
function hashed(text: string): number {
  let word = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) word = Math.imul(word ^ text.charCodeAt(at), 0x01000193);
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}

/**
 * Every setting of a sweep with its values, ranges as the values that they stand for. Values of drawn settings belong together: the ith of
 * one is run with the ith of every other.
 */
export function listsOf(sweep: Sweep, draws: Draws | undefined): Record<string, unknown[]> {
  const drawn = draws ? drawnValues(sweep, draws) : new Map<string, number[]>();
  return Object.fromEntries(
    Object.entries(sweep).map(([path, values]): [string, unknown[]] => {
      if (Array.isArray(values)) return [path, values as unknown[]];
      const range = values as Range;
      return [path, isDrawn(range) ? (drawn.get(path) ?? []) : spacedValues(range, numbersOf(path) ?? 'real')];
    }),
  );
}

/** How many combinations a sweep has, without making them. */
export function combinationCount(sweep: Sweep, draws: Draws | undefined): number {
  return Object.values(sweep).reduce<number>(
    (product, values) =>
      product * (isDrawn(values) ? 1 : Array.isArray(values) ? values.length : (values as Spaced).count),
    drawnPaths(sweep).length > 0 ? (draws?.count ?? 0) : 1,
  );
}

/** What a setting is varied by, in words: `0.1, 0.5`; `0.001 to 1, 7 values, logarithmic`; `log-uniform from 0.001 to 1`. */
export function variedWords(values: unknown): string {
  if (Array.isArray(values)) return values.map(valueWords).join(', ');
  if (!isObject(values)) return valueWords(values);
  const { from, to, spacing, count, distribution } = values;
  return distribution === undefined
    ? `${valueWords(from)} to ${valueWords(to)}, ${valueWords(count)} values, ${valueWords(spacing)}`
    : `${valueWords(distribution)} from ${valueWords(from)} to ${valueWords(to)}`;
}
