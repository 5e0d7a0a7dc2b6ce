/** The curvature probe: both ends of the Hessian's spectrum on the way, and how far gradients lie along their eigenvectors. */
import { setImmediate } from 'node:timers/promises';
import { curvatureBatchOf, multiplyAddsPerProduct } from '../../../../shared/cost.ts';
import { isCurvatureDue, iterationsPerEpoch } from '../../../../shared/experiment.ts';
import type { CurvatureProbe } from '../../../../shared/curvature.ts';
import type { Experiment } from '../../../../shared/experiment.ts';
import { smallestRank } from '../../../../shared/records.ts';
import type { CurvatureRecord } from '../../../../shared/records.ts';
import type { Examples } from '../../../datasets/load.ts';
import type { Backend } from '../../backends/backend.ts';
import type { Model } from '../../../../shared/networks/model.ts';
import { generatorFor } from '../../random/generator.ts';
import { subset } from '../../random/shuffle.ts';
import { pick } from '../chunks.ts';
import { dot, lanczos, powerMethod } from '../eigen.ts';
import type { Eigenpair, Spectrum } from '../eigen.ts';
import { hessianProduct } from '../hessian.ts';
import type { Meter } from '../meter.ts';
import type { Point } from '../point.ts';
import { finite } from '../measurement.ts';

/** Measures curvature during a walk. */
export interface Curvature {
  /** Whether it is measured at the end of every epoch. */
  readonly everyEpoch: boolean;
  /** Whether it is to be measured at θ_t and was not yet. */
  due(iteration: number): boolean;
  /**
   * Measures at θ_t; what it finds is told once the gradient there is known, see {@link Curvature.align}.
   * @param tick called between micro-batches
   * @returns λ_max and the spectral norm, each null where not finite; null when stopped on the way
   */
  measure(
    point: Point,
    iteration: number,
    tick: () => void,
  ): Promise<{ largest: number | null; norm: number | null } | null>;
  /** The eigenvalues measured at θ_t with the alignment of the gradient g_t; none where nothing was measured there. */
  align(gradient: Float32Array, iteration: number): CurvatureRecord[];
  /** What was measured and has no gradient: at the end of a run. */
  rest(): CurvatureRecord[];
  dispose(): Promise<void>;
}

/** What the probe works with. */
export interface CurvatureOptions {
  experiment: Experiment;
  /** The training set. */
  train: Examples;
  backend: Backend;
  model: Model;
  meter: Meter;
  stopped: () => boolean;
}

/**
 * Prepares the probe; null where an experiment asks for none. Every measurement starts from vectors that seed and iteration
 * decide alone, so that a continued run measures what an undisturbed one does.
 */
export async function openCurvature(options: CurvatureOptions): Promise<Curvature | null> {
  const { experiment, train, backend, model, meter, stopped } = options;
  const probe = experiment.probes.hessian;
  if (probe.method === 'none') return null;
  const shape = { ...train.shape, classes: train.classes };
  const count = Math.min(probe.examples, train.count);
  const examples =
    count < train.count
      ? pick(train, subset(train.count, count, generatorFor(experiment.seed, 'curvature examples')))
      : train;
  const hessian = await hessianProduct(backend, model, examples, curvatureBatchOf(experiment, shape));
  const work = multiplyAddsPerProduct(experiment, shape);
  const perEpoch = iterationsPerEpoch(experiment);
  let pending: { iteration: number; spectrum: Spectrum } | null = null;

  return {
    everyEpoch: probe.every === 'epoch',
    due: (iteration) => isCurvatureDue(experiment, iteration) && pending?.iteration !== iteration,
    async measure(point, iteration, tick) {
      const between = async (): Promise<boolean> => {
        tick();
        // lets a stop in
        await setImmediate();
        return stopped();
      };
      const spectrum = await spectrumBy(probe, iteration, point.parameters.length, async (vector) => {
        const start = performance.now();
        const product = await hessian.multiply(point, vector, between);
        if (product) meter.derived(work, (performance.now() - start) / 1000);
        return product;
      });
      if (spectrum === null) return null;
      pending = { iteration, spectrum };
      const [largest, smallest] = [spectrum.largest[0]!.value, spectrum.smallest.value];
      return { largest: finite(largest), norm: finite(Math.max(Math.abs(largest), Math.abs(smallest))) };
    },
    align(gradient, iteration) {
      if (pending?.iteration !== iteration) return [];
      const squared = dot(gradient, gradient);
      const { spectrum } = pending;
      pending = null;
      return records(spectrum, iteration, ({ vector }) => dot(gradient, vector) ** 2 / squared);
    },
    rest() {
      if (pending === null) return [];
      const { spectrum, iteration } = pending;
      pending = null;
      return records(spectrum, iteration, () => NaN);
    },
    dispose: () => hessian.dispose(),
  };

  function spectrumBy(
    { method, eigenvalues, iterations }: CurvatureProbe,
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
    { largest, smallest }: Spectrum,
    iteration: number,
    alignment: (pair: Eigenpair) => number,
  ): CurvatureRecord[] {
    return [smallest, ...largest].map((pair, index) => ({
      iteration,
      epoch: iteration / perEpoch,
      rank: index === 0 ? smallestRank : index,
      eigenvalue: finite(pair.value),
      residual: finite(pair.residual),
      alignment: finite(alignment(pair)),
    }));
  }
}
