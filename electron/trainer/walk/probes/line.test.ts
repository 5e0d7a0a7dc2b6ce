import { describe, expect, it } from 'vitest';
import { seconds } from '../../../../build/machine.ts';
import { sliceRecordSchema } from '../../../../shared/records.ts';
import type { SliceRecord } from '../../../../shared/records.ts';
import { runCost } from '../../../../shared/cost.ts';
import { modelFor } from '../../../../shared/networks/index.ts';
import { parameterTotal } from '../../../../shared/networks/parameters.ts';
import { syntheticData } from '../../testing/examples.ts';
import { referenceBackend } from '../../testing/reference-backend.ts';
import { smallExperiment, walked } from '../../testing/walks.ts';
import { decodeState } from '../state.ts';

const windows = [{ firstIterations: 4 }];
const wide = { windows, from: -0.5, to: 3, onBatch: true };
const length = { iterations: 5 };

describe('the line of a step', () => {
  it('leaves the slice and everything else as it is without it', async () => {
    const plain = await walked(smallExperiment({ length, interpolation: { windows } }));
    const line = await walked(smallExperiment({ length, interpolation: wide }));
    const onStep = line.slices.filter(({ alpha }) => alpha >= 0 && alpha <= 1);
    expect(onStep.map((point) => ({ ...point, batch_loss: null }))).toEqual(plain.slices);
    const without = line.iterations.map((each) => ({
      ...each,
      line_search: null,
      line_search_error: null,
      batch_line_search: null,
      batch_line_search_error: null,
    }));
    expect(without).toEqual(plain.iterations);
    expect(line.epochs).toEqual(plain.epochs);
  });

  it('is told at every multiple of 1/K in its range, in order, and the batch begins at the batch loss of the record', async () => {
    const line = await walked(smallExperiment({ length, interpolation: wide }));
    const expected = Array.from({ length: 15 }, (_, k) => (k - 2) / 4);
    for (let t = 0; t < 4; t++) {
      const points = line.slices.filter(({ iteration }) => iteration === t);
      expect(points.map(({ alpha }) => alpha)).toEqual(expected);
      points.forEach((point) => sliceRecordSchema.parse(point));
      const start = points.find(({ alpha }) => alpha === 0)!;
      expect(start.batch_loss).toBeCloseTo(line.iterations[t]!.batch_loss!, 5);
    }
    expect(line.slices.filter(({ iteration }) => iteration === 4)).toEqual([]);
  });

  it('counts what it evaluates, as the estimate does', async () => {
    const experiment = smallExperiment({ length, interpolation: wide });
    const { progress, evaluations } = await walked(experiment);
    expect(progress).toBeCloseTo(1, 9);
    // 15 points of the batch, and 10 of the training set beyond the step
    expect(evaluations.filter((count) => count === 20).length).toBeGreaterThanOrEqual(4 * 15);
    const shape = { channels: 1, height: 1, width: 6, classes: 3 };
    const plain = runCost(smallExperiment({ length, interpolation: { windows } }), shape, 'host');
    expect(runCost(experiment, shape, 'host').evaluatedExamples - plain.evaluatedExamples).toBe(
      4 * (10 * 60 + 15 * 20),
    );
  });

  it('finds the best step where a finer line has its lowest point', async () => {
    const rate = { optimizer: { learningRate: 10 }, hidden: [], length };
    const coarse = await walked(smallExperiment({ ...rate, interpolation: { ...wide, points: 4, to: 10 } }));
    const fine = await walked(smallExperiment({ ...rate, interpolation: { ...wide, points: 40, to: 10 } }));
    let compared = 0;
    for (const [t, record] of coarse.iterations.slice(0, 4).entries()) {
      for (const [told, of] of [
        [record.line_search, 'loss'],
        [record.batch_line_search, 'batch_loss'],
      ] as const) {
        if (told === null) continue;
        const points = fine.slices.filter(({ iteration }) => iteration === t);
        const lowest = points.reduce((best, point) => (point[of]! < best[of]! ? point : best));
        expect(Math.abs(told - lowest.alpha)).toBeLessThan(0.1);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(3);
  });

  it(
    'is on ONNX Runtime what it is in float64, batch norm and augmentation counted in',
    async () => {
      const experiment = smallExperiment({
        length,
        model: { hidden: [8], batchNorm: true },
        optimizer: { learningRate: 0.1, batchSize: 20, microBatch: 10 },
        interpolation: wide,
      });
      const [fast, exact] = [await walked(experiment), await walked(experiment, { backend: referenceBackend })];
      expect(fast.slices.length).toBe(4 * 15);
      for (const [index, point] of fast.slices.entries()) {
        expect(point.loss! / exact.slices[index]!.loss!).toBeCloseTo(1, 3);
        expect(point.batch_loss! / exact.slices[index]!.batch_loss!).toBeCloseTo(1, 3);
      }
    },
    seconds(20),
  );

  it.each([false, true])(
    'does not depend on how many places are taken together, to the bit: batch norm %s',
    async (batchNorm) => {
      const model = { hidden: [8], batchNorm };
      const taken = async (points: number): Promise<SliceRecord[]> => {
        const { slices } = await walked(smallExperiment({ length, model, interpolation: { ...wide, points } }));
        return slices.filter(({ alpha }) => Number.isInteger(2 * alpha));
      };
      // one at a time; three, and a rest of two; seven, with rests on both sides of the step; sixteen, the most
      const alone = await taken(2);
      expect(alone.length).toBe(4 * 8);
      for (const points of [4, 8, 18]) expect(await taken(points), `${points} points`).toEqual(alone);
    },
  );

  it('goes on bit for bit after any checkpoint', async () => {
    const experiment = smallExperiment({ length, interpolation: wide });
    const states: Uint8Array[] = [];
    const whole = await walked(experiment, { due: () => true, checkpoint: (bytes) => states.push(bytes) });
    const { train } = syntheticData(60, 20, 6);
    const model = modelFor(experiment.model, { ...train.shape, classes: train.classes });
    const sizes = { parameters: parameterTotal(model.parameters), statistics: parameterTotal(model.statistics) };
    for (const bytes of states) {
      const state = decodeState(bytes, sizes);
      const rest = await walked(experiment, { resume: state });
      expect(rest.slices).toEqual(whole.slices.filter(({ iteration }) => iteration >= state.scalars.done));
    }
    expect(states.length).toBeGreaterThan(3);
  });
});
