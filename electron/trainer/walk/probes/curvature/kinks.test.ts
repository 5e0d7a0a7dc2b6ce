import { describe, expect, it } from 'vitest';
import { seconds } from '../../../../../build/machine.ts';
import { kinks as declared } from '../../../../../shared/curvature/kinks.ts';
import { lossOf } from '../../../../../shared/losses/index.ts';
import { modelFor } from '../../../../../shared/networks/index.ts';
import { generatorFor } from '../../../random/generator.ts';
import { syntheticData } from '../../../testing/examples.ts';
import { referenceBackend } from '../../../testing/reference-backend.ts';
import { smallExperiment, walked } from '../../../testing/walks.ts';
import { hessianProduct } from '../../hessian.ts';
import { emptyPoint } from '../../point.ts';
import { openSlope } from '../../slope.ts';
import { measureKinks, nodes } from './kinks.ts';

describe('the quadrature', () => {
  it('takes as many products as its cost says', () => {
    expect(declared.passes({ examples: 60, batchSize: 10, train: 60 })).toEqual([
      { examples: 60, gradients: 2, products: nodes.length },
    ]);
  });
  it.each([
    ['gauss', 5],
    ['kronrod', 11],
  ] as const)('of %s is exact for polynomials of degree %i', (rule, degree) => {
    for (let power = 0; power <= degree; power++) {
      const found = nodes.reduce((sum, node) => sum + node[rule] * node.alpha ** power, 0);
      expect(found).toBeCloseTo(1 / (power + 1), 12);
    }
  });
});

/** Kinks along a step of 0.3 of a random direction, of a hidden layer of 12 units. */
async function kinksOf(activation: 'relu' | 'tanh') {
  const experiment = smallExperiment({ model: { hidden: [12], activation } });
  const { train } = syntheticData(60, 20, 6);
  const model = modelFor(experiment.model, { ...train.shape, classes: train.classes });
  const from = { ...emptyPoint(model), parameters: model.initialise(generatorFor(1, 'initialisation')) };
  const away = model.initialise(generatorFor(2, 'initialisation'));
  const to = { ...emptyPoint(model), parameters: from.parameters.map((value, index) => value + 0.3 * away[index]!) };
  const loss = lossOf(experiment.loss, 'classes');
  const hessian = await hessianProduct(referenceBackend, model, loss, train, 60);
  const slope = await openSlope(referenceBackend, model, loss, train, 60);
  const direction = to.parameters.map((value, index) => value - from.parameters[index]!);
  const slopeAt = (share: number): Promise<number | null> =>
    slope.along(
      { ...from, parameters: from.parameters.map((value, index) => value + share * direction[index]!) },
      direction,
      () => false,
    );
  return { kinks: await measureKinks({ from, to }, { slope, hessian }, () => false), slopeAt };
}

describe('measureKinks', () => {
  it('finds none where activations are smooth', async () => {
    const { kinks } = await kinksOf('tanh');
    expect(Math.abs(kinks!.kink_share!)).toBeLessThan(kinks!.kink_share_error! + 1e-9);
    expect(kinks!.kink_share_error).toBeLessThan(5e-3);
  });

  it(
    'finds of ReLUs what jumps of the slope along the step add up to',
    async () => {
      const { kinks, slopeAt } = await kinksOf('relu');
      // the slope on a fine grid: where a unit turns on or off it jumps by far more than it changes between
      const steps = 2000;
      const slopes: number[] = [];
      for (let step = 0; step <= steps; step++) slopes.push((await slopeAt(step / steps))!);
      const changes = slopes.slice(1).map((value, index) => value - slopes[index]!);
      const usual = [...changes].sort((a, b) => a - b)[steps / 2]!;
      const jumps = changes.filter((change) => Math.abs(change - usual) > 20 * Math.abs(usual) + 1e-7);
      const share = jumps.reduce((sum, jump) => sum + jump - usual, 0) / (slopes[steps]! - slopes[0]!);
      expect(Math.abs(share)).toBeGreaterThan(0.01);
      expect(Math.abs(kinks!.kink_share! - share)).toBeLessThan(kinks!.kink_share_error! + 0.02);
    },
    seconds(60),
  );

  it('gives up when stopped', async () => {
    const experiment = smallExperiment({});
    const { train } = syntheticData(60, 20, 6);
    const model = modelFor(experiment.model, { ...train.shape, classes: train.classes });
    const loss = lossOf(experiment.loss, 'classes');
    const hessian = await hessianProduct(referenceBackend, model, loss, train, 60);
    const slope = await openSlope(referenceBackend, model, loss, train, 60);
    const point = { ...emptyPoint(model), parameters: model.initialise(generatorFor(1, 'initialisation')) };
    let asked = 0;
    expect(await measureKinks({ from: point, to: point }, { slope, hessian }, () => ++asked > 4)).toBeNull();
  });
});

it('a walk tells them at steps that begin where curvature is measured, counts them, and walks as it did', async () => {
  const hessian = { every: { iterations: 2 }, examples: 40, iterations: 3 };
  const settings = { length: { iterations: 5 } };
  const plain = await walked(smallExperiment({ ...settings, hessian }));
  const kinks = await walked(smallExperiment({ ...settings, hessian: { ...hessian, kinks: true } }));
  expect(kinks.iterations.map(({ kink_share: share }) => share !== null)).toEqual([true, false, true, false, true]);
  const without = kinks.iterations.map((each) => ({ ...each, kink_share: null, kink_share_error: null }));
  expect(without).toEqual(plain.iterations);
  expect(kinks.curvature).toEqual(plain.curvature);
  expect(kinks.progress).toBeCloseTo(1, 9);
});
