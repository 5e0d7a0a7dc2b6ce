/** The trainer's conversation: takes one command from its port, does it and reports. */
import { checkValue } from '../../shared/check-value.ts';
import type { BackendName, VectorPlace } from '../../shared/backends.ts';
import { faultsText } from '../../shared/bounded.ts';
import type { Port } from '../../shared/client.ts';
import { microBatchOf } from '../../shared/cost.ts';
import { totalIterations } from '../../shared/experiment.ts';
import { problemsOf } from '../../shared/problems.ts';
import type { Experiment } from '../../shared/experiment.ts';
import { trainerCommandSchema } from '../../shared/trainer-messages.ts';
import type { Checkpoint, TrainerCommand, TrainerReport } from '../../shared/trainer-messages.ts';
import { loadDataset } from '../datasets/load.ts';
import { analyse } from './analyses/job.ts';
import type { Backend } from './backends/backend.ts';
import { describeBackend, openBackend } from './backends/index.ts';
import { environmentOf } from './environment.ts';
import { measure } from './measure.ts';
import { modelFor } from '../../shared/networks/index.ts';
import type { Model } from '../../shared/networks/model.ts';
import { parameterTotal } from '../../shared/networks/parameters.ts';
import { recordBufferFor } from './record-buffer.ts';
import { checkpointsIn, readCheckpoint } from './walk/checkpoint.ts';
import { batchesOnTheWay } from './on-the-way.ts';
import type { BatchesOnTheWay } from './on-the-way.ts';
import { walkImported } from './walk/imported.ts';
import type { ImportedWalk } from './walk/imported.ts';
import { importedMeter } from './walk/sources/imported.ts';
import type { ImportedPoints } from './walk/sources/imported.ts';
import { inspectPointFile, keptPoints } from './walk/load.ts';
import type { InspectedPoint } from './walk/load.ts';
import { meterFor } from './walk/meter.ts';
import type { Meter, Pace } from './walk/meter.ts';
import type { Outcome } from './walk/observer.ts';
import { vectorPlace } from './walk/space/space.ts';
import { walk } from './walk/walk.ts';

type Start = Extract<TrainerCommand, { type: 'start' }>;

/** Opens a backend by name. */
type Open = (name: string, threads?: number) => Backend | Promise<Backend>;

/** Milliseconds between two reports of progress. */
const progressEvery = 200;

/**
 * Does one job for whoever is at the other end of the port: a `start` is answered with `started`, records, progress, parameter
 * files, checkpoints and exactly one `ended`; an `analyse` with `started`, progress, its result and `ended`; a `describe` with a `backend` for each; a `measure` with `measuring` and `measured`; an `inspect` with `inspected`. A `stop` is seen within one iteration, between two
 * evaluations of a slice, or while the data set loads. Whatever goes wrong ends with `ended` and status `failed`. Messages
 * that are no commands are answered so too as long as no job is under way, and ignored afterwards.
 * @param load opens data sets
 * @param open opens backends
 * @returns when the job is over and everything was sent
 */
export function runTrainer(
  port: Port,
  load: typeof loadDataset = loadDataset,
  open: Open = openBackend,
): Promise<void> {
  let started = false;
  let stopping = false;
  const onTheWay = batchesOnTheWay(() => stopping);
  const send = (report: TrainerReport): void => {
    if (report.type === 'records') onTheWay.sent();
    port.send(report);
  };

  return new Promise((resolve) => {
    port.onMessage((message) => {
      const parsed = checkValue(trainerCommandSchema, message);
      if (parsed.success && parsed.data.type === 'taken') {
        onTheWay.taken();
        return;
      }
      if (parsed.success && parsed.data.type === 'stop') {
        stopping = true;
        onTheWay.stopped();
      }
      if (started) return;
      started = true;
      if (!parsed.success) {
        send(
          failure(
            new Error(`the trainer was sent something that is no command: ${faultsText(problemsOf(parsed.error))}`),
          ),
        );
        resolve();
      } else if (parsed.data.type === 'describe') {
        void describe(parsed.data.backends, send).then(resolve);
      } else if (parsed.data.type === 'measure') {
        void speed(parsed.data.backend, send, open).then(resolve);
      } else if (parsed.data.type === 'stop') {
        send({ type: 'ended', status: 'stopped', message: null, pace: noPace });
        resolve();
      } else if (parsed.data.type === 'analyse') {
        analyse(parsed.data, send, () => stopping, load, open)
          .then((status) => send({ type: 'ended', status, message: null, pace: noPace }))
          .catch((error: unknown) => send(failure(error)))
          .finally(resolve);
      } else if (parsed.data.type === 'inspect') {
        inspect(parsed.data, send)
          .catch((error: unknown) => send(failure(error)))
          .finally(resolve);
      } else if (parsed.data.type === 'start') {
        void job(parsed.data, send, { stopped: () => stopping, onTheWay, load, open }).then(resolve);
      }
    });
  });
}

/** What a run works with. */
interface Means {
  stopped: () => boolean;
  onTheWay: BatchesOnTheWay;
  load: typeof loadDataset;
  open: Open;
}

const noPace: Pace = { update: null, evaluate: null };

