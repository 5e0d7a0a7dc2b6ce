import { describe, expect, it } from 'vitest';
import { scaleBatches } from '../../../shared/cost.ts';
import { mlp } from '../models/mlp.ts';
import { generatorFor, generatorFrom } from '../random/generator.ts';
import { shuffled } from '../random/shuffle.ts';
import { syntheticData, syntheticExamples } from '../testing/examples.ts';
import { referenceBackend } from '../testing/reference-backend.ts';
import { smallExperiment, walked } from '../testing/walks.ts';
import { addNoise, measureDeviation } from './noise.ts';

describe('isotropic noise', () => {
  it('has the stated standard deviation and mean 0 in every component', () => {
    const [deviation, draws, components] = [0.3, 500, 60];
    const generator = generatorFor(5, 'noise');
    const sums = new Float64Array(components);
    const squares = new Float64Array(components);
    let products = 0;
    for (let draw = 0; draw < draws; draw++) {
      // an offset stands for the gradient
      const gradient = new Float32Array(components).fill(2);
      addNoise(gradient, deviation, generator);
      gradient.forEach((value, index) => {
        sums[index]! += value - 2;
        squares[index]! += (value - 2) ** 2;
      });
      products += (gradient[0]! - 2) * (gradient[1]! - 2);
    }
    // Σx²/σ² is χ² with 500 degrees of freedom: mean 500, deviation √1000; five deviations for 60 components at once
    for (const each of squares) expect(Math.abs(each / deviation ** 2 - draws)).toBeLessThan(5 * Math.sqrt(2 * draws));
    for (const each of sums) expect(Math.abs(each / draws)).toBeLessThan((5 * deviation) / Math.sqrt(draws));
    const all = squares.reduce((a, b) => a + b) / (draws * components);
    expect(Math.abs(Math.sqrt(all) / deviation - 1)).toBeLessThan(5 / Math.sqrt(2 * draws * components));
    expect(Math.abs(products / draws)).toBeLessThan((5 * deviation ** 2) / Math.sqrt(draws));
  });

  it('goes on from the state of its generator', () => {
    const generator = generatorFor(5, 'noise');
    addNoise(new Float32Array(7), 1, generator);
    const copy = generatorFrom(generator.state());
    const [a, b] = [new Float32Array(7), new Float32Array(7)];
    addNoise(a, 1, generator);
    addNoise(b, 1, copy);
    expect(a).toEqual(b);
  });
});

describe('the scale of the noise', () => {
  it('is measured on batches of 100, or on halves of a smaller set', () => {
    expect([45_000, 250, 199, 60, 3, 1].map((train) => scaleBatches(train))).toEqual([
      { size: 100, count: 450 },
      { size: 100, count: 2 },
      { size: 99, count: 2 },
      { size: 30, count: 2 },
      { size: 1, count: 3 },
      { size: 1, count: 1 },
    ]);
  });

  it('is √(0.02 · max of b · variance of the micro-batch gradients), worked out by hand for linear softmax', async () => {
    const examples = syntheticExamples(330, 4, 3);
    const model = mlp({ features: 4, hidden: [], classes: 3 });
    const parameters = model.initialise(generatorFor(1, 'initialisation'));
    const worked: number[] = [];
    const found = await measureDeviation(
      { parameters, statistics: new Float32Array() },
      {
        backend: referenceBackend,
        model,
        examples,
        generator: generatorFor(1, 'noise scale'),
        worked: (count) => worked.push(count),
        stopped: () => false,
      },
    );
    // gradient of one example: (softmax − one-hot) ⊗ (x, 1)
    const order = shuffled(330, generatorFor(1, 'noise scale'));
    const batches = [0, 1, 2].map((batch) => {
      const gradient = new Array<number>(15).fill(0);
      for (const row of order.slice(batch * 100, batch * 100 + 100)) {
        const x = examples.images.subarray(row * 4, row * 4 + 4);
        const logits = [0, 1, 2].map((c) =>
          x.reduce((sum, v, i) => sum + v * parameters[c * 4 + i]!, parameters[12 + c]!),
        );
        const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
        logits.forEach((logit, c) => {
          const slope = (Math.exp(logit) / total - Number(examples.labels[row] === c)) / 100;
          x.forEach((v, i) => (gradient[c * 4 + i]! += slope * v));
          gradient[12 + c]! += slope;
        });
      }
      return gradient;
    });
    const variances = batches[0]!.map((_, index) => {
      const values = batches.map((gradient) => gradient[index]!);
      const mean = values.reduce((a, b) => a + b) / 3;
      return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2;
    });
    const expected = Math.sqrt(0.02 * 100 * Math.max(...variances));
    expect(Math.abs(found! / expected - 1)).toBeLessThan(1e-5);
    expect(worked).toEqual([100, 100, 100]);
  });
});

describe('a walk with isotropic noise', () => {
  const experiment = (optimizer: object) =>
    smallExperiment({ hidden: [40], optimizer, length: { epochs: 4 }, seed: 3, data: { train: 60, validation: 20 } });

  it('is gradient descent where the noise is 0', async () => {
    const still = await walked(experiment({ kind: 'gd-isotropic-noise', noiseDeviation: 0 }));
    const plain = await walked(experiment({ kind: 'gd' }));
    expect(still.iterations.map((each) => ({ ...each, noise_deviation: null }))).toEqual(plain.iterations);
    expect(still.iterations.every((each) => each.noise_deviation === 0)).toBe(true);
  });

  it('adds noise of the told scale to the gradient that it steps along', async () => {
    const noisy = await walked(experiment({ kind: 'gd-isotropic-noise', noiseDeviation: 0.5 }));
    const plain = await walked(experiment({ kind: 'gd' }));
    const parameters = 6 * 40 + 40 + 40 * 3 + 3;
    // ‖g + noise‖² ≈ ‖g‖² + P σ², within five deviations of χ² and of the product with g
    const [first, still] = [noisy.iterations[0]!.gradient_norm! ** 2, plain.iterations[0]!.gradient_norm! ** 2];
    const slack = 5 * Math.sqrt(2 * parameters) * 0.25 + 10 * 0.5 * Math.sqrt(still);
    expect(Math.abs(first - still - parameters * 0.25)).toBeLessThan(slack);
    expect(noisy.iterations.map((each) => each.noise_deviation)).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(noisy.iterations[0]!.batch_loss).toBe(plain.iterations[0]!.batch_loss);
  });

  it('measures its scale once and tells it with every iteration; the same for the same seed', async () => {
    const settings = experiment({ kind: 'gd-isotropic-noise' });
    const found = await walked(settings);
    const [scale] = found.iterations.map((each) => each.noise_deviation);
    expect(scale).toBeGreaterThan(0);
    expect(new Set(found.iterations.map((each) => each.noise_deviation)).size).toBe(1);
    expect(found.progress).toBe(1);
    expect(await walked(settings)).toEqual(found);
  });

  it('stops while it measures', async () => {
    let ticks = 0;
    const found = await walked(experiment({ kind: 'gd-isotropic-noise' }), {
      tick: () => void ticks++,
      stopped: () => ticks >= 3,
      data: syntheticData(60, 20),
    });
    expect(found.status).toBe('stopped');
    expect(found.iterations).toEqual([]);
  });
});
