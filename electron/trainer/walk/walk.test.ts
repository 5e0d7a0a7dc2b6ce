import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iterationRecordSchema } from '../../../shared/records.ts';
import type { IterationRecord } from '../../../shared/records.ts';
import type { Examples } from '../../datasets/load.ts';
import { modelFor } from '../../../shared/networks/index.ts';
import type { ImageShape } from '../../../shared/networks/layers.ts';
import { mlp } from '../../../shared/networks/mlp.ts';
import { generatorFor } from '../random/generator.ts';
import { shuffled } from '../random/shuffle.ts';
import { syntheticData } from '../testing/examples.ts';
import { referenceBackend } from '../testing/reference-backend.ts';
import { smallExperiment, walked } from '../testing/walks.ts';
import { parameterFileName } from './probes/snapshot-file.ts';
import { decodeSafetensors } from './safetensors.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'walk-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Parameters that a walk kept before an iteration, as one flat list. */
async function kept(iteration: number): Promise<number[]> {
  const { tensors } = decodeSafetensors(await readFile(join(directory, parameterFileName(iteration))));
  return tensors.flatMap(({ values }) => [...values]);
}

/**
 * Linear softmax in plain float64, written by hand: mean cross-entropy of some examples and its gradient, the parameters
 * being weight [classes, features], then bias.
 */
function softmaxRegression(
  parameters: readonly number[],
  { images, targets: labels, features, classes: maybe }: Examples,
  of: ArrayLike<number>,
) {
  const classes = maybe!;
  const gradient = new Array<number>(parameters.length).fill(0);
  let loss = 0;
  for (let row = 0; row < of.length; row++) {
    const x = images.subarray(of[row]! * features, (of[row]! + 1) * features);
    const logits = Array.from({ length: classes }, (_, each) =>
      x.reduce(
        (sum, value, i) => sum + value * parameters[each * features + i]!,
        parameters[classes * features + each]!,
      ),
    );
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    const label = labels[of[row]!]!;
    loss += (Math.log(total) - logits[label]!) / of.length;
    logits.forEach((logit, each) => {
      const slope = (Math.exp(logit) / total - Number(each === label)) / of.length;
      x.forEach((value, i) => (gradient[each * features + i]! += slope * value));
      gradient[classes * features + each]! += slope;
    });
  }
  return { loss, gradient };
}

const norm = (vector: readonly number[]): number => Math.hypot(...vector);
const minus = (a: readonly number[], b: readonly number[]): number[] => a.map((value, index) => value - b[index]!);

