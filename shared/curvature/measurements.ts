/** The measurements beside the eigenvalues, in the order of their switches; a new one comes last. */
import { kinks } from './kinks.ts';

/** Each is a file of its own here and one in electron/trainer/walk/probes/curvature/. */
export const curvatureMeasurements = [kinks] as const;

type Measurements = typeof curvatureMeasurements;
/** Name of a measurement: its switch in `probes.hessian`. */
export type MeasurementKey = Measurements[number]['key'];

/** Columns behind all others: those of every measurement but the kinks, which stand among those of a step's line. */
type Later = Exclude<Measurements[number], { key: 'kinks' }>['quantities'][number];
/** The same, in their order. */
export const laterQuantities = curvatureMeasurements
  .filter(({ key }) => key !== 'kinks')
  .flatMap(({ quantities }) => quantities) as readonly unknown[] as readonly Later[];
