/** How the form varies a number: by a list or by a range, from one to the other, and the values that a range stands for. */
import { isObject } from '../../shared/settings.ts';
import { pathTitle } from '../../shared/study.ts';
import { drawnPaths, drawsSchema, isDrawn, listsOf, rangeProblem } from '../../shared/sweep.ts';
import type { Range } from '../../shared/sweep.ts';

/** Ways to vary a number, as a menu shows them; their keys are those of `spacing` and `distribution` in a file. */
export const waysToVary = [
  { key: 'list', label: 'these values' },
  { key: 'linear', label: 'evenly spaced' },
  { key: 'logarithmic', label: 'evenly spaced, logarithmic' },
  { key: 'uniform', label: 'drawn, uniform' },
  { key: 'log-uniform', label: 'drawn, log-uniform' },
] as const;
/** One of them. */
export type WayToVary = (typeof waysToVary)[number]['key'];

/** What a setting is varied by, in another way: as far as it can be the same values or the same range. */
export function withWay(values: unknown, way: WayToVary): unknown {
  const list = Array.isArray(values) ? values.filter((value): value is number => typeof value === 'number') : [];
  const range = isObject(values) ? values : null;
  const least = Math.min(...list);
  const greatest = Math.max(...list);
  const { from, to } = range ?? (list.length > 1 ? { from: least, to: greatest } : around(list[0]));
  if (way === 'list') return [from, to].filter((end) => typeof end === 'number');
  if (way === 'uniform' || way === 'log-uniform') return { from, to, distribution: way };
  return { from, to, spacing: way, count: range?.['count'] ?? Math.max(5, list.length) };
}

/** A range around a value: from a tenth of it to itself and as much again, of whole numbers at least from 1. */
function around(value: number | undefined): { from: number; to: number } {
  const middle = value === undefined || value <= 0 ? 1 : value;
  const low = middle / 10;
  return Number.isInteger(middle)
    ? { from: Math.max(1, Math.round(low)), to: middle * 2 }
    : { from: Number(low.toPrecision(3)), to: Number((middle * 2).toPrecision(3)) };
}

/** Values that a preview shows. */
const shown = 8;

/** What a field that is varied by a range knows of the study. */
export interface RangeFacts {
  /** How often the study draws, and from which seed; perhaps not valid. */
  draws: unknown;
  /** Titles of the other settings that are drawn, together with this one. */
  drawnWith: readonly string[];
  /** The first values of the range, in a line; null where it is none yet. */
  preview: string | null;
}

/** What there is to know of the range of a setting in a study that may not be valid. */
export function rangeFacts(path: string, sweep: Readonly<Record<string, unknown>>, draws: unknown): RangeFacts {
  const others = drawnPaths(sweep).filter((other) => other !== path);
  return {
    draws,
    drawnWith: isDrawn(sweep[path]) ? others.map(pathTitle) : [],
    preview: isObject(sweep[path]) ? previewOf(path, sweep, draws) : null,
  };
}

function previewOf(path: string, sweep: Readonly<Record<string, unknown>>, draws: unknown): string | null {
  // what is drawn is drawn together with all others that are
  const ranges = Object.entries(sweep).filter(
    ([other, values]) => other === path || (isDrawn(sweep[path]) && isDrawn(values)),
  );
  if (ranges.some(([other, values]) => !isObject(values) || rangeProblem(other, values) !== null)) return null;
  const checked = drawsSchema.safeParse(typeof draws === 'number' ? { count: draws, seed: 1 } : draws);
  if (isDrawn(sweep[path]) && !checked.success) return null;
  const all = listsOf(Object.fromEntries(ranges) as Record<string, Range>, checked.data)[path]!;
  const more = all.length - shown;
  return `${all.slice(0, shown).join(' · ')}${more > 0 ? ` · and ${more.toLocaleString('en')} more` : ''}`;
}
