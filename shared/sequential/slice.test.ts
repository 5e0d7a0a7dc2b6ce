/** Sequential slices beside the whole set that they were drawn from: made ones, whose every example is known. */
import { describe, expect, it } from 'vitest';
import { seconds } from '../../build/machine.ts';
import { usualLoss } from '../losses/index.ts';
import { generatorFrom } from '../random/generator.ts';
import type { Generator } from '../random/generator.ts';
import { judgeSlice } from '../resolution.ts';
import { sequentialSlice } from './slice.ts';
import type { SequentialSlice } from './slice.ts';
import { madeSlice } from './testing.ts';
import type { MadeKind, MadeSlice } from './testing.ts';

const resolution = 1e-7;
const intervals = 5;

/** What the whole set says. */
function truthOf({ means }: MadeSlice) {
  const tolerances = { floor: resolution, barrier: resolution, bends: means.slice(2).map(() => resolution) };
  return { ...judgeSlice(means, tolerances, null), floor: means.indexOf(Math.min(...means)) };
}

/** Decides a made slice. */
function decided(made: MadeSlice, generator: Generator, change: Partial<SequentialSlice> = {}) {
  const { ends, labels, losses, correct } = made;
  return sequentialSlice({
    ends,
    labels,
    intervals,
    loss: usualLoss,
    generator,
    confidence: 0.95,
    tolerance: 0.02,
    resolution: () => resolution,
    evaluate: (examples, points) => {
      const of = (columns: readonly Float32Array[]): Float32Array[] =>
        points.map((k) => Float32Array.from(examples, (example) => columns[k]![example]!));
      return Promise.resolve({ losses: of(losses), correct: of(correct) });
    },
    know: (points) => Promise.resolve(points.map((k) => made.known[k]!)),
    ...change,
  });
}

/** How often answers differ from the whole set's, over many samples of several slices. */
async function errorsOf(kind: MadeKind, count: number, slices: number, samples: number, tolerance = 0.02) {
  const tally = { decided: 0, wrong: 0, examples: 0, whole: 0, barriers: 0 };
  for (let slice = 0; slice < slices; slice++) {
    const made = madeSlice(kind, count, intervals, generatorFrom([slice + 1, 5, 6, 7]));
    const truth = truthOf(made);
    const range = Math.max(...made.means) - Math.min(...made.means);
    tally.barriers += Number(truth.barrier === true);
    for (let sample = 0; sample < samples; sample++) {
      const found = await decided(made, generatorFrom([sample + 1, slice + 1, 3, 4]), { tolerance });
      if (found === null || found === 'stopped') {
        tally.whole++;
        continue;
      }
      const { decision, inner, examples } = found;
      const isOff = (key: 'interior_floor' | 'barrier' | 'convex'): boolean =>
        decision[key] !== null && decision[key] !== truth[key];
      const isFloorWrong = ![decision.floor, ...decision.alsoFloor].includes(truth.floor);
      const isHeightWrong = inner.some(
        ({ loss }, k) => Math.abs(loss - made.means[k + 1]!) > tolerance * range + resolution,
      );
      const isWrong = isOff('interior_floor') || isOff('barrier') || isOff('convex') || isFloorWrong || isHeightWrong;
      tally.decided++;
      tally.wrong += Number(isWrong);
      tally.examples += examples;
    }
  }
  return tally;
}

