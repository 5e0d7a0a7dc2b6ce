import { describe, expect, it } from 'vitest';
import { experimentFields, experimentSchema } from '../../../../shared/experiment.ts';
import { hasField } from '../../../../shared/setting-fields.ts';
import { parameterTotal } from '../../../../shared/networks/parameters.ts';
import { modelFor } from '../../../../shared/networks/index.ts';
import { optimizer } from '../../../../shared/optimizers/index.ts';
import { syntheticData } from '../../testing/examples.ts';
import { ruleOnHost } from '../../testing/rules.ts';
import { smallExperiment, walked } from '../../testing/walks.ts';
import { decodeState } from '../state.ts';

/** The published formula (Kingma and Ba, 2015, algorithm 1, with PyTorch's L2 decay) in float64, nothing rounded. */
function reference(
  gradientAt: (theta: readonly number[]) => number[],
  start: readonly number[],
  steps: number,
  { rate, beta1, beta2, epsilon, decay }: Record<'rate' | 'beta1' | 'beta2' | 'epsilon' | 'decay', number>,
): number[] {
  let theta = [...start];
  let m = theta.map(() => 0);
  let v = theta.map(() => 0);
  for (let t = 1; t <= steps; t++) {
    const g = gradientAt(theta).map((value, i) => value + decay * theta[i]!);
    m = m.map((value, i) => beta1 * value + (1 - beta1) * g[i]!);
    v = v.map((value, i) => beta2 * value + (1 - beta2) * g[i]! * g[i]!);
    theta = theta.map((value, i) => {
      const [mean, square] = [m[i]! / (1 - beta1 ** t), v[i]! / (1 - beta2 ** t)];
      return value - (rate * mean) / (Math.sqrt(square) + epsilon);
    });
  }
  return theta;
}

describe('Adam', () => {
  it.each([
    [0.001, 0],
    [0.05, 0.01],
  ])('takes 100 steps as the published formula does, at rate %d and decay %d', (rate, decay) => {
    const size = 37;
    const start = Array.from({ length: size }, (_, i) => Math.fround(Math.sin(1 + i)));
    // a curved loss whose components differ by orders of magnitude
    const gradientAt = (theta: ArrayLike<number>): number[] =>
      Array.from(theta, (value, i) => 10 ** ((i % 7) - 3) * (value - Math.cos(i)) + 0.1 * Math.sin(3 * value));
    const kind = optimizer.parse({ kind: 'adam', learningRate: rate, weightDecay: decay });
    if (kind.kind !== 'adam') throw new Error('is Adam');
    expect(kind).toMatchObject({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, batchSize: 100 });
    const update = ruleOnHost(kind, { firstMoment: new Float32Array(size), secondMoment: new Float32Array(size) });
    const initial = Float32Array.from(start);
    let current = initial.slice();
    let previous = new Float32Array(size);
    for (let iteration = 0; iteration < 100; iteration++) {
      const next = new Float32Array(size);
      const gradient = Float32Array.from(gradientAt(current));
      const sums = update({ iteration, current, next, initial, gradient, previous, learningRate: rate });
      const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
      expect(sums.gradient).toBeCloseTo(dot(gradient, gradient), 6);
      expect(sums.product).toBeCloseTo(dot(gradient, previous), 6);
      const away = (from: Float32Array): number => Math.hypot(...Array.from(next, (value, i) => value - from[i]!));
      expect(Math.sqrt(sums.update)).toBeCloseTo(away(current), 10);
      expect(Math.sqrt(sums.distance)).toBeCloseTo(away(initial), 10);
      [current, previous] = [next, gradient];
    }
    const exact = reference(gradientAt, start, 100, { rate, decay, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
    current.forEach((value, i) =>
      expect(Math.abs(value - exact[i]!)).toBeLessThan(2e-5 * Math.max(1, Math.abs(exact[i]!))),
    );
  });

  const experiment = smallExperiment({
    optimizer: { kind: 'adam', batchSize: 20, learningRate: 0.01, weightDecay: 0.001 },
    interpolation: { windows: [{ firstIterations: 9 }] },
    length: { epochs: 3 },
  });

  it('goes on bit for bit from every checkpoint, which holds both moments', async () => {
    const states: Uint8Array[] = [];
    const whole = await walked(experiment, { due: () => true, checkpoint: (bytes) => states.push(bytes) });
    expect(whole.epochs.at(-1)!.train_loss).toBeLessThan(whole.epochs[0]!.train_loss!);
    const data = syntheticData(60, 20, 6);
    const model = modelFor(experiment.model, { ...data.train.shape, classes: data.train.classes });
    const sizes = { parameters: parameterTotal(model.parameters), statistics: 0 };
    for (const bytes of states) {
      const state = decodeState(bytes, sizes);
      expect(Object.keys(state.optimizer)).toEqual(['firstMoment', 'secondMoment']);
      const rest = await walked(experiment, { resume: state });
      expect(rest.iterations).toEqual(whole.iterations.slice(state.scalars.done));
      expect(rest.epochs).toEqual(whole.epochs.filter(({ epoch }) => epoch > state.scalars.epoch));
    }
    const { firstMoment, ...others } = decodeState(states[3]!, sizes).optimizer;
    expect(firstMoment!.some((value) => value !== 0)).toBe(true);
    const forgetful = { ...decodeState(states[3]!, sizes), optimizer: others };
    await expect(walked(experiment, { resume: forgetful })).rejects.toThrow(
      'holds no firstMoment, which adam remembers',
    );
  });

  it('is in the form with its own settings, and steps by 0.001 unless told otherwise', () => {
    const { optimizer: settings } = experimentSchema.parse({ optimizer: { kind: 'adam' } });
    expect(settings).toMatchObject({ learningRate: 0.001, batchSize: 100, weightDecay: 0 });
    const fields = experimentFields().filter((field) => hasField({ optimizer: settings }, field));
    const paths = fields.map(({ path }) => path.replace('optimizer.', ''));
    for (const path of ['learningRate', 'batchSize', 'beta1', 'beta2', 'epsilon', 'weightDecay'])
      expect(paths).toContain(path);
    expect(paths).not.toContain('momentum');
    expect(fields.find(({ path }) => path === 'optimizer.kind')).toMatchObject({ choices: { adam: 'Adam' } });
  });
});
