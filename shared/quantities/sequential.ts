/** What an iteration's record says of the sample that decided its slice; null where slices are not sequential. */
import { fromZero, share, unitOfLoss } from './quantity.ts';
import type { Quantity } from './quantity.ts';

/** In the order of the columns, among those of an iteration. */
export const sequentialQuantities = [
  {
    key: 'slice_examples',
    title: 'Examples between the ends',
    symbol: '',
    formula:
      'examples that the points between the ends of a sequential slice were evaluated on; those that have no standard error were evaluated on all',
    unit: null,
    reading:
      'The whole training set where no sample decided. Up to three points between may be on all of it beside the sample.',
    better: 'lower',
    source: 'here',
    log: true,
    kind: 'count',
    limits: fromZero,
    probe: 'slices',
    nullable: true,
    short: 'Examples between',
    absent: 'only sequential slices have samples',
  },
  {
    key: 'slice_tolerance',
    title: 'Tolerance of a sequential slice',
    symbol: '',
    formula:
      'what losses between the ends are known to: the tolerance’s share of the slice’s range, or the loss resolution where that is more; 0 on the whole set',
    unit: unitOfLoss,
    reading: 'Floors within it of the lowest point are not told apart.',
    better: 'lower',
    source: 'here',
    log: true,
    kind: 'number',
    limits: fromZero,
    probe: 'slices',
    nullable: true,
    short: 'Slice tolerance',
    absent: 'only sequential slices have samples',
  },
  {
    key: 'slice_confidence',
    title: 'Confidence of a sequential slice',
    symbol: '',
    formula:
      'probability that the whole set contradicts no yes or no about this slice and that all its losses lie within the tolerance; 1 on the whole set',
    unit: null,
    reading: 'Many slices at 99 % each are some errors: an epoch tells how many to expect.',
    better: null,
    source: 'here',
    log: false,
    kind: 'number',
    limits: share,
    probe: 'slices',
    nullable: true,
    uncharted: true,
  },
] as const satisfies readonly Quantity[];
