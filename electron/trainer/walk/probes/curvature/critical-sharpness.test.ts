import { describe, expect, it } from 'vitest';
import { usualLoss } from '../../../../../shared/losses/index.ts';
import { mlp } from '../../../../../shared/networks/mlp.ts';
import type { Model } from '../../../../../shared/networks/model.ts';
import { onnxCpu } from '../../../backends/onnx/onnx.ts';
import { generatorFor } from '../../../random/generator.ts';
import { exactCurvature, exactly } from '../../../testing/exactly.ts';
import { syntheticExamples } from '../../../testing/examples.ts';
import { smallExperiment, walked } from '../../../testing/walks.ts';
import { pointEvaluator } from '../../evaluator.ts';
import type { Evaluator } from '../../evaluator.ts';
import { hessianProduct } from '../../hessian.ts';
import { emptyPoint } from '../../point.ts';
import type { HostPoint } from '../../point.ts';
import { openSlope } from '../../slope.ts';
import { measureSharpness } from './critical-sharpness.ts';
import type { SharpnessTools } from './critical-sharpness.ts';

const generator = () => generatorFor(3, 'critical sharpness 0');

/** Critical sharpness in float64: the first of rates, 400 to a guess, that raises the loss, refined by halving. */
function exactSharpness(at: ReturnType<typeof exactly>, point: HostPoint, guess: number): number {
  const { loss, gradient } = at(point, examples);
  const raises = (rate: number): boolean => {
    const parameters = Float64Array.from(point.parameters, (value, index) => value - rate * gradient[index]!);
    return at({ ...point, parameters }, examples).loss > loss;
  };
  let [below, above] = [0, 0];
  for (let step = 1; above === 0; step++) {
    const rate = (step / 400) * guess;
    if (raises(rate)) above = rate;
    else below = rate;
  }
  for (let halving = 0; halving < 40; halving++) {
    const middle = (below + above) / 2;
    if (raises(middle)) above = middle;
    else below = middle;
  }
  return 2 / below;
}

const examples = syntheticExamples(60, 6, 3);
const networks: [string, Model, number][] = [
  ['linear softmax', mlp({ features: 6, hidden: [], outputs: 3 }), 1],
  ['tanh', mlp({ features: 6, hidden: [8], outputs: 3, activation: 'tanh' }), 1],
  ['ReLU', mlp({ features: 6, hidden: [10, 8], outputs: 3 }), 1],
  ['ReLU, twice as large', mlp({ features: 6, hidden: [10, 8], outputs: 3 }), 2],
];

async function toolsFor(model: Model): Promise<SharpnessTools & { evaluator: Evaluator }> {
  const backend = onnxCpu(1);
  const loss = usualLoss;
  return {
    slope: await openSlope(backend, model, loss, examples, 25),
    hessian: await hessianProduct(backend, model, loss, examples, 25),
    evaluator: await pointEvaluator({ backend, model, loss, examples, population: examples.count }),
    generator: generator(),
  };
}

describe.each(networks)('critical sharpness of %s', (_, model, factor) => {
  const initial = model.initialise(generatorFor(2, 'initialisation'));
  const point: HostPoint = { ...emptyPoint(model), parameters: initial.map((value) => factor * value) };

  it('is that of a fine grid in float64, and the curvature along the gradient that of central differences, within their errors', async () => {
    const tools = await toolsFor(model);
    const measured = (await measureSharpness(point, tools, () => false))!;
    const { critical_sharpness: critical, critical_sharpness_error: error } = measured;
    const at = exactly(model);
    expect(Math.abs(critical! - exactSharpness(at, point, 2 / critical!))).toBeLessThan(error!);
    expect(error! / critical!).toBeLessThan(0.012);
    const curvature = exactCurvature(at, point, examples);
    // central differences are exact to some 10⁻⁸ of it where no kink lies between
    expect(Math.abs(measured.gradient_sharpness! - curvature)).toBeLessThan(
      measured.gradient_sharpness_error! + 1e-5 * Math.abs(curvature),
    );
    expect(measured.gradient_sharpness_error!).toBeLessThan(1e-3 * Math.abs(curvature));
  });
});

