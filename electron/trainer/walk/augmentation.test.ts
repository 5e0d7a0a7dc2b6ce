import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Examples, LoadedData } from '../../datasets/load.ts';
import { generatorFor } from '../random/generator.ts';
import type { Generator } from '../random/generator.ts';
import { syntheticData, syntheticExamples } from '../testing/examples.ts';
import { smallExperiment, walked } from '../testing/walks.ts';
import { cropAndFlip } from './augmentation.ts';
import { batchesOf } from './batches.ts';

/** A generator that says these numbers, in turn. */
function scripted(...numbers: number[]): Generator {
  let next = 0;
  return { ...generatorFor(0, 'augmentation'), below: () => numbers[next++ % numbers.length]! };
}

/** What the operation means: the padded image, cut and turned. */
function byDefinition(
  image: Float32Array,
  { shape, black }: Pick<Examples, 'shape' | 'black'>,
  draws: number[],
): number[] {
  const { channels, height, width } = shape;
  const [top, left, mirrored] = draws as [number, number, number];
  return Array.from({ length: channels }, (_, channel) => {
    const padded = Array.from({ length: height + 8 }, (__, row) =>
      Array.from({ length: width + 8 }, (___, column) =>
        row >= 4 && row < height + 4 && column >= 4 && column < width + 4
          ? image[(channel * height + row - 4) * width + column - 4]!
          : black[channel]!,
      ),
    );
    const crop = padded.slice(top, top + height).map((row) => row.slice(left, left + width));
    return crop.map((row) => (mirrored === 1 ? row.reverse() : row));
  }).flat(2);
}

describe('cropAndFlip', () => {
  it('cuts a padded image and mirrors it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 1 })),
        (channels, height, width, draws) => {
          const examples = { shape: { channels, height, width }, black: [-2, -3, -4].slice(0, channels) };
          const image = Float32Array.from({ length: channels * height * width }, (_, index) => index + 1);
          const into = new Float32Array(image.length).fill(NaN);
          cropAndFlip(examples, scripted(...draws))(image, into);
          expect([...into]).toEqual(byDefinition(image, examples, draws));
        },
      ),
    );
  });

  it('leaves the middle crop as it is, and mirrors it', () => {
    const examples = { shape: { channels: 1, height: 2, width: 3 }, black: [-0.5] };
    const image = Float32Array.of(1, 2, 3, 4, 5, 6);
    const into = new Float32Array(6);
    cropAndFlip(examples, scripted(4, 4, 0))(image, into);
    expect([...into]).toEqual([1, 2, 3, 4, 5, 6]);
    cropAndFlip(examples, scripted(4, 4, 1))(image, into);
    expect([...into]).toEqual([3, 2, 1, 6, 5, 4]);
    cropAndFlip(examples, scripted(5, 4, 0))(image, into);
    expect([...into]).toEqual([4, 5, 6, -0.5, -0.5, -0.5]);
  });

  it('draws each of the 162 variants about equally often', () => {
    const examples = { shape: { channels: 1, height: 9, width: 9 }, black: [0] };
    const image = Float32Array.from({ length: 81 }, (_, index) => index + 1);
    const augment = cropAndFlip(examples, generatorFor(5, 'augmentation'));
    const into = new Float32Array(81);
    const counts = new Map<string, number>();
    for (let draw = 0; draw < 16_200; draw++) {
      augment(image, into);
      counts.set(into.join(), (counts.get(into.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(162);
    const chiSquare = [...counts.values()].reduce((sum, each) => sum + (each - 100) ** 2 / 100, 0);
    // with 161 degrees of freedom below 221 in 999 of 1,000 seeds
    expect(chiSquare).toBeLessThan(221);
  });
});

describe('augmented batches', () => {
  const examples: Examples = {
    ...syntheticExamples(30, 192, 3),
    shape: { channels: 3, height: 8, width: 8 },
    black: [-1, -2, -3],
  };

  it('hold the same examples in the same order, and the same variants for the same seed', () => {
    const drawn = (seed: number | null): { order: number[]; images: number[]; labels: number[] } => {
      const augment = seed === null ? null : cropAndFlip(examples, generatorFor(seed, 'augmentation'));
      const batches = batchesOf(examples, 10, generatorFor(1, 'order'), augment);
      const order = [...batches.next(), ...batches.next()];
      return { order, images: [...batches.images], labels: [...batches.targets] };
    };
    const before = examples.images.slice();
    const [plain, one, again, other] = [null, 1, 1, 2].map(drawn) as [
      ReturnType<typeof drawn>,
      ...ReturnType<typeof drawn>[],
    ];
    expect(one).toEqual(again);
    for (const each of [one!, other!]) {
      expect(each.order).toEqual(plain.order);
      expect(each.labels).toEqual(plain.labels);
      expect(each.images).not.toEqual(plain.images);
    }
    expect(one!.images).not.toEqual(other!.images);
    expect(examples.images).toEqual(before);
  });
});

describe('a walk with augmentation', () => {
  const shaped = (part: Examples): Examples => ({
    ...part,
    shape: { channels: 1, height: 2, width: 3 },
    black: [-0.5],
  });
  const whole = syntheticData(60, 20);
  const data: LoadedData = { ...whole, train: shaped(whole.train), validation: shaped(whole.validation) };
  const experiment = (augment: boolean, learningRate: number) =>
    smallExperiment({
      data: { train: 60, validation: 20, augment },
      optimizer: { learningRate },
      length: { epochs: 2 },
      interpolation: { windows: [{ firstIterations: 4 }] },
    });

  it('evaluates bit for bit what it evaluates without', async () => {
    // steps too small to move a float32: all that differs is what the batches hold
    const [plain, augmented] = await Promise.all(
      [false, true].map((augment) => walked(experiment(augment, 1e-30), { data })),
    );
    const losses = (report: typeof plain) => [report!.epochs.map(({ distance: _, ...epoch }) => epoch), report!.slices];
    expect(augmented!.iterations.map((each) => each.batch_loss)).not.toEqual(
      plain!.iterations.map((each) => each.batch_loss),
    );
    expect(losses(augmented)).toEqual(losses(plain));
    expect(augmented!.slices).toHaveLength(4 * 5);
  });

  it('is the same for the same seed, and another walk than without', async () => {
    const [plain, one, again] = await Promise.all(
      [false, true, true].map((augment) => walked(experiment(augment, 0.5), { data })),
    );
    expect(one!.iterations).toEqual(again!.iterations);
    expect(one!.epochs[0]).toEqual(plain!.epochs[0]);
    expect(one!.iterations.at(-1)!.distance).not.toBe(plain!.iterations.at(-1)!.distance);
  });
});
