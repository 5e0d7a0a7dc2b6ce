/** The curvature probe: both ends of the Hessian's spectrum on the way, and how far gradients lie along their eigenvectors. */
import { setImmediate } from 'node:timers/promises';
import type { MeasuredAtEpoch, MeasuredBy } from '../../../../../shared/quantities/index.ts';
import { curvatureBatchOf, multiplyAddsPerProduct } from '../../../../../shared/cost.ts';
import { isCurvatureDue, iterationsPerEpoch } from '../../../../../shared/experiment.ts';
import type { CurvatureProbe as Settings, MeasurementKey } from '../../../../../shared/curvature/index.ts';
import type { Experiment } from '../../../../../shared/experiment.ts';
import { smallestRank } from '../../../../../shared/records.ts';
import type { CurvatureRecord } from '../../../../../shared/records.ts';
import type { Examples } from '../../../../datasets/load.ts';
import type { Backend } from '../../../backends/backend.ts';
import type { Model } from '../../../../../shared/networks/model.ts';
import { generatorFor } from '../../../random/generator.ts';
import { dot, lanczos, powerMethod } from '../../eigen.ts';
import type { Eigenpair, Spectrum } from '../../eigen.ts';
import { curvatureExamples, hessianProduct } from '../../hessian.ts';
import type { Meter } from '../../meter.ts';
import type { Observer } from '../../observer.ts';
import type { Here, Step } from '../../sources/source.ts';
import { valuesOf } from '../../space/space.ts';
import { finite } from '../../measurement.ts';
import { dataShapeOf, lossFor } from '../../targets.ts';
import { noMeasurements, openMeasurements } from './measurements.ts';

/**
 * Measures curvature during a walk. It remembers nothing in checkpoints: what was measured where the walk stands is measured anew, the same.
 */
export interface CurvatureProbe {
  /** What an epoch's record tells of where it ends, null where it is not measured every epoch; and whether a stop came on the way. */
  epoch(here: Here): Promise<{ measured: MeasuredAtEpoch<'curvature'>; interrupted: boolean }>;
  /** Measures before a step where that is due and was not yet. False when stopped on the way. */
  approach(here: Here): Promise<boolean>;
  /**
   * Tells the eigenvalues measured where a step begins, with the alignment of its gradient; and of such a step what its record tells of what else is
   * asked for (measurements.ts), and whether a stop came on the way.
   */
  along(step: Step): Promise<{ measured: MeasuredBy<MeasurementKey>; interrupted: boolean }>;
  /** Tells what was measured and has no gradient: at the end of a run. */
  end(): void;
  dispose(): Promise<void>;
}

const notMeasured: MeasuredAtEpoch<'curvature'> = { lambda_max: null, spectral_norm: null };

/** Measures nothing. */
export const noCurvature: CurvatureProbe = {
  epoch: () => Promise.resolve({ measured: notMeasured, interrupted: false }),
  approach: () => Promise.resolve(true),
  along: () => Promise.resolve({ measured: noMeasurements, interrupted: false }),
  end: () => undefined,
  dispose: () => Promise.resolve(),
};

/** What the probe works with. */
export interface CurvatureOptions {
  experiment: Experiment;
  /** The training set. */
  train: Examples;
  backend: Backend;
  model: Model;
  meter: Meter;
  observer: Pick<Observer, 'curvature' | 'tick'>;
  stopped: () => boolean;
}

/**
 * Prepares the probe. Every measurement starts from vectors that seed and iteration decide alone, so that a continued run measures what
 * an undisturbed one does.
 */