describe('walk', () => {
  it('takes the steps, and measures the slices, of linear softmax worked out in float64', async () => {
    const optimizer = { batchSize: 20, learningRate: 0.5, momentum: 0.9, weightDecay: 0.01 };
    const experiment = smallExperiment({
      hidden: [],
      optimizer,
      length: { iterations: 7 },
      interpolation: { windows: [{ firstIterations: 7 }] },
      keepParameters: 'windows',
    });
    const data = syntheticData(60, 20);
    const found = await walked(experiment, { data, directory });
    expect(found.status).toBe('finished');
    expect(found.iterations).toHaveLength(7);

    const all = Array.from({ length: 60 }, (_, index) => index);
    const orders = generatorFor(experiment.seed, 'order');
    let order = shuffled(60, orders);
    let theta = [
      ...mlp({ features: 6, hidden: [], outputs: 3 }).initialise(generatorFor(experiment.seed, 'initialisation')),
    ];
    const first = theta;
    let velocity = theta.map(() => 0);
    let last: number[] | null = null;
    let path = 0;
    for (const record of found.iterations) {
      const t = record.iteration;
      if (t > 0 && t % 3 === 0) order = shuffled(60, orders);
      const { loss, gradient } = softmaxRegression(theta, data.train, order.slice((t % 3) * 20, (t % 3) * 20 + 20));
      velocity = velocity.map((v, i) => optimizer.momentum * v + gradient[i]! + optimizer.weightDecay * theta[i]!);
      const next = theta.map((value, i) => value - optimizer.learningRate * velocity[i]!);
      path += norm(minus(next, theta));
      const cosine: number | null =
        last && gradient.reduce((sum, g, i) => sum + g * last![i]!, 0) / (norm(gradient) * norm(last));

      expect(record.epoch).toBe(Math.floor(t / 3) + 1);
      expect(record.learning_rate).toBe(0.5);
      expect(record.batch_loss).toBeCloseTo(loss, 5);
      expect(record.gradient_norm).toBeCloseTo(norm(gradient), 5);
      if (cosine === null) expect(record.gradient_cosine).toBeNull();
      else expect(record.gradient_cosine).toBeCloseTo(cosine, 5);
      expect(record.update_norm).toBeCloseTo(norm(minus(next, theta)), 5);
      expect(record.relative_update).toBeCloseTo(norm(minus(next, theta)) / norm(theta), 5);
      expect(record.distance).toBeCloseTo(norm(minus(next, first)), 5);
      expect(record.path_length).toBeCloseTo(path, 5);
      (await kept(t)).forEach((value, i) => expect(value).toBeCloseTo(theta[i]!, 5));

      const slice = found.slices.filter(({ iteration }) => iteration === t);
      expect(slice.map(({ alpha }) => alpha)).toEqual([0, 0.25, 0.5, 0.75, 1]);
      for (const { alpha, loss: there, standard_error } of slice) {
        const at = theta.map((value, i) => (1 - alpha) * value + alpha * next[i]!);
        expect(there).toBeCloseTo(softmaxRegression(at, data.train, all).loss, 5);
        expect(standard_error).toBeNull();
      }
      expect(record.loss_before).toBe(slice[0]!.loss);
      expect(record.loss_after).toBe(slice[4]!.loss);
      expect(record.floor_loss).toBe(Math.min(...slice.map((point) => point.loss!)));
      theta = next;
      last = gradient;
    }
    (await kept(7)).forEach((value, i) => expect(value).toBeCloseTo(theta[i]!, 5));
  });

  it('reports the same, bit for bit, for the same experiment and seed, and something else for another seed', async () => {
    const settings = {
      length: { epochs: 3 },
      interpolation: { windows: [{ firstIterations: 4 }], evaluateOn: { subset: 30 } },
    };
    const first = await walked(smallExperiment(settings));
    const second = await walked(smallExperiment(settings));
    const other = await walked(smallExperiment({ ...settings, seed: 2 }));
    expect(second).toEqual(first);
    expect(other.iterations[0]!.batch_loss).not.toBe(first.iterations[0]!.batch_loss);
    expect(first.progress).toBe(1);
  });

  it('calls a slice convex by its second differences and their noise', async () => {
    const found = await walked(
      smallExperiment({
        optimizer: { learningRate: 8 },
        length: { epochs: 8 },
        interpolation: { windows: [{ firstIterations: 24 }] },
      }),
    );
    expect(found.iterations).toHaveLength(24);
    for (const { iteration, convex } of found.iterations) {
      const losses = found.slices.filter((point) => point.iteration === iteration).map(({ loss }) => loss!);
      const noise = 2 ** -22 * (1 + Math.max(...losses));
      const bends = [1, 2, 3].map((k) => losses[k - 1]! - 2 * losses[k]! + losses[k + 1]!);
      expect(convex).toBe(bends.every((bend) => bend >= -noise));
    }
    expect(new Set(found.iterations.map(({ convex }) => convex))).toEqual(new Set([true, false]));
  });

  it('finds on ONNX Runtime what it finds in float64', async () => {
    const experiment = smallExperiment({
      hidden: [8, 5],
      optimizer: { momentum: 0.5, weightDecay: 0.01 },
      length: { epochs: 2 },
      interpolation: { windows: [{ epochs: [2] }], evaluateOn: { subset: 25 } },
    });
    const [found, exact] = [await walked(experiment), await walked(experiment, { backend: referenceBackend })];
    const columns = ['batch_loss', 'gradient_norm', 'gradient_cosine', 'distance', 'loss_after', 'floor_loss'] as const;
    found.iterations.forEach((each, index) => {
      for (const column of columns) {
        const truth = exact.iterations[index]![column];
        if (truth === null) expect(each[column]).toBeNull();
        else expect(each[column], column).toBeCloseTo(truth, 5);
      }
    });
    found.slices.forEach((each, index) => {
      expect(each.loss).toBeCloseTo(exact.slices[index]!.loss!, 5);
      expect(each.standard_error).toBeCloseTo(exact.slices[index]!.standard_error!, 5);
    });
    expect(found.slices).toHaveLength(15);
  });

  it('walks the same way whether it is probed or not', async () => {
    const plain = await walked(smallExperiment({ length: { epochs: 2 } }));
    const probed = await walked(
      smallExperiment({ length: { epochs: 2 }, interpolation: { windows: [{ epochs: [2] }] } }),
    );
    const path = ({ iterations }: typeof plain) =>
      iterations.map((each) => [each.batch_loss, each.distance, each.gradient_cosine]);
    expect(path(probed)).toEqual(path(plain));
    expect(plain.slices).toEqual([]);
    expect(plain.iterations.every((each) => each.loss_before === null && each.convex === null)).toBe(true);
    expect(new Set(probed.slices.map(({ iteration }) => iteration))).toEqual(new Set([3, 4, 5]));
    plain.iterations.forEach((each) => iterationRecordSchema.parse(each));
  });

  it('evaluates each point once: K an iteration, and one more where a stretch begins', async () => {
    const whole = await walked(
      smallExperiment({ length: { epochs: 2 }, interpolation: { windows: [{ firstIterations: 2 }, { epochs: [2] }] } }),
    );
    // epoch 0, which is also the start of the first slice; two slices; the end of epoch 1, also the start of the third;
    // three slices, the last of which ends with epoch 2
    expect(whole.evaluations).toEqual([
      60,
      20,
      ...Array<number>(8).fill(60),
      60,
      20,
      ...Array<number>(12).fill(60),
      20,
    ]);

    const sampled = await walked(
      smallExperiment({
        length: { epochs: 1 },
        interpolation: { windows: [{ firstIterations: 2 }], evaluateOn: { subset: 30 } },
      }),
    );
    expect(sampled.evaluations).toEqual([60, 20, ...Array<number>(9).fill(30), 60, 20]);
  });

  it('has the same slice whether its first point was at hand or not', async () => {
    const probe = (epochs: number[]) =>
      walked(
        smallExperiment({
          length: { epochs: 2 },
          interpolation: { windows: [{ epochs }], evaluateOn: { subset: 30 } },
        }),
      );
    const neighbours = await probe([1, 2]);
    const alone = await probe([2]);
    expect(alone.slices).toHaveLength(15);
    expect(neighbours.slices.slice(15)).toEqual(alone.slices);
    const ends = neighbours.slices.filter(({ alpha }) => alpha === 1);
    const starts = neighbours.slices.filter(({ alpha }) => alpha === 0);
    ends.slice(0, -1).forEach((end, index) => expect(end.loss).toBe(starts[index + 1]!.loss));
    expect(alone.slices.every(({ standard_error }) => standard_error! > 0)).toBe(true);
  });

  it('tells no standard error where the subset is the whole set', async () => {
    const interpolation = { windows: [{ firstIterations: 1 }] };
    const length = { iterations: 1 };
    const whole = await walked(smallExperiment({ length, interpolation }));
    const subset = await walked(
      smallExperiment({ length, interpolation: { ...interpolation, evaluateOn: { subset: 60 } } }),
    );
    expect(subset.slices).toEqual(whole.slices);
  });

  it('measures before the first and after every epoch, a last, partial one too', async () => {
    const found = await walked(
      smallExperiment({ length: { iterations: 8 }, interpolation: { windows: [{ firstIterations: 4 }] } }),
    );
    expect(
      found.epochs.map(({ epoch, iterations, probed_iterations }) => [epoch, iterations, probed_iterations]),
    ).toEqual([
      [0, 0, 0],
      [1, 3, 3],
      [2, 3, 1],
      [3, 2, 0],
    ]);
    expect(found.epochs[0]).toMatchObject({ distance: 0, train_loss: found.slices[0]!.loss });
    expect(found.epochs[1]).toMatchObject({
      train_loss: found.iterations[2]!.loss_after,
      distance: found.iterations[2]!.distance,
    });
    expect(found.epochs[3]!.distance).toBe(found.iterations[7]!.distance);
    for (const epoch of [1, 2]) {
      const probed = found.iterations.filter((each) => each.epoch === epoch && each.floor_alpha !== null);
      expect(found.epochs[epoch]).toMatchObject({
        barriers: probed.filter((each) => each.barrier_height! > 0).length,
        interior_floors: probed.filter((each) => each.floor_alpha! > 0 && each.floor_alpha! < 1).length,
        convex_slices: probed.filter((each) => each.convex).length,
      });
    }
    const start = found.epochs[0]!;
    const end = found.epochs[3]!;
    expect(end.train_loss).toBeLessThan(start.train_loss!);
    expect(end.validation_loss).toBeLessThan(start.validation_loss!);
    expect(end.validation_accuracy).toBeGreaterThan(start.validation_accuracy!);
  });
});

