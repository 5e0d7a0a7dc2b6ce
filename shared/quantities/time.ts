/** What the walk says of its own pace. */
import { fromZero } from './quantity.ts';
import type { Quantity } from './quantity.ts';

/** In the order of the columns. */
export const timeQuantities = [
  {
    key: 'elapsed_seconds',
    title: 'Elapsed time',
    symbol: '',
    formula:
      'seconds that the run had been computed when the iteration was done, from the end of loading its data; waiting, pauses and what was computed after a checkpoint that the run later went on from are left out',
    unit: 's',
    reading: 'The one thing that two equal runs do not share.',
    better: null,
    source: 'here',
    log: true,
    kind: 'number',
    limits: fromZero,
    probe: 'walk',
    nullable: false,
    uncharted: true,
  },
] as const satisfies readonly Quantity[];
