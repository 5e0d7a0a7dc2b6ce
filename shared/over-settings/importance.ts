/** How much a quantity goes with each setting of some runs: rank association with a 95 % interval, or why there is none. */
import type { TextTable } from '../compare/summary.ts';
import type { RunRecord } from '../records.ts';
import {
  correlationInterval,
  cramersV,
  leastBeyondGroups,
  leastForCorrelation,
  rankEffect,
  rankEffectInterval,
  spearman,
} from './ranks.ts';
import type { Interval } from './ranks.ts';
import type { RunSetting, SettingValue, VariedSetting } from './run-settings.ts';

/** How the association was measured: Spearman's ρ of numbers, η² of the ranks between groups of words. */
type Measure = 'rho' | 'eta';

/** What of a quantity goes with a setting. */
export interface Importance {
  setting: RunSetting;
  measure: Measure;
  /** Runs that have both. */
  n: number;
  /** Different values of the setting among them. */
  values: number;
  /** ρ, −1 to 1, or η², 0 to 1; null where it cannot be told, with the reason in `why`. */
  estimate: number | null;
  interval: Interval | null;
  /** Why there is no number, in words; null where there is one. */
  why: string | null;
  /** Other settings that move with it, strongest first. */
  together: readonly Together[];
}

/** Two settings that move together. */
interface Together {
  setting: RunSetting;
  /** ρ between numbers, its sign kept; η between a number and words; Cramér's V between words. */
  strength: number;
  /** Letter of the measure. */
  letter: 'ρ' | 'η' | 'V';
}

/** From this strength on two settings count as moving together. */
const movesTogether = 0.5;

/** Pairs of which both are there. */
function pairs<A, B>(a: readonly (A | null)[], b: readonly (B | null)[]): [A[], B[]] {
  const [left, right]: [A[], B[]] = [[], []];
  for (const [at, one] of a.entries()) {
    const other = b[at];
    if (one === null || other === null || other === undefined) continue;
    left.push(one);
    right.push(other);
  }
  return [left, right];
}

/** Association of two settings, −1 to 1; null where too little is known of it. */
function strengthOf(a: Column, b: Column): Omit<Together, 'setting'> | null {
  const [left, right] = pairs(a.values, b.values);
  if (left.length < 3 || new Set(left).size < 2 || new Set(right).size < 2) return null;
  if (!a.setting.words && !b.setting.words)
    return { letter: 'ρ', strength: spearman(left as number[], right as number[]) };
  if (a.setting.words && b.setting.words) return { letter: 'V', strength: cramersV(left, right) };
  const [numbers, words] = a.setting.words ? [right as number[], left] : [left as number[], right];
  // groups of one each say nothing
  if (new Set(words).size === words.length) return null;
  return { letter: 'η', strength: Math.sqrt(rankEffect(numbers, words).eta) };
}

interface Column {
  setting: RunSetting;
  values: SettingValue[];
}

/**
 * The importance of settings for a quantity, the strongest first, those without a number last.
 * @param quantity of each run; null where it has none
 */
export function importanceOf(
  runs: readonly RunRecord[],
  varied: readonly VariedSetting[],
  quantity: readonly (number | null)[],
): Importance[] {
  const columns = varied.map(({ setting }): Column => ({ setting, values: runs.map((run) => setting.value(run)) }));
  const rows = columns.map((column) => ({ ...single(column, quantity), together: togetherWith(column, columns) }));
  // η² is a share of variance, as ρ² is
  const size = ({ measure, estimate }: Importance): number =>
    estimate === null ? -1 : measure === 'rho' ? estimate ** 2 : estimate;
  return rows.sort((a, b) => size(b) - size(a));
}

function togetherWith(column: Column, columns: readonly Column[]): Together[] {
  return columns
    .filter((other) => other !== column)
    .flatMap((other) => {
      const found = strengthOf(column, other);
      return found && Math.abs(found.strength) >= movesTogether ? [{ setting: other.setting, ...found }] : [];
    })
    .sort((a, b) => Math.abs(b.strength) - Math.abs(a.strength));
}

const runsOf = (count: number): string => `${count.toLocaleString('en')} ${count === 1 ? 'run' : 'runs'}`;

function single({ setting, values }: Column, quantity: readonly (number | null)[]): Omit<Importance, 'together'> {
  const [own, y] = pairs(values, quantity);
  const n = own.length;
  const kinds = new Set(own).size;
  const measure: Measure = setting.words ? 'eta' : 'rho';
  const without = (why: string): Omit<Importance, 'together'> => ({
    ...{ setting, measure, n, values: kinds, why },
    ...{ estimate: null, interval: null },
  });
  if (n === 0) return without('not measured in any of these runs');
  if (kinds < 2) return without('one value in the runs that have the quantity');
  if (new Set(y).size < 2) return without('the quantity is the same in all runs');
  if (measure === 'rho') {
    if (n < leastForCorrelation) return without(`too few: ${runsOf(n)}, an interval takes ${leastForCorrelation}`);
    const estimate = spearman(own as number[], y);
    return { setting, measure, n, values: kinds, estimate, interval: correlationInterval(estimate, n), why: null };
  }
  if (n - kinds < leastBeyondGroups)
    return without(`too few: ${runsOf(n)} with ${kinds} values, an interval takes ${kinds + leastBeyondGroups}`);
  const effect = rankEffect(y, own);
  return { setting, measure, n, values: kinds, estimate: effect.eta, interval: rankEffectInterval(effect), why: null };
}

/** The importance as a table with all digits; what is not known is empty. @param quantity its name in words */
export function importanceTable(rows: readonly Importance[], quantity: string): TextTable {
  const number = (value: number | undefined | null): string =>
    value === null || value === undefined ? '' : String(value);
  return {
    caption: `Importance of settings for ${quantity}`,
    columns: ['setting', 'title', 'measure', 'estimate', 'low', 'high', 'runs', 'values', 'note', 'moves_with'],
    rows: rows.map(({ setting, measure, estimate, interval, n, values, why, together }) => [
      ...[setting.name, setting.title, measure === 'rho' ? 'Spearman rho' : 'eta squared of ranks'],
      ...[number(estimate), number(interval?.[0]), number(interval?.[1]), String(n), String(values), why ?? ''],
      together.map((one) => `${one.setting.name} ${one.letter}=${one.strength}`).join('; '),
    ]),
  };
}
