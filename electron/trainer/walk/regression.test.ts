/** Walks on targets that are real numbers, against closed forms and float64. */
import { describe, expect, it } from 'vitest';
import { modelFor } from '../../../shared/networks/index.ts';
import { mlp } from '../../../shared/networks/mlp.ts';
import { parameterTotal } from '../../../shared/networks/parameters.ts';
import { onnxCpu } from '../backends/onnx/onnx.ts';
import { generatorFor, generatorFrom } from '../random/generator.ts';
import {
  greatestEigenvalue,
  linearHessian,
  linearTruth,
  regressionData,
  regressionExamples,
  tanhTruth,
} from '../testing/regression.ts';
import { referenceBackend } from '../testing/reference-backend.ts';
import { smallExperiment, walked } from '../testing/walks.ts';
import { segmentEvaluator } from './evaluator.ts';
import { decodeState } from './state.ts';
import { dataShapeOf, lossFor } from './targets.ts';

const data = regressionData(60, 20);
const image = data.train.shape;
const squared = { loss: { kind: 'squared-error' } };
const relative = (found: number | null, truth: number): number => Math.abs(found! - truth) / Math.abs(truth);

describe('a linear network', () => {
  const rate = 0.1;
  const experiment = smallExperiment({
    ...squared,
    hidden: [],
    length: { iterations: 12 },
    optimizer: { kind: 'gd', learningRate: rate },
    interpolation: { points: 5, windows: [{ firstIterations: 12 }] },
    hessian: { method: 'lanczos', examples: 60, eigenvalues: 1, iterations: 12 },
  });
  /** The points of the walk in float64. */
  const points = (): number[][] => {
    const model = modelFor(experiment.model, dataShapeOf(data.train));
    const walk = [[...model.initialise(generatorFor(experiment.seed, 'initialisation'))]];
    for (let step = 0; step < 12; step++) {
      const at = walk.at(-1)!;
      const { gradient } = linearTruth(at, data.train);
      walk.push(at.map((value, index) => value - rate * gradient[index]!));
    }
    return walk;
  };

  it('walks as its closed form does: losses, gradient norms, slices that are parabolas, largest eigenvalue', async () => {
    const report = await walked(experiment, { data, image });
    expect(report.status).toBe('finished');
    const walk = points();
    for (const { iteration, batch_loss, gradient_norm } of report.iterations) {
      const { loss, gradient } = linearTruth(walk[iteration]!, data.train);
      expect(relative(batch_loss, loss)).toBeLessThan(1e-6);
      expect(relative(gradient_norm, Math.hypot(...gradient))).toBeLessThan(1e-5);
    }
    for (const { iteration, alpha, loss, accuracy } of report.slices) {
      const [from, to] = [walk[iteration]!, walk[iteration + 1]!];
      // L(θ + α·d) = L + α·⟨g, d⟩ + α²/2·⟨d, H d⟩, and the curvature from three losses
      const [a, b] = [linearTruth(from, data.train), linearTruth(to, data.train)];
      const slope = a.gradient.reduce((sum, g, index) => sum + g * (to[index]! - from[index]!), 0);
      const parabola = a.loss + alpha * slope + alpha ** 2 * (b.loss - a.loss - slope);
      expect(relative(loss, parabola)).toBeLessThan(1e-6);
      expect(accuracy).toBeNull();
    }
    expect(report.slices).toHaveLength(72);
    const greatest = greatestEigenvalue(linearHessian(data.train));
    const eigenvalues = report.epochs.map(({ lambda_max }) => lambda_max).filter((value) => value !== null);
    expect(eigenvalues.length).toBeGreaterThan(1);
    for (const value of eigenvalues) expect(relative(value, greatest)).toBeLessThan(1e-5);
  });

  it('tells R² and RMSE in the targets’ own units, and no accuracy', async () => {
    const report = await walked(experiment, { data, image });
    const { train_rmse, train_r_squared, validation_rmse, validation_r_squared, ...epoch } = report.epochs.at(-1)!;
    expect(epoch).toMatchObject({ train_accuracy: null, validation_accuracy: null });
    for (const [examples, rmse, r2] of [
      [data.train, train_rmse, train_r_squared],
      [data.validation, validation_rmse, validation_r_squared],
    ] as const) {
      const { outputs } = linearTruth(points().at(-1)!, examples);
      const columns = [0, 1].map((column) => {
        const pick = (values: ArrayLike<number>): number[] => Array.from(values).filter((_, at) => at % 2 === column);
        const [found, asked] = [pick(outputs), pick(examples.targets)];
        const mean = asked.reduce((sum, value) => sum + value, 0) / asked.length;
        const away = asked.reduce((sum, value, at) => sum + (value - found[at]!) ** 2, 0);
        const spread = asked.reduce((sum, value) => sum + (value - mean) ** 2, 0);
        return { rmse: (2 + column) * Math.sqrt(away / asked.length), r2: 1 - away / spread };
      });
      expect(relative(rmse, (columns[0]!.rmse + columns[1]!.rmse) / 2)).toBeLessThan(1e-5);
      expect(r2).toBeCloseTo((columns[0]!.r2 + columns[1]!.r2) / 2, 5);
    }
  });
});

