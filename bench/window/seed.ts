/** Runs made up for measurements: as many iterations as wanted, with slices and planted spikes. */
import { curvatureColumns, epochColumns, iterationColumns, sliceColumns, timeColumns } from '../../shared/records.ts';
import type { Columns } from '../../shared/records.ts';
import { experimentSchema } from '../../shared/experiment.ts';
import type { Store } from '../../electron/workbench/store/store.ts';

/** Points of a slice, both ends counted. */
const points = 11;

/** What a made-up run is like. */
interface Wanted {
  name: string;
  iterations: number;
  /** Whether every iteration has a slice. */
  slices?: boolean;
  /** Whether every iteration has losses, heights and a floor, as slices leave them, without the slices. */
  heights?: boolean;
  /** Iterations whose slice has one point of loss {@link spikeLoss}; all other losses are between 1 and 3. */
  spikes?: readonly number[];
  /** Iterations whose batch loss is {@link spikeLoss}. */
  batchSpikes?: readonly number[];
  /** Batch loss of an iteration, in nats, in place of the made-up one and its spikes. */
  batchLoss?: (t: number) => number;
  /** Validation accuracy after each of equally long epochs, from the first on. */
  accuracies?: readonly number[];
  learningRate?: number;
  batchSize?: number;
  seed?: number;
}

/** Loss of a planted spike, in nats. */
const spikeLoss = 50;

const empty = <R extends object>(keys: readonly (keyof R & string)[], length: number): Columns<R> =>
  Object.fromEntries(keys.map((key) => [key, new Float64Array(length).fill(NaN)])) as Columns<R>;

/** No record of any kind. */
const nothing = () => ({
  iterations: empty(iterationColumns, 0),
  slices: empty(sliceColumns, 0),
  epochs: empty(epochColumns, 0),
  curvature: empty(curvatureColumns, 0),
  times: empty(timeColumns, 0),
});

/** Records of epochs with nothing but an accuracy. */
function epochsOf(accuracies: readonly number[], iterations: number): ReturnType<typeof nothing> {
  const epochs = empty(epochColumns, accuracies.length);
  for (const [index, accuracy] of accuracies.entries()) {
    epochs.epoch[index] = index + 1;
    epochs.iterations[index] = iterations / accuracies.length;
    epochs.validation_accuracy[index] = accuracy;
  }
  return { ...nothing(), epochs };
}

/** Adds a finished run. @returns its id */
export function addRun(store: Store, wanted: Wanted): string {
  const { name, iterations: total, slices: sliced = false, heights = sliced, spikes = [], batchSpikes = [] } = wanted;
  const { accuracies = [], learningRate = 0.1, batchSize = 100, seed = 1 } = wanted;
  const experiment = experimentSchema.parse({
    ...{ name, seed },
    length: { iterations: Math.max(1, total) },
    optimizer: { kind: 'sgd', learningRate, batchSize },
  });
  const { record } = store.create({ experiment, iterationsTotal: total, parameters: 1, backend: 'cpu' });
  const key = store.runs.key(record.run);
  const planted = new Set(spikes);
  const inBatches = new Set(batchSpikes);
  const lossAt = (x: number): number => 1 + 1.5 / (1 + x / 500) + 0.2 * Math.sin(x * 1.7) ** 2;
  const batchLossAt =
    wanted.batchLoss ?? ((t: number) => (inBatches.has(t) ? spikeLoss : lossAt(t) * (1 + learningRate)));
  store.transaction(() => {
    for (let from = 0; from < total; from += 5000) {
      const count = Math.min(5000, total - from);
      const iterations = empty(iterationColumns, count);
      const slices = empty(sliceColumns, sliced ? count * points : 0);
      for (let row = 0; row < count; row++) {
        const t = from + row;
        iterations.iteration[row] = t;
        iterations.epoch[row] = 1;
        iterations.learning_rate[row] = learningRate;
        iterations.batch_loss[row] = batchLossAt(t);
        iterations.gradient_norm[row] = 1;
        iterations.gradient_cosine[row] = Math.sin(t * 2.3);
        iterations.update_norm[row] = learningRate;
        iterations.distance[row] = learningRate * Math.log(t + 2);
        iterations.path_length[row] = learningRate * (t + 1);
        if (!heights) continue;
        iterations.loss_before[row] = lossAt(t);
        iterations.loss_after[row] = lossAt(t + 1);
        iterations.floor_loss[row] = lossAt(t) - 0.1;
        iterations.floor_alpha[row] = 0.4;
        iterations.height_before[row] = 0.1;
        iterations.height_after[row] = lossAt(t + 1) - lossAt(t) + 0.1;
        iterations.barrier_height[row] = 0;
        iterations.convex[row] = 1;
        iterations.bounce[row] = 0;
        if (!sliced) continue;
        for (let point = 0; point < points; point++) {
          const at = row * points + point;
          const alpha = point / (points - 1);
          slices.iteration[at] = t;
          slices.alpha[at] = alpha;
          slices.loss[at] = point === 5 && planted.has(t) ? spikeLoss : lossAt(t + alpha) - 0.4 * alpha * (1 - alpha);
        }
      }
      store.records.append(key, { ...nothing(), iterations, slices });
    }
  });
  if (accuracies.length > 0) store.records.append(key, epochsOf(accuracies, total));
  const moment = new Date().toISOString();
  store.runs.change(record.run, {
    status: 'finished',
    started_at: moment,
    finished_at: moment,
    iterations_done: total,
    progress: 1,
    summary: store.summary(record.run),
    owner: null,
    owner_pid: null,
  });
  return record.run;
}
