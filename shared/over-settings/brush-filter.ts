/** What is brushed on axes, as a filter in the filter's language (shared/runs/filter.ts). */
import type { RunRecord } from '../records.ts';
import { shortestNames } from '../runs/field-names.ts';
import { asksForArchived, readFilter } from '../runs/filter.ts';
import { compareValues, runSetting } from './run-settings.ts';
import { readSummary } from './quantity-summary.ts';

/** What of an axis is brushed: of a number stretches with both ends, of words the words. */
export interface Brush {
  /** Name of a setting, or of a summary. */
  axis: string;
  /** Whether a value is in it. */
  holds: (value: number | string) => boolean;
}

/** A value of an axis for a run; null where it has none. */
type AxisValue = (axis: string, run: RunRecord) => number | string | null;

/** A word as a filter writes it. */
function quoted(text: string): string {
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.%+\-−:/µ#@]*$/u.test(text) && !/^(and|or|in|not|none)$/i.test(text)) return text;
  return text.includes('"') ? `'${text}'` : `"${text}"`;
}

/** The column of a run's summary that a summary of a quantity is; null where no filter asks for it. */
function filterField(axis: string): string | null {
  const setting = runSetting(axis);
  if (setting) return shortestNames().find(([, field]) => field.name === setting.name)![0];
  const summary = readSummary(axis);
  // a run's own summary holds the values at the end of the last epoch
  return summary?.record === 'epoch' && summary.kind === 'last' && atEpochs.has(summary.key) ? summary.key : null;
}
const atEpochs = new Set<string>([
  'train_loss',
  'train_accuracy',
  'validation_loss',
  'validation_accuracy',
  'train_r_squared',
  'validation_r_squared',
] satisfies (keyof RunRecord['summary'])[]);

/** A condition on one field that holds the brushed values, and of all values that runs have no other. */
function condition(field: string, all: readonly (number | string)[], brushed: ReadonlySet<number | string>): string {
  if (all.every((value) => typeof value === 'string')) {
    const words = all.filter((value) => brushed.has(value)).map((value) => quoted(String(value)));
    return words.length === 1 ? `${field} = ${words[0]}` : `${field} in (${words.join(', ')})`;
  }
  const stretches: [number, number][] = [];
  let open = false;
  for (const value of all as readonly number[]) {
    if (!brushed.has(value)) open = false;
    else if (open) stretches.at(-1)![1] = value;
    else {
      stretches.push([value, value]);
      open = true;
    }
  }
  const parts = stretches.map(([low, high]) =>
    low === high ? `${field} = ${low}` : `${field} >= ${low} and ${field} <= ${high}`,
  );
  return parts.length === 1
    ? parts[0]!
    : `(${parts.map((part) => (part.includes(' and ') ? `(${part})` : part)).join(' or ')})`;
}

/** What a brush lets through. */
interface Brushed {
  /** The runs that lie in every brush. */
  runs: RunRecord[];
  /** The filter that says so; empty where nothing is brushed. */
  filter: string;
  /** Whether the runs are named in it, because no field of the filter is what was brushed. */
  named: boolean;
}

/** The runs in all brushes, and the filter that lets exactly them through of these runs. */
export function brushFilter(runs: readonly RunRecord[], brushes: readonly Brush[], valueOf: AxisValue): Brushed {
  if (brushes.length === 0) return { runs: [...runs], filter: '', named: false };
  const inside = runs.filter((run) =>
    brushes.every(({ axis, holds }) => {
      const value = valueOf(axis, run);
      return value !== null && holds(value);
    }),
  );
  const byName = (): Brushed => ({ runs: inside, filter: runsNamed(inside), named: true });
  const conditions: string[] = [];
  for (const { axis, holds } of brushes) {
    const field = filterField(axis);
    if (field === null) return byName();
    const found = new Set(runs.map((run) => valueOf(axis, run)));
    found.delete(null);
    const all = [...(found as Set<number | string>)].sort(compareValues);
    const brushed = new Set(all.filter(holds));
    if (brushed.size === 0) return { runs: [], filter: runsNamed([]), named: true };
    conditions.push(condition(field, all, brushed));
  }
  const filter = withArchived(conditions.join(' and '), inside);
  // a run's column may differ from the quantity, as after a divergence
  return letsThrough(filter, runs, inside) ? { runs: inside, filter, named: false } : byName();
}

/** Whether a filter lets exactly some runs of all through. */
function letsThrough(filter: string, all: readonly RunRecord[], wanted: readonly RunRecord[]): boolean {
  const reading = readFilter(filter);
  const ids = new Set(wanted.map(({ run }) => run));
  // as lists of runs read it: archived ones only where it asks for them
  const archived = asksForArchived(filter);
  return reading.ok && all.every((run) => ((archived || !run.archived) && reading.matches(run)) === ids.has(run.run));
}

/** A filter that asks for archived runs, too, where one of those that it is to let through is archived. */
function withArchived(filter: string, wanted: readonly RunRecord[]): string {
  return wanted.some(({ archived }) => archived) ? `${filter} and archived in (yes, no)` : filter;
}

/** A filter that lets some runs through by their ids; of none one that no run fulfils. */
function runsNamed(runs: readonly RunRecord[]): string {
  if (runs.length === 0) return 'run = none';
  const named = runs.length === 1 ? `run = ${runs[0]!.run}` : `run in (${runs.map(({ run }) => run).join(', ')})`;
  return withArchived(named, runs);
}

/**
 * A brush's filter within what is compared already, so that it lets no other run of the store through: with the filter that is there, alone, with the
 * study that all of them belong to, or, where none of these will do, by the runs themselves.
 * @param compared the runs that are compared
 * @param everywhere all runs of the store
 * @param filter the filter that is there already; empty for none
 */
export function filterWithin(
  brushed: Brushed,
  compared: readonly RunRecord[],
  everywhere: readonly RunRecord[],
  filter = '',
): string {
  if (brushed.named || brushed.filter === '') return brushed.filter;
  const study = compared[0]?.study_name;
  const candidates = [
    ...(filter === '' ? [] : [`(${filter}) and ${brushed.filter}`]),
    brushed.filter,
    ...(study ? [`study = ${quoted(study)} and ${brushed.filter}`] : []),
  ];
  return candidates.find((text) => letsThrough(text, everywhere, brushed.runs)) ?? runsNamed(brushed.runs);
}
