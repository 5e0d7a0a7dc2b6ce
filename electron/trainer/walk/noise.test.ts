import { describe, expect, it } from 'vitest';
import { scaleBatches } from '../../../shared/cost.ts';
import { usualLoss } from '../../../shared/losses/index.ts';
import { mlp } from '../../../shared/networks/mlp.ts';
import { generatorFor, generatorFrom } from '../random/generator.ts';
import { parameterTotal } from '../../../shared/networks/parameters.ts';
import { shuffled } from '../random/shuffle.ts';
import { syntheticData, syntheticExamples } from '../testing/examples.ts';
import { referenceBackend } from '../testing/reference-backend.ts';
import { smallExperiment, walked } from '../testing/walks.ts';
import { onHost } from '../backends/backend.ts';
import type { Backend } from '../backends/backend.ts';
import { addNoise, componentVariances, measureDeviation } from './noise.ts';
import { decodeState } from './state.ts';

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

/** A backend whose gradients are independent normal numbers with mean 1. @param variance of each component, in the model's order */
function drawingBackend(variance: (component: number) => number, seed: number): Backend {
  let state = seed;
  const uniform = (): number => ((state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) + 0.5) / 2 ** 32;
  return {
    ...referenceBackend,
    compile: () =>
      Promise.resolve({
        run(_, into = {}) {
          let component = 0;
          for (const [name, place] of Object.entries(into)) {
            const values = onHost(name, place);
            for (let index = 0; index < values.length; index++) {
              const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
              values[index] = 1 + Math.sqrt(variance(component++)) * normal;
            }
          }
          return Promise.resolve({ loss: Float32Array.of(1) });
        },
        dispose: () => Promise.resolve(),
      }),
  };
}