export async function openCurvature(options: CurvatureOptions): Promise<CurvatureProbe> {
  const { experiment, train, backend, model, meter, observer, stopped } = options;
  const probe = experiment.probes.hessian;
  if (probe.method === 'none') return noCurvature;
  const shape = dataShapeOf(train);
  const examples = curvatureExamples(train, probe.examples, experiment.seed);
  const loss = lossFor(experiment.loss, train);
  const batch = curvatureBatchOf(experiment, shape);
  const hessian = await hessianProduct(backend, model, loss, examples, batch);
  const tools = { experiment, train, examples, backend, model, loss, microBatch: batch, hessian };
  const measurements = await openMeasurements(tools, meter);
  const work = multiplyAddsPerProduct(experiment, shape);
  const perEpoch = iterationsPerEpoch(experiment);
  let pending: { iteration: number; spectrum: Spectrum; products: number } | null = null;

  /** Between pieces of work: whether a stop came. */
  const pausing = (done: number) => async (): Promise<boolean> => {
    observer.tick(done);
    // lets a stop in
    await setImmediate();
    return stopped();
  };

  /** Measures at θ_t; null when stopped on the way. */
  async function measure({ point, iteration, done }: Here): Promise<MeasuredAtEpoch<'curvature'> | null> {
    const between = pausing(done);
    const here = hessian.at(point);
    let products = 0;
    const spectrum = await spectrumBy(probe as Settings, iteration, point.parameters.length, async (vector) => {
      const start = performance.now();
      const product = await here.multiply(vector, between);
      products++;
      if (product) meter.derived(work, (performance.now() - start) / 1000);
      return product;
    });
    if (spectrum === null) return null;
    pending = { iteration, spectrum, products };
    const [largest, smallest] = [spectrum.largest[0]!.value, spectrum.smallest.value];
    return { lambda_max: finite(largest), spectral_norm: finite(Math.max(Math.abs(largest), Math.abs(smallest))) };
  }

  /** What was measured at θ_t and is not told yet, if anything. */
  function take(iteration: number | null): typeof pending {
    if (pending === null || (iteration !== null && pending.iteration !== iteration)) return null;
    const taken = pending;
    pending = null;
    return taken;
  }

  return {
    async epoch(here) {
      if (probe.every !== 'epoch') return { measured: notMeasured, interrupted: false };
      const measured = await measure(here);
      return { measured: measured ?? notMeasured, interrupted: measured === null && stopped() };
    },
    async approach(here) {
      // where an epoch has just ended it was measured with it, but a walk that goes on from there measures again, the same
      if (!isCurvatureDue(experiment, here.iteration) || pending?.iteration === here.iteration) return true;
      await measure(here);
      return !stopped();
    },
    async along(step) {
      const { iteration, gradient } = step;
      const taken = gradient && take(iteration);
      const values = taken && (await valuesOf(gradient));
      const squared = values ? dot(values, values) : NaN;
      const alignment = ({ vector }: Eigenpair): number => dot(values!, vector) ** 2 / squared;
      observer.curvature(taken ? records(taken, alignment) : []);
      const measured = taken ? await measurements.measure(step, pausing(iteration)) : noMeasurements;
      return { measured: measured ?? noMeasurements, interrupted: measured === null };
    },
    end() {
      const taken = take(null);
      observer.curvature(taken ? records(taken, () => NaN) : []);
    },
    async dispose() {
      await measurements.dispose();
      await hessian.dispose();
    },
  };

  function spectrumBy(
    { method, eigenvalues, iterations }: Settings,
    iteration: number,
    size: number,
    product: (vector: Float32Array) => Promise<Float64Array | null>,
  ): Promise<Spectrum | null> {
    const generator = generatorFor(experiment.seed, `curvature ${iteration}`);
    const find = method === 'lanczos' ? lanczos : powerMethod;
    return find(product, { size, count: eigenvalues, iterations, generator });
  }

  /** By rising rank, as the store keeps them: the smallest first. */
  function records(
    { iteration, spectrum: { largest, smallest }, products }: NonNullable<typeof pending>,
    alignment: (pair: Eigenpair) => number,
  ): CurvatureRecord[] {
    return [smallest, ...largest].map((pair, index) => ({
      iteration,
      epoch: iteration / perEpoch,
      rank: index === 0 ? smallestRank : index,
      eigenvalue: finite(pair.value),
      residual: finite(pair.residual),
      alignment: finite(alignment(pair)),
      products,
    }));
  }
}
