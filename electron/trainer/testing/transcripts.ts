/**
 * Transcripts of short walks: everything that a walk tells, in order and with every digit, so that a change of the walk that is to change
 * no number can be compared with what was there before. They are computed by the float64 reference, which is the same on every machine.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { microBatchOf } from '../../../shared/cost.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import { modelFor } from '../../../shared/networks/index.ts';
import { parameterTotal } from '../../../shared/networks/parameters.ts';
import type { ParameterFile } from '../../../shared/trainer-messages.ts';
import type { LoadedData } from '../../datasets/load.ts';
import type { Backend } from '../backends/backend.ts';
import { walkImported } from '../walk/imported.ts';
import { keptPoints } from '../walk/load.ts';
import { meterFor } from '../walk/meter.ts';
import { importedMeter } from '../walk/sources/imported.ts';
import { decodeState, encodeState } from '../walk/state.ts';
import type { WalkState } from '../walk/state.ts';
import { walk } from '../walk/walk.ts';
import { syntheticExamples } from './examples.ts';
import { referenceBackend } from './reference-backend.ts';
import { smallExperiment } from './walks.ts';

const image = { channels: 1, height: 4, width: 4 };
const classes = 3;
const shape = { ...image, classes };

const all = syntheticExamples(80, 16, classes);
const part = (from: number, count: number): typeof all => ({
  ...all,
  shape: image,
  images: all.images.slice(from * 16, (from + count) * 16),
  targets: all.targets.slice(from, from + count),
  count,
});
const data: LoadedData = { train: part(0, 60), validation: part(60, 20), checksum: 'c'.repeat(64) };

/** What happened, one line each. */
type Transcript = string[];

