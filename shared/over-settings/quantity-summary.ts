/**
 * One number that sums a quantity of a run up, in the words in which addresses, recipes and the protocol name it:
 * `epoch.validation_accuracy.last`, or with a window `iteration.batch_loss.mean.100-199`.
 */
import { z } from 'zod';
import { charted, drawnQuantity } from '../quantities/index.ts';
import type { ChartedKind, DrawnQuantity } from '../quantities/index.ts';

/** How a quantity becomes one number: in a menu, and after the quantity's name. The first four are those of a comparison's table (shared/compare/summary.ts). */
export const summaryKinds = {
  last: { title: 'Last', after: 'last', help: 'Last value that was measured.' },
  minimum: { title: 'Least', after: 'least', help: 'Least value over the whole run.' },
  maximum: { title: 'Greatest', after: 'greatest', help: 'Greatest value over the whole run.' },
  at_best: {
    title: 'At best',
    after: 'at best validation',
    help: 'Value at the end of the epoch with the best validation accuracy (R² where targets are real numbers), the first of several.',
  },
  mean: {
    title: 'Mean',
    after: 'mean',
    help: 'Mean of the values that were measured, in a window or over the whole run.',
  },
} as const;
/** One of them. */
export type SummaryKind = keyof typeof summaryKinds;

/** Places over which a mean is taken, both ends included: iterations, of a quantity of epochs epochs; null is open. */
export interface SummaryWindow {
  from: number | null;
  to: number | null;
}

/** A summary of a quantity. */
export interface QuantitySummary {
  record: ChartedKind;
  /** Key of the quantity. */
  key: string;
  kind: SummaryKind;
  /** Of a mean; the whole run where both ends are open. */
  window: SummaryWindow;
}

const whole: SummaryWindow = { from: null, to: null };
const pattern = /^([a-z]+)\.(\w+)\.([a-z_]+)(?:\.(\d{0,15})-(\d{0,15}))?$/;

/** A summary by its name; null where there is none of that name. */
export function readSummary(name: string): QuantitySummary | null {
  const [, record, key, kind, from, to] = pattern.exec(name) ?? [];
  if (!record || !Object.hasOwn(charted, record) || !Object.hasOwn(summaryKinds, kind!)) return null;
  if (!charted[record as ChartedKind].some((one) => one.key === key)) return null;
  const end = (text: string | undefined): number | null => (text ? Number(text) : null);
  const window = from === undefined ? whole : { from: end(from), to: end(to) };
  if (from !== undefined && kind !== 'mean') return null;
  if (window.from !== null && window.to !== null && window.from > window.to) return null;
  return { record: record as ChartedKind, key: key!, kind: kind as SummaryKind, window };
}

/** The name of a summary, the inverse of {@link readSummary}. */
export function summaryName({ record, key, kind, window }: QuantitySummary): string {
  const open = window.from === null && window.to === null;
  return `${record}.${key}.${kind}${kind === 'mean' && !open ? `.${window.from ?? ''}-${window.to ?? ''}` : ''}`;
}

/** The name of a summary of a quantity that there is. */
export const summaryNameSchema = z
  .string()
  .max(120)
  .refine((name) => readSummary(name) !== null, {
    error: 'is no summary of a quantity; write record.quantity.summary, as in epoch.validation_accuracy.last',
  });

/** A summary that is known to be one. @throws Error where the name is of none */
export function summaryOf(name: string): QuantitySummary {
  const found = readSummary(name);
  if (!found) throw new Error(`"${name}" is no summary of a quantity`);
  return found;
}

/** The quantity that a summary is of. @throws Error where the name is of none */
export function quantityOf(name: string): DrawnQuantity {
  const { record, key } = summaryOf(name);
  return drawnQuantity(record, key);
}

const places = { iteration: 'iteration', epoch: 'epoch', curvature: 'iteration' } as const satisfies Record<
  ChartedKind,
  string
>;

/** A summary in words: `Validation accuracy, last`, `Batch loss, mean of iterations 100–199`. */
export function summaryTitle(name: string): string {
  const { record, kind, window } = summaryOf(name);
  const { title } = quantityOf(name);
  const { from, to } = window;
  const said = summaryKinds[kind].after;
  if (kind !== 'mean' || (from === null && to === null)) return `${title}, ${said}`;
  const place = places[record];
  if (from !== null && to !== null)
    return `${title}, ${said} of ${from === to ? `${place} ${from}` : `${place}s ${from}–${to}`}`;
  return from === null ? `${title}, ${said} up to ${place} ${to}` : `${title}, ${said} from ${place} ${from} on`;
}
