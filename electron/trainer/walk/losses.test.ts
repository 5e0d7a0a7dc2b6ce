/** Walks on other losses than cross-entropy, beside closed forms of a linear network in float64. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { modelFor } from '../../../shared/networks/index.ts';
import { generatorFor } from '../random/generator.ts';
import { syntheticData } from '../testing/examples.ts';
import { smallExperiment, walked } from '../testing/walks.ts';

const [features, classes, count] = [6, 3, 60];
const image = { channels: 1, height: 1, width: features };
const data = syntheticData(count, 20, features, classes, image);
/** Images with a 1 behind each, [count, features + 1]. */
const inputs = new Matrix(
  Array.from({ length: count }, (_, row) => [...data.train.images.subarray(row * features, (row + 1) * features), 1]),
);
const oneHot = Matrix.zeros(count, classes);
for (let row = 0; row < count; row++) oneHot.set(row, data.train.targets[row]!, 1);
/** The Hessian of the mean squared error by one class's weights and bias, XᵀX/n; by all of them it is this one for each class. */
const curvature = inputs.transpose().mmul(inputs).div(count);
const sharpness = Math.max(...new EigenvalueDecomposition(curvature).realEigenvalues);

const linear = (learningRate: number, iterations: number, change: object = {}) =>
  smallExperiment({
    hidden: [],
    loss: { kind: 'squared-error' },
    optimizer: { kind: 'gd', learningRate },
    length: { iterations },
    ...change,
  });

describe('squared error', () => {
  it('of a linear network is least squares: losses, steps and curvature', async () => {
    const rate = 0.3;
    const experiment = linear(rate, 5, {
      interpolation: { windows: [{ firstIterations: 5 }] },
      hessian: { examples: count, every: { iterations: 2 } },
    });
    const report = await walked(experiment, { data });
    const flat = modelFor(experiment.model, { ...image, classes }).initialise(generatorFor(1, 'initialisation'));
    // weight [classes, features] before bias [classes], as [features + 1, classes]
    let weights = new Matrix(
      Array.from({ length: features + 1 }, (_, row) =>
        Array.from({ length: classes }, (__, column) =>
          row < features ? flat[column * features + row]! : flat[classes * features + column]!,
        ),
      ),
    );
    const away = (): Matrix => Matrix.sub(inputs.mmul(weights), oneHot);
    for (const record of report.iterations) {
      const loss = (0.5 * away().norm('frobenius') ** 2) / count;
      expect(record.batch_loss! / loss).toBeCloseTo(1, 5);
      expect(record.loss_before! / loss).toBeCloseTo(1, 5);
      const gradient = inputs.transpose().mmul(away()).div(count);
      expect(record.gradient_norm! / gradient.norm('frobenius')).toBeCloseTo(1, 5);
      weights = Matrix.sub(weights, Matrix.mul(gradient, rate));
    }
    expect(report.curvature.length).toBeGreaterThan(0);
    for (const { eigenvalue, rank } of report.curvature)
      if (rank === 1) expect(eigenvalue! / sharpness).toBeCloseTo(1, 5);
  });

  it('goes down along the valley below a learning rate of 2/sharpness, and up its walls above it', async () => {
    const ends = async (times: number) => {
      const { epochs } = await walked(linear((times * 2) / sharpness, 40), { data });
      return epochs.at(-1)!.train_loss! / epochs[0]!.train_loss!;
    };
    expect(await ends(0.98)).toBeLessThan(1);
    expect(await ends(1.1)).toBeGreaterThan(1);
  });

  it('has the accuracy of the greatest output', async () => {
    const { epochs } = await walked(linear(0.3, 30), { data });
    expect(epochs.at(-1)!.train_accuracy).toBeGreaterThan(epochs[0]!.train_accuracy!);
  });
});

describe('label smoothing', () => {
  it('mixes the losses of the label and of all classes', async () => {
    const loss = async (labelSmoothing: number) => {
      const experiment = linear(0.1, 1, { loss: { labelSmoothing } });
      return (await walked(experiment, { data })).iterations[0]!.batch_loss!;
    };
    // linear in ε: (1 − ε) · ℓ(label) + ε · mean over classes
    const [none, half, most] = [await loss(0), await loss(0.4), await loss(0.8)];
    expect(half).toBeCloseTo((none + most) / 2, 6);
    expect(most).not.toBeCloseTo(none, 3);
  });
});