/** A checkpoint's bytes, without the seconds that the work took. */
function timeless(state: WalkState): Uint8Array {
  const none = { update: 0, evaluate: 0, derive: 0 };
  return encodeState({ ...state, meter: { ...state.meter, seconds: none } });
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What a walk is to do beside walking. */
interface Course {
  experiment: Experiment;
  /** Stops when asked so often; never when left out. */
  stopAt?: number;
  /** Writes its checkpoint wherever it asks whether one is due. */
  checkpoints?: boolean;
  /** Calls of the backend that work; all when left out. */
  worksFor?: number;
  /** Where to go on. */
  resume?: Uint8Array;
}

/** Walks, and writes down all that is told. @param folder for kept parameters @param states is given each checkpoint */
async function transcribe(
  { experiment, stopAt = Infinity, checkpoints = false, worksFor = Infinity, resume }: Course,
  folder: string,
  states: (bytes: Uint8Array) => void = () => undefined,
): Promise<Transcript> {
  const reported: Transcript = [];
  const tell = (what: string, value: unknown): void => void reported.push(`${what} ${JSON.stringify(value)}`);
  const model = modelFor(experiment.model, shape);
  const from = resume
    ? decodeState(resume, {
        parameters: parameterTotal(model.parameters),
        statistics: parameterTotal(model.statistics),
      })
    : null;
  const meter = meterFor(experiment, shape, 'host', from);
  let asked = 0;
  try {
    const outcome = await walk({
      experiment,
      data,
      model,
      backend: failingAfter(worksFor),
      microBatch: microBatchOf(experiment, shape),
      parametersDirectory: folder,
      meter,
      resume: from,
      checkpoints: {
        due(ended) {
          tell('due', ended);
          return checkpoints;
        },
        async save(state) {
          const bytes = timeless(state);
          states(bytes);
          tell('checkpoint', [state.scalars.done, digest(bytes)]);
        },
      },
      stopped: () => asked++ >= stopAt,
      observer: {
        iteration: (record) => tell('iteration', record),
        slice: (records) => tell('slice', records),
        epoch: (record) => tell('epoch', record),
        curvature: (records) => tell('curvature', records),
        parameters: (file) => tell('parameters', file),
        tick: (done) => tell('tick', done),
        room: async () => tell('room', null),
      },
    });
    tell('outcome', outcome);
  } catch (error) {
    tell('failed', (error as Error).message);
  }
  tell('work', meter.state().done);
  tell('asked', asked);
  return reported;
}

/** Walks along files of parameters, and writes down its records. */
async function transcribeImported(
  experiment: Experiment,
  files: readonly ParameterFile[],
  folder: string,
  { knowsEpochs = true, stopAfter = Infinity }: { knowsEpochs?: boolean; stopAfter?: number },
): Promise<Transcript> {
  const reported: Transcript = [];
  const tell = (what: string, value: unknown): void => void reported.push(`${what} ${JSON.stringify(value)}`);
  const model = modelFor(experiment.model, shape);
  let iterations = 0;
  const imported = { experiment, learningRate: 0.25, knowsEpochs, points: keptPoints(folder, files, model) };
  const { status } = await walkImported({
    ...imported,
    data,
    model,
    backend: referenceBackend,
    meter: importedMeter(imported, shape),
    stopped: () => iterations >= stopAfter,
    observer: {
      iteration(record) {
        iterations++;
        tell('iteration', record);
      },
      slice: (records) => tell('slice', records),
      epoch: (record) => tell('epoch', record),
      curvature: (records) => tell('curvature', records),
      parameters: (file) => tell('parameters', file),
      tick: () => undefined,
    },
  });
  tell('status', status);
  return reported;
}

/** The reference, which works so often and never again. */
function failingAfter(calls: number): Backend {
  let left = calls;
  return {
    ...referenceBackend,
    async compile(...given) {
      const executable = await referenceBackend.compile(...given);
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

const windows = [{ firstIterations: 2 }, { epochs: [2] }];

/** Everything that a walk remembers: momentum, decay, batch norm, slices, curvature, snapshots. */
const remembering = smallExperiment({
  name: 'remembering',
  model: { hidden: [6], batchNorm: true },
  optimizer: { momentum: 0.9, weightDecay: 1e-3, learningRate: 0.05 },
  probes: {
    interpolation: { points: 20, windows },
    hessian: { method: 'power', every: 'epoch', eigenvalues: 1, examples: 30, iterations: 3 },
  },
  length: { epochs: 3 },
  keepParameters: 'windows',
});

const convolving = smallExperiment({
  data: { train: 60, validation: 20, augment: true },
  model: { architecture: 'cnn', batchNorm: true },
  optimizer: { learningRate: 0.05, microBatch: 10 },
  interpolation: { windows: [{ firstIterations: 1 }], evaluateOn: { subset: 30 }, batchNorm: 'recomputed' },
  length: { iterations: 2 },
  keepParameters: 'epochs',
});

const noisy = smallExperiment({
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
});

/** Walks that are interrupted in many places. */
const interrupted = { remembering, noisy };

const whole: Record<string, Experiment> = {
  remembering,
  convolving,
  noisy,
  'plain, on a subset, by statistics of the batch': smallExperiment({
    model: { hidden: [6], batchNorm: true },
    interpolation: { windows: [{ firstIterations: 5 }], evaluateOn: { subset: 20 }, batchNorm: 'batch' },
    length: { iterations: 5 },
  }),
  'gradient descent in steps': smallExperiment({
    optimizer: { kind: 'gd', schedule: { kind: 'step', everyEpochs: 2, factor: 0.5 }, weightDecay: 0.01 },
    interpolation: { windows: [{ firstIterations: 4 }] },
    length: { epochs: 4 },
    keepParameters: 'epochs',
  }),
  'noise of a told deviation': smallExperiment({
    optimizer: { kind: 'gd-isotropic-noise', noiseDeviation: 0.05 },
    length: { epochs: 3 },
  }),
  'diverging at once': smallExperiment({
    optimizer: { learningRate: 1e6 },
    length: { iterations: 3 },
  }),
  'infinite at once': smallExperiment({
    hidden: [6, 6, 6, 6, 6, 6, 6, 6],
    optimizer: { learningRate: 1e6, weightDecay: 0.1 },
    interpolation: { windows: [{ firstIterations: 3 }] },
    length: { iterations: 3 },
  }),
  'diverging with momentum, its windows kept': smallExperiment({
    hidden: [6, 6],
    optimizer: { learningRate: 100, momentum: 0.9 },
    interpolation: { windows: [{ firstIterations: 9 }] },
    length: { iterations: 9 },
    keepParameters: 'windows',
  }),
};

/** Every transcript by the name of what happens in it; the bytes of the last checkpoint that `remembering` wrote in the midst of its walk. */
export async function allTranscripts(): Promise<{ transcripts: Record<string, Transcript>; checkpoint: Uint8Array }> {
  const folder = mkdtempSync(join(tmpdir(), 'transcripts-'));
  const transcripts: Record<string, Transcript> = {};
  const written: Uint8Array[] = [];
  try {
    for (const [name, experiment] of Object.entries(whole)) {
      transcripts[name] = await transcribe({ experiment, checkpoints: true }, folder, (bytes) => {
        if (experiment === remembering) written.push(bytes);
      });
    }
    for (const [name, experiment] of Object.entries(interrupted)) {
      for (let stopAt = 0; stopAt < 60; stopAt += 3)
        transcripts[`${name}, stopped at ${stopAt}`] = await transcribe({ experiment, stopAt }, folder);
      for (let worksFor = 10; worksFor < 200; worksFor += 13)
        transcripts[`${name}, device lost after ${worksFor}`] = await transcribe({ experiment, worksFor }, folder);
    }
    for (const [at, resume] of written.entries())
      transcripts[`remembering, resumed from checkpoint ${at}`] = await transcribe(
        { experiment: remembering, resume },
        folder,
      );
    const along = smallExperiment({
      model: { hidden: [6], batchNorm: true },
      interpolation: { windows: [{ firstIterations: 7 }] },
      length: { iterations: 7 },
      keepParameters: 'windows',
    });
    const files = (await transcribe({ experiment: along }, folder))
      .filter((line) => line.startsWith('parameters '))
      .map((line) => JSON.parse(line.slice('parameters '.length)) as ParameterFile);
    for (const [name, some, options] of [
      ['whole', files, {}],
      ['without epochs', files, { knowsEpochs: false }],
      ['far apart', files.filter(({ iteration }) => [1, 4, 7].includes(iteration)), {}],
      ['stopped', files, { stopAfter: 3 }],
    ] as const)
      transcripts[`imported, ${name}`] = await transcribeImported(along, some, folder, options);
    return { transcripts, checkpoint: written[4]! };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
