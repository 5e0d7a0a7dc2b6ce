/** An analysis as a trainer's job: it loads what the analysis works with, reports its progress and sends its result. */
import { setImmediate } from 'node:timers/promises';
import type { TrainerCommand, TrainerReport } from '../../../shared/trainer-messages.ts';
import type { loadDataset } from '../../datasets/load.ts';
import type { Backend } from '../backends/backend.ts';
import { environmentOf } from '../environment.ts';
import { modelFor } from '../../../shared/networks/index.ts';
import { parameterTotal } from '../../../shared/networks/parameters.ts';
import { keptPoints } from '../walk/load.ts';
import { Stopped } from './analysis.ts';
import { analysisOf } from './index.ts';

/** The command of an analysis. */
export type Analyse = Extract<TrainerCommand, { type: 'analyse' }>;

/** Milliseconds between two reports of progress. */
const progressEvery = 200;

/**
 * One analysis from loading the data to its end: `started`, `analysis-progress`, `analysed`.
 * @returns how it ended
 * @throws what went wrong
 */
export async function analyse(
  { request, experiment, dataset, backend: backendName, threads, directory, files }: Analyse,
  send: (report: TrainerReport) => void,
  stopped: () => boolean,
  load: typeof loadDataset,
  open: (name: string, threads?: number) => Backend | Promise<Backend>,
): Promise<'finished' | 'stopped'> {
  const backend = await open(backendName, threads ?? undefined);
  const data = await load(dataset, experiment.data);
  const model = modelFor(experiment.model, dataset);
  send({
    type: 'started',
    environment: environmentOf(backend.describe()),
    parameters: parameterTotal(model.parameters),
    dataChecksum: data.checksum,
  });
  const began = performance.now();
  let reported = -Infinity;
  async function advance(share: number): Promise<void> {
    const now = performance.now();
    if (now - reported >= progressEvery) {
      reported = now;
      const secondsLeft = share > 0 ? (((now - began) / 1000) * (1 - share)) / share : null;
      send({ type: 'analysis-progress', progress: Math.min(1, share), secondsLeft });
    }
    // lets a stop in
    await setImmediate();
    if (stopped()) throw new Stopped('the analysis was asked to stop');
  }
  try {
    await advance(0);
    const kept = keptPoints(directory, files, model);
    const result = await analysisOf(request, { experiment, data, model, backend, kept, advance });
    send({ type: 'analysed', result });
    return 'finished';
  } catch (error) {
    if (error instanceof Stopped) return 'stopped';
    throw error;
  }
}