it('an MLP walks as it does in float64', async () => {
  const experiment = smallExperiment({
    ...squared,
    model: { hidden: [7], activation: 'tanh' },
    length: { iterations: 20 },
    optimizer: { kind: 'gd', learningRate: 0.2, microBatch: 20 },
    interpolation: { points: 4, windows: [{ firstIterations: 20 }] },
  });
  const report = await walked(experiment, { data, image });
  const model = modelFor(experiment.model, dataShapeOf(data.train));
  let at = [...model.initialise(generatorFor(experiment.seed, 'initialisation'))];
  for (const { iteration, batch_loss, gradient_norm } of report.iterations) {
    const { loss, gradient } = tanhTruth(at, data.train, 7);
    expect(relative(batch_loss, loss)).toBeLessThan(1e-5);
    expect(relative(gradient_norm, Math.hypot(...gradient))).toBeLessThan(1e-4);
    const next = at.map((value, index) => value - 0.2 * gradient[index]!);
    for (const { alpha, loss: found } of report.slices.filter((slice) => slice.iteration === iteration)) {
      const between = at.map((value, index) => (1 - alpha) * value + alpha * next[index]!);
      expect(relative(found, tanhTruth(between, data.train, 7).loss)).toBeLessThan(1e-5);
    }
    at = next;
  }
});

it('a stopped walk resumes bit for bit, batches drawn, slices on a subset', async () => {
  const experiment = smallExperiment({
    ...squared,
    length: { epochs: 3 },
    optimizer: { learningRate: 0.05, momentum: 0.9, batchSize: 15 },
    interpolation: { points: 3, evaluateOn: { subset: 24 }, windows: [{ firstIterations: 9 }] },
  });
  const states: Uint8Array[] = [];
  const whole = await walked(experiment, { data, image, due: () => true, checkpoint: (bytes) => states.push(bytes) });
  const model = modelFor(experiment.model, dataShapeOf(data.train));
  const sizes = { parameters: parameterTotal(model.parameters), statistics: parameterTotal(model.statistics) };
  expect(states.length).toBeGreaterThan(3);
  for (const bytes of states) {
    const state = decodeState(bytes, sizes);
    const rest = await walked(experiment, { data, image, resume: state });
    expect(rest.iterations).toEqual(whole.iterations.slice(state.scalars.done));
    expect(rest.epochs).toEqual(whole.epochs.filter(({ epoch }) => epoch > state.scalars.epoch));
  }
});

it('a CNN with batch norm walks on images with real targets as the float64 reference does', async () => {
  const shape = { channels: 1, height: 8, width: 8 };
  const flat = regressionData(24, 8, 64);
  const images = {
    ...flat,
    train: { ...flat.train, shape, black: [-0.5] },
    validation: { ...flat.validation, shape, black: [-0.5] },
  };
  const experiment = smallExperiment({
    ...squared,
    data: { train: 24, validation: 8, augment: true },
    model: { architecture: 'cnn', batchNorm: true },
    length: { iterations: 3 },
    optimizer: { learningRate: 0.02, batchSize: 8 },
    interpolation: { points: 3, windows: [{ firstIterations: 3 }] },
  });
  const here = await walked(experiment, { data: images, image: shape });
  const there = await walked(experiment, { data: images, image: shape, backend: referenceBackend });
  expect(here.status).toBe('finished');
  here.slices.forEach(({ loss }, index) => expect(relative(loss, there.slices[index]!.loss!)).toBeLessThan(1e-4));
  here.iterations.forEach(({ gradient_norm }, index) =>
    expect(relative(gradient_norm, there.iterations[index]!.gradient_norm!)).toBeLessThan(1e-3),
  );
});

it('how near outputs are is told at single points where that is asked for, and not between them', async () => {
  const backend = onnxCpu(1);
  const examples = regressionExamples(60, 5, 2);
  const model = mlp({ features: 5, hidden: [6], outputs: 2 });
  const loss = lossFor({ kind: 'squared-error' }, examples);
  const point = { parameters: model.initialise(generatorFrom([1, 2, 3, 4])), statistics: new Float32Array(0) };
  for (const fits of [true, false]) {
    const segments = await segmentEvaluator({ backend, model, loss, examples, population: 60, fits });
    await segments.measure(point);
    expect((await segments.measure(point)).fit !== null).toBe(fits);
    expect((await segments.between(0.5, point)).fit).toBeNull();
    await segments.dispose();
  }
});
