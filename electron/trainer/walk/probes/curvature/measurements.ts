/** The measurements beside the eigenvalues that an experiment asks for, one after the other at a step. */
import { measurementWork } from '../../../../../shared/cost.ts';
import { curvatureMeasurements } from '../../../../../shared/curvature/index.ts';
import type { MeasurementKey } from '../../../../../shared/curvature/index.ts';
import type { MeasuredBy } from '../../../../../shared/quantities/index.ts';
import type { Meter } from '../../meter.ts';
import { openSlope } from '../../slope.ts';
import type { Slope } from '../../slope.ts';
import type { Step } from '../../sources/source.ts';
import { dataShapeOf } from '../../targets.ts';
import { openBatchSharpness } from './batch-sharpness.ts';
import { openCriticalSharpness } from './critical-sharpness.ts';
import { openGradientNoiseScale } from './gradient-noise-scale.ts';
import { openKinks } from './kinks.ts';
import { openTrace } from './trace.ts';
import type { BetweenPieces, Measurement, MeasurementTools, OpenMeasurement } from './measurement.ts';

const openers: { [K in MeasurementKey]: OpenMeasurement<K> } = {
  kinks: openKinks,
  criticalSharpness: openCriticalSharpness,
  batchSharpness: openBatchSharpness,
  gradientNoiseScale: openGradientNoiseScale,
  trace: openTrace,
};

/** What a record tells where nothing was measured. */
export const noMeasurements = Object.fromEntries(
  curvatureMeasurements.flatMap(({ quantities }) => quantities.map(({ key }) => [key, null])),
) as MeasuredBy<MeasurementKey>;

/** All of them. */
interface Measurements {
  /** Null when stopped on the way. */
  measure(step: Step, between: BetweenPieces): Promise<MeasuredBy<MeasurementKey> | null>;
  dispose(): Promise<void>;
}

/** Prepares those that are switched on. */
export async function openMeasurements(options: Omit<MeasurementTools, 'slope'>, meter: Meter): Promise<Measurements> {
  const { experiment, examples, backend, model, loss, microBatch } = options;
  const probe = experiment.probes.hessian;
  const shape = dataShapeOf(options.train);
  let slope: Promise<Slope> | null = null;
  const tools: MeasurementTools = {
    ...options,
    slope: () => (slope ??= openSlope(backend, model, loss, examples, microBatch)),
  };
  const opened: { key: MeasurementKey; measurement: { [K in MeasurementKey]: Measurement<K> }[MeasurementKey] }[] = [];
  for (const { key } of curvatureMeasurements)
    if (probe.method !== 'none' && probe[key]) opened.push({ key, measurement: await openers[key](tools) });
  return {
    async measure(step, between) {
      let measured = noMeasurements;
      if (!step.walkable) return measured;
      for (const { key, measurement } of opened) {
        const start = performance.now();
        const found = await measurement.measure(step, between);
        if (found === null) return null;
        meter.derived(measurementWork(experiment, shape, key).all, (performance.now() - start) / 1000);
        measured = { ...measured, ...found };
      }
      return measured;
    },
    async dispose() {
      for (const { measurement } of opened) await measurement.dispose();
      await (await slope)?.dispose();
    },
  };
}