describe('on a quadratic', () => {
  /** ½ Σ h_i (θ_i − 1)² + offset as what is measured, its losses rounded to float32. */
  function quadratic(
    bends: readonly number[],
    offset: number,
    noiseAt: (parameters: Float32Array) => number = () => 0,
  ): { tools: SharpnessTools; evaluations: () => number } {
    let count = 0;
    const lossAt = (parameters: Float32Array): number =>
      offset + bends.reduce((sum, bend, index) => sum + (bend * (parameters[index]! - 1) ** 2) / 2, 0);
    return {
      evaluations: () => count,
      tools: {
        generator: generator(),
        slope: {
          gradient: ({ parameters }) =>
            Promise.resolve(Float64Array.from(bends, (bend, index) => bend * (parameters[index]! - 1))),
        },
        hessian: {
          multiply: (_, vector) => Promise.resolve(Float64Array.from(bends, (bend, index) => bend * vector[index]!)),
        },
        evaluator: {
          measure({ parameters }) {
            count++;
            const at = parameters as Float32Array;
            const losses = Float32Array.of(lossAt(at) + noiseAt(at));
            return Promise.resolve({
              loss: losses[0]!,
              accuracy: null,
              fit: null,
              standardError: null,
              losses,
              logitSize: 0,
            });
          },
        },
      },
    };
  }
  /** Noise in ±1 that the last places decide. */
  const hashed = (values: Float32Array): number =>
    new Uint32Array(values.buffer).reduce((hash, bits) => Math.imul(hash ^ bits, 0x9e3779b1) ^ (hash >>> 15), 7) /
    2 ** 31;
  const point: HostPoint = { parameters: Float32Array.of(3, -1, 0.5), statistics: new Float32Array() };
  const bends = [8, 2, -0.5];
  const gradient = [16, -4, 0.25];
  const squared = gradient.reduce((sum, value) => sum + value ** 2, 0);
  const closed = bends.reduce((sum, bend, index) => sum + bend * gradient[index]! ** 2, 0) / squared;

  it('both are gᵀHg/‖g‖², the closed form', async () => {
    const { tools, evaluations } = quadratic(bends, 0);
    const measured = (await measureSharpness(point, tools, () => false))!;
    expect(measured.gradient_sharpness).toBeCloseTo(closed, 5);
    expect(Math.abs(measured.critical_sharpness! - closed)).toBeLessThan(measured.critical_sharpness_error!);
    expect(Math.abs(measured.critical_sharpness! / closed - 1)).toBeLessThan(1e-3);
    // the search's, and 32 draws of a single example's rounding at both ends
    expect(evaluations()).toBeLessThanOrEqual(13 + 31 + 32);
  });

  it('grows its error with rounding, and is not told where that hides the fall', async () => {
    const errors: (number | null)[] = [];
    for (const offset of [0, 1e5, 1e6, 1e10]) {
      const measured = (await measureSharpness(point, quadratic(bends, offset).tools, () => false))!;
      errors.push(measured.critical_sharpness_error);
      if (measured.critical_sharpness !== null)
        expect(Math.abs(measured.critical_sharpness - closed)).toBeLessThan(measured.critical_sharpness_error!);
      expect(measured.gradient_sharpness).toBeCloseTo(closed, 5);
    }
    expect(errors[2]).toBeGreaterThan(2 * errors[0]!);
    expect(errors[3]).toBeNull();
  });

  it('holds the rounding of where the loss rises, where that is the greater', async () => {
    const errors: number[] = [];
    for (const size of [0, 0.3, 1]) {
      // beyond half of the way to the crossing alone
      const far = (values: Float32Array) => (values[0]! < 1 ? size * hashed(values) : 0);
      const measured = (await measureSharpness(point, quadratic(bends, 0, far).tools, () => false))!;
      const { critical_sharpness: critical, critical_sharpness_error: error } = measured;
      expect(Math.abs(critical! - closed)).toBeLessThan(error!);
      errors.push(error!);
    }
    // the loss rises by ‖g‖²·(η − η_c) there: 9 times a scale of some 0.6·size is hidden on both sides
    expect(errors[1]).toBeGreaterThan(1.5 * errors[0]!);
    expect(errors[2]).toBeGreaterThan(1.5 * errors[1]!);
    const hidden = (values: Float32Array) => (values[0]! < 1 ? 50 * hashed(values) : 0);
    expect(
      (await measureSharpness(point, quadratic(bends, 0, hidden).tools, () => false))!.critical_sharpness,
    ).toBeNull();
  });

  it.each([0.05, 0.5, 1])(
    'searches again where a search that took most of what it may ends among noise of %d',
    async (size) => {
      // a product two hundred times too large has it begin as far below: some twenty rates until the loss rises
      const { tools, evaluations } = quadratic(bends, 0, (values) => (values[0]! < 1 ? size * hashed(values) : 0));
      const hessian: SharpnessTools['hessian'] = {
        multiply: async (...asked) => (await tools.hessian.multiply(...asked))!.map((value) => 200 * value),
      };
      const measured = (await measureSharpness(point, { ...tools, hessian }, () => false))!;
      expect(measured.critical_sharpness).not.toBeNull();
      expect(Math.abs(measured.critical_sharpness! - closed)).toBeLessThan(measured.critical_sharpness_error!);
      // at most 40, and 32 draws where one is counted, at the point and where a search ends
      expect(evaluations()).toBeLessThanOrEqual(40 + 4 * 31);
    },
  );

  it('moves the last places of running statistics too when roundings are drawn', async () => {
    const { tools } = quadratic(bends, 0);
    const seen = new Set<string>();
    const statistics = Float32Array.of(0.1, 0.2, 0.3, 0.4);
    const evaluator: SharpnessTools['evaluator'] = {
      measure(at) {
        seen.add([...at.statistics].join());
        return tools.evaluator.measure(at);
      },
    };
    await measureSharpness({ ...point, statistics }, { ...tools, evaluator }, () => false);
    expect(seen.size).toBeGreaterThan(10);
    expect([...statistics]).toEqual([...Float32Array.of(0.1, 0.2, 0.3, 0.4)]);
  });

  it('has none where the loss only falls, nor where there is no gradient', async () => {
    const falling = (await measureSharpness(point, quadratic([-1, -2, -3], 0).tools, () => false))!;
    expect(falling.critical_sharpness).toBeNull();
    expect(falling.gradient_sharpness).toBeLessThan(-1);
    const still = { ...point, parameters: Float32Array.of(1, 1, 1) };
    expect(Object.values((await measureSharpness(still, quadratic(bends, 1).tools, () => false))!)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it('gives up when stopped, wherever that is', async () => {
    for (const after of [0, 1, 2, 5]) {
      let asked = 0;
      expect(await measureSharpness(point, quadratic(bends, 0).tools, () => ++asked > after)).toBeNull();
    }
  });
});

it('a walk tells it at steps that begin where curvature is measured, counts it, and walks as it did', async () => {
  const hessian = { every: { iterations: 2 }, examples: 40, iterations: 3 };
  const settings = { length: { iterations: 5 } };
  const plain = await walked(smallExperiment({ ...settings, hessian }));
  const found = await walked(smallExperiment({ ...settings, hessian: { ...hessian, criticalSharpness: true } }));
  expect(found.iterations.map((each) => each.critical_sharpness !== null)).toEqual([true, false, true, false, true]);
  const without = found.iterations.map((each) => ({
    ...each,
    critical_sharpness: null,
    critical_sharpness_error: null,
    gradient_sharpness: null,
    gradient_sharpness_error: null,
  }));
  expect(without).toEqual(plain.iterations);
  expect(found.curvature).toEqual(plain.curvature);
  expect(found.progress).toBeCloseTo(1, 9);
});
