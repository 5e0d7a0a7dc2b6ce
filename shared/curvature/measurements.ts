/** The measurements beside the eigenvalues, in the order of their switches; a new one comes last. */
import { batchSharpness } from './batch-sharpness.ts';
import { criticalSharpness } from './critical-sharpness.ts';
import { gradientNoiseScale } from './gradient-noise-scale.ts';
import { kinks } from './kinks.ts';
import { trace } from './trace.ts';

/** Each is a file of its own here and one in electron/trainer/walk/probes/curvature/. */
export const curvatureMeasurements = [kinks, criticalSharpness, batchSharpness, gradientNoiseScale, trace] as const;

type Measurements = typeof curvatureMeasurements;
/** Name of a measurement: its switch in `probes.hessian`. */
export type MeasurementKey = Measurements[number]['key'];

/** Columns behind all others: those of every measurement but the kinks, which stand among those of a step's line. */
type LaterMeasurement = Exclude<Measurements[number], { key: 'kinks' }>;
type Later = LaterMeasurement['quantities'][number];
/** The same, in their order. */
export const laterQuantities: readonly Later[] = curvatureMeasurements
  .filter((one): one is LaterMeasurement => one.key !== 'kinks')
  .flatMap(({ quantities }): readonly Later[] => quantities);
