/** The trainer's conversation: takes one command from its port, does it and reports. */
import type { Port } from '../../shared/client.ts';
import { microBatchOf } from '../../shared/cost.ts';
import { totalIterations } from '../../shared/experiment.ts';
import { trainerCommandSchema } from '../../shared/trainer-messages.ts';
import type { TrainerCommand, TrainerReport } from '../../shared/trainer-messages.ts';
import { loadDataset } from '../datasets/load.ts';
import { describeBackends, openBackend } from './backends/index.ts';
import { environmentOf } from './environment.ts';
import { modelFor } from './models/index.ts';
import { parameterTotal } from './models/parameters.ts';
import { outboxFor } from './outbox.ts';
import { meterFor } from './walk/meter.ts';
import type { Pace } from './walk/meter.ts';
import { walk } from './walk/walk.ts';
import type { Outcome } from './walk/walk.ts';

type Start = Extract<TrainerCommand, { type: 'start' }>;

/** Milliseconds between two reports of progress. */
const progressEvery = 200;

/**
 * Does one job for whoever is at the other end of the port: a `start` is answered with `started`, records, progress, parameter
 * files and exactly one `ended`; a `describe` with `backends`. A `stop` is seen within one iteration, between two
 * evaluations of a slice, or while the data set loads. Whatever goes wrong ends with `ended` and status `failed`. Messages
 * that are no commands are answered so too as long as no job is under way, and ignored afterwards.
 * @param load opens data sets
 * @param open opens backends
 * @returns when the job is over and everything was sent
 */
export function runTrainer(
  port: Port,
  load: typeof loadDataset = loadDataset,
  open: typeof openBackend = openBackend,
): Promise<void> {
  let started = false;
  let stopping = false;
  const send = (report: TrainerReport): void => port.send(report);

  return new Promise((resolve) => {
    port.onMessage((message) => {
      const parsed = trainerCommandSchema.safeParse(message);
      if (parsed.success && parsed.data.type === 'stop') stopping = true;
      if (started) return;
      started = true;
      if (!parsed.success) {
        send(failure(new Error(`the trainer was sent something that is no command: ${parsed.error.message}`)));
        resolve();
      } else if (parsed.data.type === 'describe') {
        send({ type: 'backends', backends: describeBackends() });
        resolve();
      } else if (parsed.data.type === 'stop') {
        send({ type: 'ended', status: 'stopped', message: null, pace: noPace });
        resolve();
      } else void job(parsed.data, send, () => stopping, load, open).then(resolve);
    });
  });
}

const noPace: Pace = { update: null, evaluate: null };

/** One run from loading the data to its end; it never throws. */
async function job(
  { experiment, dataset, backend: backendName, parametersDirectory }: Start,
  send: (report: TrainerReport) => void,
  stopped: () => boolean,
  load: typeof loadDataset,
  open: typeof openBackend,
): Promise<void> {
  const outbox = outboxFor((batch) => send({ type: 'records', batch }));
  let pace = (): Pace => noPace;
  try {
    const backend = open(backendName);
    const data = await load(dataset, experiment.data);
    const model = modelFor(experiment.model, dataset);
    const meter = meterFor(experiment, dataset);
    pace = meter.pace;
    send({
      type: 'started',
      environment: environmentOf(backend.describe()),
      parameters: parameterTotal(model.parameters),
      dataChecksum: data.checksum,
    });

    let iterationsDone = 0;
    let reported = -Infinity;
    const report = (): void => send({ type: 'progress', iterationsDone, ...meter.progress() });
    const outcome = await walk({
      experiment,
      data,
      model,
      backend,
      parametersDirectory,
      meter,
      microBatch: microBatchOf(experiment, dataset),
      stopped,
      observer: {
        iteration: outbox.iteration,
        slice: outbox.slice,
        epoch: outbox.epoch,
        parameters: (file) => send({ type: 'parameters', file }),
        tick(done) {
          iterationsDone = done;
          outbox.tick();
          const now = performance.now();
          if (now - reported < progressEvery) return;
          reported = now;
          report();
        },
      },
    });
    outbox.flush();
    if (outcome.status === 'finished')
      send({ type: 'progress', iterationsDone: totalIterations(experiment), progress: 1, secondsLeft: 0 });
    else report();
    send(ended(outcome, meter.pace()));
  } catch (error) {
    outbox.flush();
    send(failure(error, pace()));
  }
}

function ended({ status, message }: Outcome, pace: Pace): TrainerReport {
  return { type: 'ended', status, message, pace };
}

function failure(error: unknown, pace: Pace = noPace): TrainerReport {
  const text = error instanceof Error ? error.message : String(error);
  return { type: 'ended', status: 'failed', message: text || 'The run failed without saying why.', pace };
}