/** Tries one backend after the other, so that one which ends the process is the first that was not told about. */
async function describe(names: readonly BackendName[], send: (report: TrainerReport) => void): Promise<void> {
  for (const name of names) send({ type: 'backend', backend: await describeBackend(name) });
}

/** Measures a backend; it never throws. */
async function speed(name: BackendName, send: (report: TrainerReport) => void, open: Open): Promise<void> {
  try {
    const backend = await open(name);
    const speeds = await measure(backend, (progress) => send({ type: 'measuring', progress }));
    send({ type: 'measured', backend: backend.describe(), speeds });
  } catch (error) {
    send(failure(error));
  }
}

/** Checks files of parameters against an architecture. @throws ValleywalkError naming the first that does not fit, and how */
async function inspect(
  { experiment, dataset, files, converted }: Extract<TrainerCommand, { type: 'inspect' }>,
  send: (report: TrainerReport) => void,
): Promise<void> {
  const model = modelFor(experiment.model, dataset);
  const found: InspectedPoint[] = [];
  for (const [index, file] of files.entries()) found.push(await inspectPointFile(file, model, converted[index]));
  send({ type: 'inspected', files: found });
}

/** One run, trained or along imported points, from loading the data to its end; it never throws. */
async function job(
  start: Start,
  send: (report: TrainerReport) => void,
  { stopped, onTheWay, load, open }: Means,
): Promise<void> {
  const { experiment, dataset, backend: backendName, imported, threads, elapsedSeconds } = start;
  let began = performance.now();
  const records = recordBufferFor(
    (batch) => send({ type: 'records', batch }),
    () => (elapsedSeconds === null || imported ? null : elapsedSeconds + (performance.now() - began) / 1000),
  );
  let pace = (): Pace => noPace;
  try {
    const backend = await open(backendName, threads);
    const data = await load(dataset, experiment.data);
    const model = modelFor(experiment.model, dataset);
    const begin = imported ? openImportedRun(start, model) : await openTrainedRun(start, model, vectorPlace(backend));
    if (!imported) pace = begin.meter.pace;
    send({
      type: 'started',
      environment: environmentOf(backend.describe()),
      parameters: parameterTotal(model.parameters),
      dataChecksum: data.checksum,
    });

    began = performance.now();
    let { iterationsDone } = begin;
    let reported = -Infinity;
    const report = (): void => send({ type: 'progress', iterationsDone, ...begin.meter.progress() });
    const outcome = await begin.walk({
      experiment,
      data,
      model,
      backend,
      meter: begin.meter,
      stopped,
      observer: {
        iteration: records.iteration,
        slice: records.slice,
        epoch: records.epoch,
        curvature: records.curvature,
        parameters: (file) => send({ type: 'parameters', file }),
        async room() {
          began += await onTheWay.room();
        },
        tick(done) {
          iterationsDone = done;
          records.tick();
          const now = performance.now();
          if (now - reported < progressEvery) return;
          reported = now;
          report();
        },
      },
      checkpointed(checkpoint) {
        // whoever keeps the records has them before they count as done
        records.flush();
        send({ type: 'checkpoint', checkpoint });
      },
    });
    records.flush();
    if (outcome.status === 'finished')
      send({ type: 'progress', iterationsDone: totalIterations(experiment), progress: 1, secondsLeft: 0 });
    else report();
    send({ type: 'ended', ...outcome, pace: pace() });
  } catch (error) {
    records.flush();
    send(failure(error, pace()));
  }
}

/** A run that is ready to walk. */
interface Run {
  meter: Meter;
  iterationsDone: number;
  walk(
    common: Omit<ImportedWalk, keyof ImportedPoints> & {
      experiment: Experiment;
      checkpointed: (checkpoint: Checkpoint) => void;
    },
  ): Promise<Outcome>;
}

function openImportedRun({ experiment, dataset, parametersDirectory, imported }: Start, model: Model): Run {
  if (!imported || parametersDirectory === null) throw new Error('there are no points to walk along');
  const { learningRate, knowsBatchSize: knowsEpochs, files } = imported;
  const points = { experiment, learningRate, knowsEpochs, points: keptPoints(parametersDirectory, files, model) };
  return {
    meter: importedMeter(points, dataset),
    iterationsDone: 0,
    walk: (common) => walkImported({ ...common, ...points }),
  };
}

async function openTrainedRun(start: Start, model: Model, vectors: VectorPlace): Promise<Run> {
  const { experiment, dataset, parametersDirectory, checkpointDirectory, resumeFrom } = start;
  const resume = resumeFrom && (await readCheckpoint(checkpointDirectory, resumeFrom, model));
  return {
    meter: meterFor(experiment, dataset, vectors, resume),
    iterationsDone: resume?.scalars.done ?? 0,
    walk: ({ checkpointed, ...common }) =>
      walk({
        ...common,
        parametersDirectory,
        resume,
        checkpoints: checkpointsIn(checkpointDirectory, checkpointed),
        microBatch: microBatchOf(experiment, dataset),
      }),
  };
}

function failure(error: unknown, pace: Pace = noPace): TrainerReport {
  const text = error instanceof Error ? error.message : String(error);
  return { type: 'ended', status: 'failed', message: text || 'The run failed without saying why.', pace };
}
