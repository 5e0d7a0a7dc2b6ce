/** A walk that goes on from a checkpoint is the walk that was never interrupted, bit for bit. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { totalIterations } from '../../../shared/experiment.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import type { Checkpoint } from '../../../shared/trainer-messages.ts';
import type { Backend } from '../backends/backend.ts';
import { onnxCpu } from '../backends/onnx/onnx.ts';
import { modelFor } from '../../../shared/networks/index.ts';
import { parameterTotal } from '../../../shared/networks/parameters.ts';
import { syntheticExamples } from '../testing/examples.ts';
import { smallExperiment, walked } from '../testing/walks.ts';
import type { Report } from '../testing/walks.ts';
import { checkpointsIn, readCheckpoint } from './checkpoint.ts';
import { decodeState, encodeState } from './state.ts';
import type { WalkState } from './state.ts';

const image = { channels: 1, height: 4, width: 4 };
const classes = 3;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'resume-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const all = syntheticExamples(80, 16, classes);
const part = (from: number, count: number): typeof all => ({
  ...all,
  shape: image,
  images: all.images.slice(from * 16, (from + count) * 16),
  targets: all.targets.slice(from, from + count),
  count,
});
const data = { train: part(0, 60), validation: part(60, 20), checksum: 'c'.repeat(64) };

type Options = NonNullable<Parameters<typeof walked>[1]>;
const go = (experiment: Experiment, options: Options = {}): Promise<Report> =>
  walked(experiment, { data, image, directory: folder, ...options });

function decoded(experiment: Experiment, bytes: Uint8Array): WalkState {
  const model = modelFor(experiment.model, { ...image, classes });
  return decodeState(bytes, {
    parameters: parameterTotal(model.parameters),
    statistics: parameterTotal(model.statistics),
  });
}

/** What is left of a report when a walk goes on from a state: as the store does it. */
function rewound(
  report: Report,
  { scalars }: WalkState,
): Pick<Report, 'iterations' | 'slices' | 'epochs' | 'curvature' | 'files'> {
  return {
    iterations: report.iterations.filter(({ iteration }) => iteration < scalars.done),
    slices: report.slices.filter(({ iteration }) => iteration < scalars.done),
    epochs: report.epochs.filter(({ epoch }) => epoch <= scalars.epoch),
    curvature: report.curvature.filter(({ iteration }) => iteration < scalars.done),
    files: report.files.filter(({ iteration }) => iteration <= scalars.kept),
  };
}

/** Records and kept files of a walk and of what went on from it. */
function joined(before: Report, from: WalkState, after: Report): ReturnType<typeof rewound> {
  const kept = rewound(before, from);
  return {
    iterations: [...kept.iterations, ...after.iterations],
    slices: [...kept.slices, ...after.slices],
    epochs: [...kept.epochs, ...after.epochs],
    curvature: [...kept.curvature, ...after.curvature],
    files: [...kept.files, ...after.files],
  };
}
const found = ({ iterations, slices, epochs, curvature, files }: Report): ReturnType<typeof rewound> => ({
  iterations,
  slices,
  epochs,
  curvature,
  files,
});

const windows = [{ firstIterations: 2 }, { epochs: [2] }];
const experiments: [string, Experiment][] = [
  [
    'an MLP with momentum, decay and batch norm, parameters kept in windows',
    smallExperiment({
      model: { hidden: [6], batchNorm: true },
      optimizer: { momentum: 0.9, weightDecay: 1e-3, learningRate: 0.05 },
      probes: {
        // more than are evaluated together
        interpolation: { points: 20, windows },
        hessian: { method: 'power', every: 'epoch', eigenvalues: 1, examples: 30, iterations: 3 },
      },
      length: { epochs: 3 },
      keepParameters: 'windows',
    }),
  ],
  [
    'a CNN with batch norm, augmentation and micro-batches, parameters kept by epoch',
    smallExperiment({
      data: { train: 60, validation: 20, augment: true },
      model: { architecture: 'cnn', batchNorm: true },
      optimizer: { learningRate: 0.05, microBatch: 10 },
      interpolation: { windows, evaluateOn: { subset: 30 }, batchNorm: 'recomputed' },
      length: { iterations: 8 },
      keepParameters: 'epochs',
    }),
  ],
  [
    'gradient descent with measured noise, augmentation, momentum and a schedule',
    smallExperiment({
      data: { train: 60, validation: 20, augment: true },
      model: { hidden: [6] },
      optimizer: {
        kind: 'gd-isotropic-noise',
        momentum: 0.5,
        learningRate: 0.1,
        schedule: { kind: 'cosine', finalRate: 0.01 },
      },
      probes: {
        interpolation: { points: 4, windows: [{ epochs: [2, 3] }] },
        hessian: { method: 'lanczos', every: { iterations: 2 }, eigenvalues: 1, examples: 30, iterations: 3 },
      },
      length: { epochs: 5 },
      keepParameters: 'windows',
    }),
  ],
  [
    'Adam with decay, whose moments are told apart',
    smallExperiment({
      model: { hidden: [6] },
      optimizer: { kind: 'adam', learningRate: 0.02, beta1: 0.8, beta2: 0.95, weightDecay: 1e-3 },
      interpolation: { points: 4, windows },
      length: { epochs: 3 },
      keepParameters: 'windows',
    }),
  ],
];

