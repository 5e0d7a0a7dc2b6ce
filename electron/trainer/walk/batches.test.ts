import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatorFor } from '../random/generator.ts';
import { syntheticExamples } from '../testing/examples.ts';
import { batchesOf, wholeBatches } from './batches.ts';
import { balancedChunksOf, chunkSize, chunkSizeFor, chunksOf, pick } from './chunks.ts';
import { mlp } from '../../../shared/networks/mlp.ts';
import { vgg11 } from '../../../shared/networks/vgg11.ts';

describe('batches', () => {
  it('draw every example at most once an epoch, in full batches, with its own image and label', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 30 }),
        fc.nat(1000),
        (count, size, seed) => {
          fc.pre(size <= count);
          const examples = syntheticExamples(count, 2, 3);
          const batches = batchesOf(examples, size, generatorFor(seed, 'order'));
          const perEpoch = Math.floor(count / size);
          for (let epoch = 0; epoch < 3; epoch++) {
            const seen = new Set<number>();
            for (let batch = 0; batch < perEpoch; batch++) {
              batches.next().forEach((example, row) => {
                seen.add(example);
                expect(batches.targets[row]).toBe(examples.targets[example]);
                expect(batches.images.subarray(2 * row, 2 * row + 2)).toEqual(
                  examples.images.subarray(2 * example, 2 * example + 2),
                );
              });
            }
            expect(seen.size).toBe(perEpoch * size);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('come in another order every epoch, and in the same for the same seed', () => {
    const examples = syntheticExamples(50, 1, 2);
    const epochs = (seed: number): string[] => {
      const batches = batchesOf(examples, 50, generatorFor(seed, 'order'));
      return [batches.next().join(), batches.next().join()];
    };
    expect(new Set([...epochs(1), ...epochs(2)]).size).toBe(4);
    expect(epochs(1)).toEqual(epochs(1));
  });
});

describe('whole batches', () => {
  const examples = syntheticExamples(12, 2, 3);

  it('are the whole set in its own order, and share its memory', () => {
    const batches = wholeBatches(examples);
    for (let batch = 0; batch < 2; batch++) expect([...batches.next()]).toEqual([...examples.targets.keys()]);
    expect(batches.images).toBe(examples.images);
    expect([...batches.targets]).toEqual([...examples.targets]);
  });

  it('draw every image anew where it is augmented, and leave the set as it is', () => {
    const before = examples.images.slice();
    let drawn = 0;
    const batches = wholeBatches(examples, (image, into) => void into.set(image.map((value) => value + ++drawn)));
    batches.next();
    expect(batches.images[0]).toBe(Math.fround(before[0]! + 1));
    batches.next();
    expect(drawn).toBe(2 * 12 * 2);
    expect([...batches.targets]).toEqual([...examples.targets]);
    expect(examples.images).toEqual(before);
  });
});

describe('chunks', () => {
  it('cover the set in order, the last one smaller', () => {
    const examples = syntheticExamples(25, 3, 2);
    const chunks = chunksOf(examples, 10);
    expect(chunks.map(({ start, count }) => [start, count])).toEqual([
      [0, 10],
      [10, 10],
      [20, 5],
    ]);
    expect(chunks.flatMap(({ images }) => [...images])).toEqual([...examples.images]);
    expect(chunks.flatMap(({ targets }) => [...targets])).toEqual([...examples.targets]);
  });
});

describe('chunks whose own statistics normalise', () => {
  it('cover the set in order, none of one example and none below half the size, and are the usual ones where they divide it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 40 }), (count, size) => {
        const examples = syntheticExamples(count, 1, 2);
        const chunks = balancedChunksOf(examples, size);
        expect(chunks.flatMap(({ images }) => [...images])).toEqual([...examples.images]);
        expect(chunks.flatMap(({ targets }) => [...targets])).toEqual([...examples.targets]);
        const counts = chunks.map((chunk) => chunk.count);
        expect(Math.min(...counts)).toBeGreaterThanOrEqual(Math.min(count, Math.max(2, size / 2)));
        expect(Math.max(...counts)).toBeLessThanOrEqual(Math.max(3, size));
        if (size > 1 && count % size === 0) expect(chunks).toEqual(chunksOf(examples, size));
      }),
      { seed: 12 },
    );
    expect(balancedChunksOf(syntheticExamples(301, 1, 2), 100).map(({ count }) => count)).toEqual([100, 100, 51, 50]);
  });
});

describe('chunks of a network', () => {
  it('are smaller for convolutions, and bounded by memory', () => {
    const sizeAt = (height: number) =>
      chunkSizeFor(vgg11({ image: { channels: 3, height, width: height }, outputs: 10, batchNorm: false }));
    expect(chunkSizeFor(mlp({ features: 784, hidden: [500], outputs: 10 }))).toBe(chunkSize);
    expect(sizeAt(32)).toBe(100);
    // 64 channels of 256 × 256 are 4 Mi numbers
    expect(sizeAt(256)).toBe(8);
  });
});

describe('pick', () => {
  it('copies the named examples', () => {
    const examples = syntheticExamples(5, 2, 3);
    const picked = pick(examples, Uint32Array.of(4, 1));
    expect(picked.count).toBe(2);
    expect([...picked.images]).toEqual([...examples.images.slice(8, 10), ...examples.images.slice(2, 4)]);
    expect([...picked.targets]).toEqual([examples.targets[4], examples.targets[1]]);
  });
});