describe('a sequential slice', () => {
  it.each([
    ['smooth', 0.02],
    ['barrier', 0.02],
    ['heavy tails', 0.02],
    ['unforeseen barrier', 0.2],
  ] as const)(
    'is wrong at most as often as stated: %s, within %d of the range',
    async (kind, tolerance) => {
      const { decided: total, wrong, barriers } = await errorsOf(kind, 4000, 5, 12, tolerance);
      expect(total).toBeGreaterThan(30);
      // more than so many have a probability below 1e-3 where the risk is 5 %
      expect(wrong).toBeLessThanOrEqual(0.05 * total + 3.1 * Math.sqrt(0.0475 * total));
      if (kind.endsWith('barrier')) expect(barriers).toBe(5);
    },
    seconds(60),
  );

  it(
    'evaluates a part of smooth slices',
    async () => {
      const { decided: total, examples, whole } = await errorsOf('smooth', 8000, 5, 4);
      expect(whole).toBe(0);
      expect(examples / total).toBeLessThan(0.2 * 8000);
    },
    seconds(30),
  );

  it('leaves to the whole set what only that decides, and what is too small to be sampled', async () => {
    const made = madeSlice('smooth', 4000, intervals, generatorFrom([1, 5, 6, 7]));
    const sizes: number[] = [];
    const found = await decided(made, generatorFrom([1, 2, 3, 4]), {
      tolerance: 1e-9,
      evaluate(examples) {
        sizes.push(examples.length);
        const noise = Float32Array.from(examples, (example) => 100 * Math.sin(example));
        return Promise.resolve({ losses: [noise, noise, noise, noise], correct: [noise, noise, noise, noise] });
      },
    });
    expect(found).toBeNull();
    expect(sizes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(2000);
    const small = madeSlice('smooth', 700, intervals, generatorFrom([1, 5, 6, 7]));
    expect(await decided(small, generatorFrom([1, 2, 3, 4]))).toBeNull();
  });

  it('knows points on the whole set where that makes the sample smaller by more', async () => {
    const made = madeSlice('barrier', 8000, intervals, generatorFrom([1, 5, 6, 7]));
    const asked: (readonly number[])[] = [];
    const options: Partial<SequentialSlice> = {
      confidence: 0.99,
      know(points) {
        asked.push(points);
        return Promise.resolve(points.map((k) => made.known[k]!));
      },
    };
    const found = await decided(made, generatorFrom([1, 2, 3, 4]), options);
    if (found === null || found === 'stopped') throw new Error('it was not decided');
    // of five intervals one point in the middle
    expect(asked).toEqual([[3]]);
    expect(found.inner[2]).toEqual({ loss: made.means[3], accuracy: made.known[3]!.accuracy, standardError: null });
    expect(found.inner.filter(({ standardError }) => standardError === null)).toHaveLength(1);
    expect(found.examples).toBeLessThan(1000);
    const stopped = { ...options, know: () => Promise.resolve(null) };
    expect(await decided(made, generatorFrom([1, 2, 3, 4]), stopped)).toBe('stopped');
    const lost = { ...options, know: () => Promise.resolve([{ ...made.known[3]!, loss: NaN }]) };
    expect(await decided(made, generatorFrom([1, 2, 3, 4]), lost)).toBeNull();
  });

  it('ends where its evaluation does, and decides nothing of losses that are not finite', async () => {
    const made = madeSlice('smooth', 4000, intervals, generatorFrom([1, 5, 6, 7]));
    expect(await decided(made, generatorFrom([1, 2, 3, 4]), { evaluate: () => Promise.resolve(null) })).toBe('stopped');
    const lost = (examples: Uint32Array) => {
      const column = Float32Array.from(examples, (example) => (example % 50 === 0 ? NaN : 1));
      return Promise.resolve({ losses: [column, column, column, column], correct: [column, column, column, column] });
    };
    expect(await decided(made, generatorFrom([1, 2, 3, 4]), { evaluate: lost })).toBeNull();
  });

  it('gives the same for the same stream, and another sample for another', async () => {
    const made = madeSlice('barrier', 4000, intervals, generatorFrom([1, 5, 6, 7]));
    const [one, again, other] = [
      await decided(made, generatorFrom([1, 2, 3, 4])),
      await decided(made, generatorFrom([1, 2, 3, 4])),
      await decided(made, generatorFrom([2, 2, 3, 4])),
    ];
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });

  it('finds accuracies as well', async () => {
    const made = madeSlice('smooth', 8000, intervals, generatorFrom([3, 5, 6, 7]));
    const found = await decided(made, generatorFrom([1, 2, 3, 4]));
    if (found === null || found === 'stopped') throw new Error('it was not decided');
    for (const [k, { accuracy }] of found.inner.entries()) {
      const truth = made.correct[k + 1]!.reduce((sum, each) => sum + each, 0) / 8000;
      expect(Math.abs(accuracy! - truth)).toBeLessThan(0.02);
    }
  });
});