describe('a snapshot that cannot be written', () => {
  it.each(['epochs', 'windows'] as const)('of %s is written by the walk that goes on', async (keepParameters) => {
    const experiment = smallExperiment({ length: { epochs: 3 }, interpolation: { windows }, keepParameters });
    const whole = await go(experiment);
    for (const { file, iteration } of whole.files) {
      rmSync(folder, { recursive: true });
      // a folder of that name is in its way
      mkdirSync(join(folder, file), { recursive: true });
      const states: Uint8Array[] = [];
      const first: Report = { ...whole, iterations: [], slices: [], epochs: [], curvature: [], files: [] };
      const failing = go(experiment, { report: first, checkpoint: (bytes) => states.push(bytes) });
      await expect(failing, file).rejects.toThrow(`parameters of iteration ${iteration} could not be written`);
      rmSync(join(folder, file), { recursive: true });
      // without a state it begins anew
      if (states.length === 0) continue;
      const state = decoded(experiment, states.at(-1)!);
      const second = await go(experiment, { resume: state });
      expect(joined(first, state, second).files, file).toEqual(found(whole).files);
      expect(joined(first, state, second).epochs, file).toEqual(found(whole).epochs);
    }
    expect(whole.files.length).toBeGreaterThan(3);
  });
});

describe.each(experiments)('%s', (_, experiment) => {
  it('goes on bit for bit wherever it was stopped', async () => {
    const whole = await go(experiment);
    expect(whole.status).toBe('finished');
    const asked = { count: 0 };
    await go(experiment, { stopped: () => (asked.count++, false) });
    const positions = new Set<string>();
    // between iterations, in the middle of slices, at the ends of epochs: wherever it asks
    for (let at = 0; at < asked.count; at++) {
      const states: Uint8Array[] = [];
      let left = at;
      const first = await go(experiment, { stopped: () => left-- <= 0, checkpoint: (bytes) => states.push(bytes) });
      expect(first.status).toBe('stopped');
      if (states.length === 0) {
        expect(first.iterations).toEqual([]);
        continue;
      }
      expect(states).toHaveLength(1);
      const state = decoded(experiment, states[0]!);
      const second = await go(experiment, { resume: state });
      expect(joined(first, state, second)).toEqual(found(whole));
      positions.add(`${state.scalars.done} of ${first.iterations.length}`);
    }
    // stopped in the middle of a slice: one record more than the checkpoint knows
    expect([...positions].some((each) => each === '1 of 2')).toBe(true);
    expect(positions.size).toBeGreaterThan(totalIterations(experiment));
  });

  it('goes on bit for bit from any checkpoint on its way, and from a checkpoint of what went on', async () => {
    const whole = await go(experiment);
    const states: Uint8Array[] = [];
    const watched = await go(experiment, { due: () => true, checkpoint: (bytes) => states.push(bytes) });
    expect(found(watched)).toEqual(found(whole));
    for (const bytes of states) {
      const again: Uint8Array[] = [];
      const state = decoded(experiment, bytes);
      const second = await go(experiment, { resume: state, due: () => true, checkpoint: (more) => again.push(more) });
      expect(joined(whole, state, second)).toEqual(found(whole));
      // the same states all the way, but for the time that the work took
      const reported = (each: Uint8Array): unknown => ({ ...decoded(experiment, each), meter: null });
      expect(again.map(reported)).toEqual(states.slice(states.length - again.length).map(reported));
    }
  });

  it('goes on bit for bit after the backend failed in the middle of anything', async () => {
    const whole = await go(experiment);
    let failures = 0;
    for (let calls = 3; ; calls += 7) {
      const states: Uint8Array[] = [];
      const report: Report = { ...whole, iterations: [], slices: [], epochs: [], curvature: [], files: [] };
      const outcome = await go(experiment, {
        backend: failingAfter(calls),
        checkpoint: (bytes) => states.push(bytes),
        report,
      }).catch((error: Error) => error.message);
      if (outcome !== 'the device is lost') break;
      failures++;
      if (states.length === 0) continue;
      const state = decoded(experiment, states[0]!);
      expect(joined(report, state, await go(experiment, { resume: state }))).toEqual(found(whole));
    }
    expect(failures).toBeGreaterThan(3);
  });
});

