import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochRecord, IterationRecord, SliceRecord } from '../../../shared/records.ts';
import { onnxCpu } from '../backends/onnx/onnx.ts';
import { modelFor } from '../../../shared/networks/index.ts';
import { syntheticData } from '../testing/examples.ts';
import { smallExperiment, walked } from '../testing/walks.ts';
import { walkImported } from './imported.ts';
import { keptPoints } from './load.ts';
import { importedMeter } from './sources/imported.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'given-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const experiment = smallExperiment({
  model: { hidden: [8], batchNorm: true },
  length: { iterations: 7 },
  interpolation: { windows: [{ firstIterations: 7 }] },
  keepParameters: 'windows',
});

/** Walks along files that a walk kept. */
async function given(
  files: Awaited<ReturnType<typeof walked>>['files'],
  more: { knowsEpochs?: boolean; learningRate?: number | null; stopAfter?: number; like?: typeof experiment } = {},
) {
  const { knowsEpochs = true, learningRate = null, stopAfter = Infinity, like = experiment } = more;
  const data = syntheticData(60, 20, 6);
  const model = modelFor(like.model, { ...data.train.shape, classes: data.train.classes });
  const found = {
    iterations: [] as IterationRecord[],
    slices: [] as SliceRecord[],
    epochs: [] as EpochRecord[],
    shares: [] as number[],
  };
  const imported = { experiment: like, learningRate, knowsEpochs, points: keptPoints(folder, files, model) };
  const meter = importedMeter(imported, { ...data.train.shape, classes: data.train.classes });
  const { status } = await walkImported({
    ...imported,
    data,
    model,
    backend: onnxCpu(1),
    meter,
    stopped: () => found.iterations.length >= stopAfter,
    observer: {
      iteration: (record) => found.iterations.push(record),
      slice: (records) => found.slices.push(...records),
      epoch: (record) => found.epochs.push(record),
      curvature: () => undefined,
      parameters: () => undefined,
      tick: () => found.shares.push(meter.progress().progress),
    },
  });
  return { status, ...found };
}

describe('a walk along imported points', () => {
  it.each([
    ['the whole set', {}],
    ['a subset', { evaluateOn: { subset: 30 } }],
    ['statistics of the batch', { batchNorm: 'batch' }],
    ['recomputed statistics', { batchNorm: 'recomputed' }],
  ])('that a walk kept finds its own slices and lengths bit for bit, on %s', async (_, interpolation) => {
    const like = smallExperiment({
      model: { hidden: [8], batchNorm: true },
      length: { iterations: 7 },
      probes: {
        interpolation: { points: 4, windows: [{ firstIterations: 7 }], ...interpolation },
        updateCosine: true,
      },
      keepParameters: 'windows',
    });
    const original = await walked(like, { directory: folder });
    expect(original.files).toHaveLength(8);
    const found = await given(original.files, { learningRate: 0.5, like });
    expect(found.status).toBe('finished');
    expect(found.slices).toEqual(original.slices);
    expect(found.epochs).toEqual(original.epochs);
    const without = { batch_loss: null, gradient_norm: null, gradient_cosine: null, bounce: null };
    expect(found.iterations).toEqual(original.iterations.map((record) => ({ ...record, ...without })));
    expect(found.shares.at(-1)).toBe(1);
  });

  it('tells only what is known: no learning rate, no epochs', async () => {
    const original = await walked(experiment, { directory: folder });
    const found = await given(original.files, { knowsEpochs: false });
    expect(new Set(found.iterations.map(({ epoch, learning_rate }) => `${epoch} ${learning_rate}`))).toEqual(
      new Set(['1 null']),
    );
    expect(
      found.epochs.map(({ epoch, iterations, probed_iterations }) => [epoch, iterations, probed_iterations]),
    ).toEqual([
      [0, 0, 0],
      [1, 7, 7],
    ]);
  });

  it('takes points far apart, the segment under the number of its start', async () => {
    const original = await walked(experiment, { directory: folder });
    const some = original.files.filter(({ iteration }) => [1, 4, 7].includes(iteration));
    const found = await given(some);
    expect(found.iterations.map(({ iteration }) => iteration)).toEqual([1, 4]);
    const [one, four] = found.iterations;
    expect(one!.loss_before).toBe(original.iterations[1]!.loss_before);
    expect(one!.loss_after).toBe(original.iterations[4]!.loss_before);
    expect(four!.path_length).toBeCloseTo(one!.update_norm! + four!.update_norm!, 12);
    // the straight way is no longer than the walk's own
    expect(four!.path_length).toBeLessThanOrEqual(original.iterations[6]!.path_length!);
  });

  it('stops between evaluations, without half a slice', async () => {
    const original = await walked(experiment, { directory: folder });
    const found = await given(original.files, { stopAfter: 3 });
    expect(found.status).toBe('stopped');
    expect(found.iterations).toHaveLength(3);
    expect(found.slices).toHaveLength(3 * 5);
  });
});
