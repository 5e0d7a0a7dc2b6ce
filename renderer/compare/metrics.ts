/** The quantities of a comparison, one panel each, as the address names them: `epoch.train_loss`. */
import type { ComparisonSpec } from '../../shared/charts/request.ts';
import { charted } from '../../shared/quantities/index.ts';
import type { ChartedKind } from '../../shared/quantities/index.ts';
import type { RunRecord } from '../../shared/records.ts';

/** A quantity with a chart: its kind of record, and its key there. */
export type Measured = Pick<ComparisonSpec, 'record' | 'metric'>;

/** The name of a quantity in the address. */
export function metricName({ record, metric }: Measured): string {
  return `${record}.${metric}`;
}

/** The quantity of a name; null where there is none of that name. */
export function measuredOf(name: string): Measured | null {
  const [record, key] = name.split('.') as [ChartedKind, string];
  const known = Object.hasOwn(charted, record) ? charted[record].find((entry) => entry.key === key) : undefined;
  return known ? { record, metric: known.key } : null;
}

/** The quantities that an address names. */
interface NamedMetrics {
  /** Those that are there, in their order, each once; null where the address leaves the choice to the runs. */
  metrics: string[] | null;
  /** Names that are of no quantity. */
  unknown: string[];
}

/**
 * Reads the quantities from an address.
 * @param metrics names with commas between; undefined where the address has none
 * @param metric the one quantity of an address from before there could be several
 */
export function metricsIn(metrics: string | undefined, metric: string | undefined): NamedMetrics {
  if (metrics === undefined && metric === undefined) return { metrics: null, unknown: [] };
  const names = [...new Set((metrics ?? metric!).split(',').filter(Boolean))];
  const unknown = names.filter((name) => measuredOf(name) === null);
  // an old address always had a chart
  const known = names.filter((name) => !unknown.includes(name));
  return { metrics: metrics === undefined && known.length === 0 ? ['iteration.distance'] : known, unknown };
}

/** What a comparison begins with, and the sum of a run that tells whether the run has it. */
const first = [
  { name: 'epoch.train_loss', summed: 'train_loss' },
  { name: 'epoch.validation_accuracy', summed: 'validation_accuracy' },
  { name: 'epoch.validation_r_squared', summed: 'validation_r_squared' },
  { name: 'iteration.height_before', summed: 'mean_height_before' },
  { name: 'iteration.distance', summed: 'distance' },
] as const satisfies readonly { name: string; summed: keyof RunRecord['summary'] }[];

/** The quantities that a comparison of these runs begins with: those that one of them has; all of them where none has any yet. */
export function firstMetrics(runs: readonly Pick<RunRecord, 'summary'>[]): string[] {
  const there = first.filter(({ summed }) => runs.some(({ summary }) => summary[summed] !== null));
  const chosen = there.length > 0 ? there : first.filter(({ summed }) => summed !== 'validation_r_squared');
  return chosen.map(({ name }) => name);
}

/** What a list of quantities stands against where nothing is chosen: epochs, unless one of them is measured in iterations. */
export function ownPlaces(metrics: readonly Measured[]): 'iteration' | 'epoch' {
  return metrics.length === 0 || metrics.some(({ record }) => record === 'iteration') ? 'iteration' : 'epoch';
}

/** The name after one that is removed from a list, before it where it was the last; null where none is left. */
export function besideRemoved(names: readonly string[], removed: string): string | null {
  const at = names.indexOf(removed);
  return names[at + 1] ?? names[at - 1] ?? null;
}

/**
 * In how many columns panels stand: as many as fit, and no more than fill their rows evenly.
 * @param width of the place for all of them, in px
 * @param count of the panels that take a column
 */
export function columnsFor(width: number, count: number): number {
  const fit = Math.max(1, Math.floor((width + gap) / (leastWidth + gap)));
  return Math.max(1, Math.ceil(count / Math.ceil(count / fit || 1)) || 1);
}

/** Least width of a panel beside another, in px: its title, its tools and a legend of twelve groups fit. */
const leastWidth = 400;
/** Room between panels, in px. */
export const gap = 12;