describe('gradient descent', () => {
  const length = { epochs: 3 };
  const near = (found: readonly IterationRecord[], expected: readonly IterationRecord[]): void => {
    expect(found).toHaveLength(expected.length);
    found.forEach((each, index) => {
      for (const column of ['batch_loss', 'gradient_norm', 'gradient_cosine', 'update_norm', 'distance'] as const) {
        const truth = expected[index]![column];
        if (truth === null) expect(each[column]).toBeNull();
        else expect(Math.abs(each[column]! - truth), column).toBeLessThan(2e-6 * (1 + Math.abs(truth)));
      }
    });
  };

  it.each([[null], [60], [15], [1]])(
    'steps as SGD with the whole set as batch, in micro-batches of %j',
    async (microBatch) => {
      const settings = { hidden: [8, 5], length, interpolation: { windows: [{ epochs: [1, 3] }] } };
      const found = await walked(
        smallExperiment({ ...settings, optimizer: { kind: 'gd', microBatch, momentum: 0.5 } }),
      );
      const whole = await walked(smallExperiment({ ...settings, optimizer: { batchSize: 60, momentum: 0.5 } }));
      near(found.iterations, whole.iterations);
      // one iteration an epoch
      expect(found.iterations.map(({ iteration, epoch }) => [iteration, epoch])).toEqual([
        [0, 1],
        [1, 2],
        [2, 3],
      ]);
      expect(found.epochs.map(({ iterations }) => iterations)).toEqual([0, 1, 1, 1]);
      expect(found.iterations.map(({ floor_loss }) => floor_loss !== null)).toEqual([true, false, true]);
    },
  );

  it('does not depend on the order of the examples', async () => {
    const data = syntheticData(60, 20);
    const { images, targets: labels, features } = data.train;
    const order = shuffled(60, generatorFor(9, 'order'));
    const train = {
      ...data.train,
      images: Float32Array.from(
        images,
        (_, i) => images[order[Math.floor(i / features)]! * features + (i % features)]!,
      ),
      targets: labels.map((_, i) => labels[order[i]!]!),
    };
    const experiment = smallExperiment({ optimizer: { kind: 'gd', microBatch: 12 }, length });
    const [found, other] = [await walked(experiment, { data }), await walked(experiment, { data: { ...data, train } })];
    near(other.iterations, found.iterations);
  });
});