/** A backend that works so often, and never again. */
function failingAfter(calls: number): Backend {
  const cpu = onnxCpu(1);
  let left = calls;
  return {
    ...cpu,
    async compile(...given) {
      const executable = await cpu.compile(...given);
      return {
        ...executable,
        run(...fed) {
          if (left-- <= 0) throw new Error('the device is lost');
          return executable.run(...fed);
        },
      };
    },
  };
}

describe('a checkpoint file', () => {
  const experiment = experiments[0]![1];
  const model = modelFor(experiment.model, { ...image, classes });
  const state = async (): Promise<WalkState> => {
    const states: Uint8Array[] = [];
    await go(experiment, { due: () => true, checkpoint: (bytes) => states.push(bytes) });
    return decoded(experiment, states[3]!);
  };

  it('gives back what was written, and replaces nothing but itself', async () => {
    const written: Checkpoint[] = [];
    const kept = await state();
    await checkpointsIn(folder, (each) => written.push(each)).save(kept);
    const { done, epoch, kept: last } = kept.scalars;
    expect(written).toMatchObject([{ iteration: done, epoch, kept: last }]);
    expect(readdirSync(folder)).toContain(written[0]!.file);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(await readCheckpoint(folder, written[0]!, model)).toEqual(kept);
  });

  it('never takes the place of another, though it stands before the same iteration', async () => {
    const written: Checkpoint[] = [];
    const kept = await state();
    const checkpoints = checkpointsIn(folder, (each) => written.push(each));
    await checkpoints.save(kept);
    await checkpoints.save({ ...kept, scalars: { ...kept.scalars, epoch: kept.scalars.epoch + 1 } });
    expect(new Set(written.map(({ file }) => file)).size).toBe(2);
    expect(await readCheckpoint(folder, written[0]!, model)).toEqual(kept);
  });

  it('that was changed, cut short, of another network or version is refused by name', async () => {
    const written: Checkpoint[] = [];
    const kept = await state();
    await checkpointsIn(folder, (each) => written.push(each)).save(kept);
    const { file } = written[0]!;
    const path = join(folder, file);
    const bytes = readFileSync(path);
    await expect(readCheckpoint(folder, { file: 'gone', sha256: '' }, model)).rejects.toThrow(/gone: ENOENT/);
    const other = modelFor({ ...experiment.model, hidden: [7] } as never, { ...image, classes });
    await expect(readCheckpoint(folder, written[0]!, other)).rejects.toThrow(
      /it holds \d+ parameters, the network has/,
    );
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path, bytes);
    await expect(readCheckpoint(folder, written[0]!, model)).rejects.toThrow(/SHA-256 is .* it was/);
    const sizes = { parameters: 1, statistics: 1 };
    expect(() => decodeState(encodeState(kept).subarray(0, 40), sizes)).toThrow(/cut short/);
    const newer = Buffer.from(encodeState(kept));
    newer.write('"version":"2"', newer.indexOf('"version":"1"'));
    expect(() => decodeState(newer, sizes)).toThrow(/version 2, and this Valleywalk reads version 1/);
  });

  it('from before slices below resolution were counted is read with none of them', async () => {
    const kept = await state();
    const { unresolved_slices: unresolved, ...counts } = kept.scalars.counts;
    expect(unresolved).toBeGreaterThanOrEqual(0);
    const old = { ...kept, scalars: { ...kept.scalars, counts } } as WalkState;
    const sizes = { parameters: kept.point.parameters.length, statistics: kept.point.statistics.length };
    expect(decodeState(encodeState(old), sizes).scalars.counts).toEqual({ ...counts, unresolved_slices: 0 });
  });

  it('is due every minute, at the end of an epoch after two seconds, and rarer where writing takes long', async () => {
    let now = 0;
    const kept = await state();
    const checkpoints = checkpointsIn(
      folder,
      () => (now += 500),
      () => now,
    );
    expect([checkpoints.due(false), checkpoints.due(true)]).toEqual([false, false]);
    now = 2000;
    expect([checkpoints.due(false), checkpoints.due(true)]).toEqual([false, true]);
    now = 60_000;
    expect(checkpoints.due(false)).toBe(true);
    await checkpoints.save(kept);
    now += 9_999;
    expect(checkpoints.due(true)).toBe(false);
    now += 1;
    expect(checkpoints.due(true)).toBe(true);
  });

  it('that cannot be written says where and why', async () => {
    const kept = await state();
    await expect(checkpointsIn(join(folder, 'nowhere'), () => undefined).save(kept)).rejects.toThrow(
      /checkpoint of iteration \d+ could not be written to .*nowhere.*ENOENT.*resume the run/,
    );
  });
});