describe('the scale of the noise', () => {
  it('is measured on batches of 100, or on thirty of a smaller set, two examples each for batch norm', () => {
    expect([45_000, 3000, 2999, 60, 30, 4, 3, 1].map((train) => scaleBatches(train, false))).toEqual([
      { size: 100, count: 450 },
      { size: 100, count: 30 },
      { size: 99, count: 30 },
      { size: 2, count: 30 },
      { size: 1, count: 30 },
      { size: 1, count: 4 },
      null,
      null,
    ]);
    expect([90, 31, 8, 7].map((train) => scaleBatches(train, true))).toEqual([
      { size: 3, count: 30 },
      { size: 2, count: 15 },
      { size: 2, count: 4 },
      null,
    ]);
  });

  it('is √(0.02 · b · variance of the micro-batch gradients) of the component chosen in the other half, by hand for linear softmax', async () => {
    const examples = syntheticExamples(132, 4, 3);
    const model = mlp({ features: 4, hidden: [], outputs: 3 });
    const parameters = model.initialise(generatorFor(1, 'initialisation'));
    const worked: number[] = [];
    const found = await measureDeviation(
      { parameters, statistics: new Float32Array() },
      {
        backend: referenceBackend,
        model,
        loss: usualLoss,
        examples,
        generator: generatorFor(1, 'noise scale'),
        worked: (count) => worked.push(count),
        stopped: () => false,
      },
    );
    // gradient of one example: (softmax − one-hot) ⊗ (x, 1)
    const order = shuffled(132, generatorFor(1, 'noise scale'));
    const batches = Array.from({ length: 33 }, (_, batch) => {
      const gradient = new Array<number>(15).fill(0);
      for (const row of order.slice(batch * 4, batch * 4 + 4)) {
        const x = examples.images.subarray(row * 4, row * 4 + 4);
        const logits = [0, 1, 2].map((c) =>
          x.reduce((sum, v, i) => sum + v * parameters[c * 4 + i]!, parameters[12 + c]!),
        );
        const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
        logits.forEach((logit, c) => {
          const slope = (Math.exp(logit) / total - Number(examples.targets[row] === c)) / 4;
          x.forEach((v, i) => (gradient[c * 4 + i]! += slope * v));
          gradient[12 + c]! += slope;
        });
      }
      return gradient;
    });
    const squares = [batches.slice(0, 17), batches.slice(17)].map((half) =>
      half[0]!.map((_, index) => {
        const values = half.map((gradient) => gradient[index]!);
        const mean = values.reduce((a, b) => a + b) / values.length;
        return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      }),
    ) as [number[], number[]];
    const [one, other] = squares.map((each) => each.indexOf(Math.max(...each))) as [number, number];
    const expected = Math.sqrt((0.02 * 4 * (squares[0][other]! + squares[1][one]!)) / 31);
    expect(Math.abs(found! / expected - 1)).toBeLessThan(1e-5);
    expect(worked).toEqual(batches.map(() => 4));
  });

  it.each<[string, (component: number) => number, number, number]>([
    ['are all the same', () => 1, 0.93, 1.07],
    ['one is ten times the others', (component) => (component === 77 ? 1 : 0.1), 0.93, 1.07],
    ['lie evenly between nothing and the greatest', (component) => (component + 1) / 11_110, 0.75, 1],
    ['fall off as a power', (component) => 1 / Math.sqrt(component + 1), 0.8, 1.05],
  ])('is not too large because there are many components, where their variances %s', async (_, of, least, most) => {
    // 60 micro-batches of 100, of 11,110 components whose variances over single examples are known
    const model = mlp({ features: 100, hidden: [100], outputs: 10 });
    const examples = syntheticExamples(6000, 100, 10);
    const found: number[] = [];
    for (let seed = 1; seed <= 12; seed++) {
      const deviation = await measureDeviation(
        { parameters: model.initialise(generatorFor(1, 'initialisation')), statistics: new Float32Array() },
        {
          backend: drawingBackend((component) => of(component) / 100, seed),
          model,
          loss: usualLoss,
          examples,
          generator: generatorFor(seed, 'noise scale'),
          worked: () => undefined,
          stopped: () => false,
        },
      );
      found.push(deviation! ** 2 / 0.02);
    }
    const mean = found.reduce((a, b) => a + b) / found.length;
    // about 0.19 from one to the next, so that four standard errors of the mean of twelve are 0.22
    expect(mean).toBeGreaterThan(least - 0.22);
    expect(mean).toBeLessThan(most + 0.22);
  });

  it('needs four micro-batches, and is no silent 0 without', async () => {
    const model = mlp({ features: 4, hidden: [], outputs: 3 });
    const options = {
      backend: referenceBackend,
      model,
      loss: usualLoss,
      examples: syntheticExamples(3, 4, 3),
      generator: generatorFor(1, 'noise scale'),
      worked: () => undefined,
      stopped: () => false,
    };
    const parameters = model.initialise(generatorFor(1, 'initialisation'));
    await expect(measureDeviation({ parameters, statistics: new Float32Array() }, options)).rejects.toThrow(
      /3 training examples are too few .* optimizer\.noiseDeviation/,
    );
    expect(() => componentVariances(2, 3)).toThrow('two halves');
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

  it('goes on with the deviation that a checkpoint holds, whatever it would measure now', async () => {
    const settings = experiment({ kind: 'gd-isotropic-noise' });
    const states: Uint8Array[] = [];
    await walked(settings, {
      stopped: ({ iterations }) => iterations.length >= 2,
      checkpoint: (state) => states.push(state),
    });
    const model = mlp({ features: 6, hidden: [40], outputs: 3 });
    const state = decodeState(states[0]!, { parameters: parameterTotal(model.parameters), statistics: 0 });
    const old = { ...state, scalars: { ...state.scalars, noiseDeviation: 0.123 } };
    const rest = await walked(settings, { resume: old });
    expect(rest.iterations.map((each) => each.noise_deviation)).toEqual([0.123, 0.123]);
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