const networks: [string, object, ImageShape][] = [
  ['mlp with batch norm', { hidden: [8, 5], batchNorm: true }, { channels: 1, height: 2, width: 3 }],
  ['cnn', { architecture: 'cnn' }, { channels: 2, height: 4, width: 8 }],
  ['cnn with batch norm', { architecture: 'cnn', batchNorm: true }, { channels: 1, height: 8, width: 4 }],
  ['lenet5', { architecture: 'lenet5' }, { channels: 2, height: 12, width: 16 }],
  ['resnet', { architecture: 'resnet', depth: 8 }, { channels: 3, height: 4, width: 4 }],
];

describe.each(networks)('a walk of a %s', (_, model, image) => {
  const experiment = smallExperiment({
    model,
    data: { train: 24, validation: 8 },
    optimizer: { batchSize: 8, learningRate: 0.1 },
    length: { iterations: 4 },
    interpolation: { windows: [{ firstIterations: 2 }], points: 2 },
    keepParameters: 'windows',
  });

  it('learns, keeps its running statistics with its parameters, and is the same for the same seed', async () => {
    const first = await walked(experiment, { image, directory });
    expect(first.status).toBe('finished');
    expect(first.iterations).toHaveLength(4);
    expect(first.slices).toHaveLength(6);
    expect(first.epochs.at(-1)!.train_loss).not.toBe(first.epochs[0]!.train_loss);
    first.iterations.slice(0, 2).forEach(({ loss_before, loss_after }, index) => {
      const slice = first.slices.filter(({ iteration }) => iteration === index);
      expect([slice[0]!.loss, slice[2]!.loss]).toEqual([loss_before, loss_after]);
    });

    const { tensors } = decodeSafetensors(await readFile(join(directory, parameterFileName(1))));
    const running = tensors.filter(({ name }) => /running_(mean|var)$/.test(name));
    const laid = modelFor(experiment.model, { ...image, classes: 3 });
    expect(running.map(({ name }) => name)).toEqual(laid.statistics.map(({ name }) => name));
    // one batch of momentum 0.1 away from 0 and 1
    for (const { name, values } of running)
      for (const value of values) expect(value).not.toBe(name.endsWith('var') ? 1 : 0);

    expect(await walked(experiment, { image, directory })).toEqual(first);
  });

  it('finds on ONNX Runtime what it finds in float64', async () => {
    const found = await walked(experiment, { image, directory });
    const exact = await walked(experiment, { image, directory, backend: referenceBackend });
    for (const column of ['batch_loss', 'gradient_norm', 'update_norm', 'distance', 'loss_after'] as const)
      found.iterations.forEach((each, index) => {
        const truth = exact.iterations[index]![column];
        if (truth === null) expect(each[column]).toBeNull();
        else expect(Math.abs(each[column]! - truth), column).toBeLessThan(1e-4 * (1 + truth));
      });
    found.slices.forEach((each, index) => expect(each.loss).toBeCloseTo(exact.slices[index]!.loss!, 4));
  });
});
