/** What runs are drawn against each other by: a setting, or a summary of a quantity, by its name. */
import { z } from 'zod';
import type { RunData } from '../charts/chart.ts';
import { formatNumber } from '../format.ts';
import { quantityOf, readSummary, summaryTitle } from './quantity-summary.ts';
import { compareValues, runSetting } from './run-settings.ts';

/** What of a run's data is a point over settings: the run and its summaries, no records. */
export type RunPoint = Pick<RunData, 'run' | 'summaries'>;

/** An axis over runs. */
export interface RunAxis {
  name: string;
  title: string;
  unit: string | null;
  /** Whether its values are words, in no order of size. */
  words: boolean;
  /** Whether it is a summary of a quantity, which has to be read. */
  summary: boolean;
  value(point: RunPoint): number | string | null;
  label: (value: number | string) => string;
}

/** An axis by its name; null where there is neither a setting nor a summary of that name. */
export function runAxis(name: string): RunAxis | null {
  const setting = runSetting(name);
  if (setting) return { ...setting, summary: false, value: ({ run }) => setting.value(run) };
  if (!readSummary(name)) return null;
  return {
    name,
    title: summaryTitle(name),
    unit: quantityOf(name).unit,
    words: false,
    summary: true,
    value: ({ summaries }) => summaries?.[name] ?? null,
    label: (value) => (typeof value === 'number' ? formatNumber(value) : value),
  };
}

/** The name of a setting. */
export const settingNameSchema = z.string().refine((name) => runSetting(name) !== undefined, {
  error: 'is no setting; name one as a filter does, as in optimizer.learningRate',
});

/** The name of a setting or of a summary. */
export const axisNameSchema = z.string().refine((name) => runAxis(name) !== null, {
  error:
    'is neither a setting nor a summary of a quantity; write as in optimizer.learningRate or epoch.validation_accuracy.last',
});

/** Title of an axis with its unit. */
export function axisWords({ title, unit }: RunAxis): string {
  return unit ? `${title} (${unit})` : title;
}

/** The different values of an axis, in order. */
export function axisValues(axis: RunAxis, points: readonly RunPoint[]): (number | string)[] {
  const found = new Set(points.map((point) => axis.value(point)));
  found.delete(null);
  return [...(found as Set<number | string>)].sort(compareValues);
}

/** Whether numbers are better told apart on a logarithmic axis: all above zero, and over a decade apart. */
export function spansDecades(values: readonly (number | string)[]): boolean {
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length < 2 || numbers.length < values.length) return false;
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  return low > 0 && high / low >= 10;
}

/** Why a chart over some axes is empty, in words: the first axis on which no run has a value; null where each has one. */
export function lackingReason(axes: readonly RunAxis[], points: readonly RunPoint[]): string | null {
  const lacking = axes.find((axis) => points.every((point) => axis.value(point) === null));
  if (!lacking) return null;
  return `${lacking.title}: ${lacking.summary ? 'not measured in these runs yet; runs that measure it fill it' : 'none of these runs has it'}.`;
}

/** What could not be drawn of some runs, in words; null where all are. @param lacking runs without a value on some axis */
export function lackingNote(lacking: number, total: number, what: string): string | null {
  if (lacking === 0) return null;
  return `${lacking.toLocaleString('en')} of ${total.toLocaleString('en')} runs left out: ${what}`;
}
