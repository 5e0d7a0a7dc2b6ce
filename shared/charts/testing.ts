/** Hand-made and synthetic runs for tests and for looking at figures. */
import { blankEpoch, blankIteration, blankRun, blankSlice } from '../blank-records.ts';
import { experimentSchema } from '../experiment.ts';
import { curvatureColumns, epochColumns, iterationColumns, sliceColumns, timeColumns, toColumns } from '../records.ts';
import type { CurvatureRecord, EpochRecord, IterationRecord, RunRecord, SliceRecord } from '../records.ts';
import { ValleywalkError } from '../errors.ts';
import { judgeSlice, unmeasuredResolution } from '../resolution.ts';
import { summaryOf } from '../over-settings/quantity-summary.ts';
import { summariseQuantity } from '../over-settings/summarise.ts';
import type { Chart, RunData } from './chart.ts';
import type { FigureSource } from './source.ts';

/** A finished run without records. */
export function testRun(name = 'quick walk', changes: Partial<RunRecord> = {}): RunRecord {
  return blankRun({
    run: `run-${name.replace(/\W+/g, '-')}`,
    name,
    experiment: experimentSchema.parse({ name }),
    seed: 1,
    sequence: 1,
    created_at: '2026-11-02T10:00:00Z',
    iterations_done: 60,
    iterations_total: 60,
    progress: 1,
    ...changes,
  });
}

/** An iteration of which nothing is known but what is told. */
export function testIteration(iteration: number, changes: Partial<IterationRecord> = {}): IterationRecord {
  return blankIteration({ iteration, ...changes });
}

/** Run data from records. */
export function testData(
  run: RunRecord,
  iterations: IterationRecord[] = [],
  slices: SliceRecord[] = [],
  epochs: EpochRecord[] = [],
  curvature: CurvatureRecord[] = [],
): RunData {
  return {
    run,
    iterations: toColumns(iterationColumns, iterations),
    slices: toColumns(sliceColumns, slices),
    epochs: toColumns(epochColumns, epochs),
    curvature: toColumns(curvatureColumns, curvature),
  };
}

/** The slice records and the probed values of an iteration from its losses at α = 0, 1/K, …, 1. */
export function testSlice(
  iteration: number,
  losses: number[],
  standardError: number | null = null,
): { slices: SliceRecord[]; probed: Partial<IterationRecord> } {
  const last = losses.length - 1;
  const alphas = losses.map((_, k) => k / last);
  const floor = losses.indexOf(Math.min(...losses));
  const ends = Math.max(losses[0]!, losses[last]!);
  const resolution = unmeasuredResolution(losses);
  const bends = losses.slice(2).map(() => resolution);
  const answers = judgeSlice(losses, { floor: resolution, barrier: resolution, bends }, null);
  return {
    slices: losses.map((loss, k) => blankSlice({ iteration, alpha: alphas[k]!, loss, standard_error: standardError })),
    probed: {
      loss_before: losses[0]!,
      loss_after: losses[last]!,
      floor_loss: losses[floor]!,
      floor_alpha: alphas[floor]!,
      height_before: losses[0]! - losses[floor]!,
      height_after: losses[last]! - losses[floor]!,
      barrier_height: Math.max(0, ...losses.slice(1, -1).map((loss) => loss - ends)),
      loss_resolution: resolution,
      interior_floor: answers.interior_floor,
      barrier: answers.barrier,
    },
  };
}

/** Settings of a synthetic walk. */
export interface SyntheticWalk {
  name?: string;
  seed?: number;
  iterations?: number;
  /** Whether iteration t is probed; all are by default. */
  probed?: (t: number) => boolean;
  /** Iterations with a barrier. */
  barriers?: number[];
  standardError?: number | null;
  /** Scale of the bounces. */
  height?: number;
  perEpoch?: number;
}

/** A run that bounces down a noisy valley. */
export function syntheticWalk({
  name = 'quick walk',
  seed = 1,
  iterations = 60,
  probed = () => true,
  barriers = [],
  standardError = null,
  height = 0.05,
  perEpoch = 60,
}: SyntheticWalk = {}): RunData {
  let state = Math.imul(seed, 2654435761);
  const random = (): number => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 374761393) >>> 0;
    return state / 4294967296;
  };
  const records: IterationRecord[] = [];
  const slices: SliceRecord[] = [];
  const epochs: EpochRecord[] = [];
  let loss = 2.42;
  let path = 0;
  for (let t = 0; t < iterations; t++) {
    const valley = 0.45 + 1.9 * Math.exp(-t / (iterations * 0.35));
    const next = valley + height * (0.4 + 1.2 * random());
    const depth = height * (2 + 3 * random()) * (t < 3 ? 0.4 : 1);
    const sign = barriers.includes(t) ? -1 : 1;
    const points = Array.from({ length: 11 }, (_, k) => {
      const a = k / 10;
      return loss + (next - loss) * a - sign * depth * 4 * a * (1 - a) * 0.25 * (sign < 0 ? 1.2 : 1);
    });
    points[10] = next;
    const isProbed = probed(t);
    const slice = testSlice(t, points, standardError);
    if (isProbed) slices.push(...slice.slices);
    const update = 0.1 * (0.4 + random());
    path += update;
    records.push(
      testIteration(t, {
        epoch: Math.floor(t / perEpoch) + 1,
        learning_rate: 0.1,
        batch_loss: loss + (random() - 0.5) * 0.3 * Math.min(1, loss),
        gradient_norm: 1 + random(),
        gradient_cosine: t === 0 ? null : t < 4 ? 0.6 - 0.2 * t : -0.35 + (random() - 0.5) * 0.7,
        update_norm: update,
        distance: 0.12 * Math.sqrt(t + 1) * (1 + 0.05 * random()),
        path_length: path,
        ...(isProbed
          ? { ...slice.probed, convex: sign > 0, bounce: true, step_curvature: 12, step_curvature_error: 1 }
          : {}),
      }),
    );
    loss = next;
    if ((t + 1) % perEpoch === 0) {
      const epoch = (t + 1) / perEpoch;
      epochs.push(
        blankEpoch({
          epoch,
          iterations: perEpoch,
          train_loss: loss,
          train_accuracy: 1 - Math.exp(-epoch / 3) * 0.5,
          validation_loss: loss * 1.05 + 0.02,
          validation_accuracy: 0.97 - Math.exp(-epoch / 3) * 0.5,
          distance: 0.12 * Math.sqrt(t + 1),
          barriers: barriers.filter((at) => Math.floor(at / perEpoch) + 1 === epoch).length,
          barriers_above_noise: barriers.filter((at) => Math.floor(at / perEpoch) + 1 === epoch).length,
          probed_iterations: perEpoch,
          interior_floors: perEpoch - 2,
          convex_slices: perEpoch - 1,
        }),
      );
    }
  }
  const run = testRun(name, {
    run: `run-${seed}`,
    seed,
    iterations_done: iterations,
    iterations_total: iterations,
  });
  return testData(run, records, slices, epochs);
}

/** A figure source over run data. */
export function testSource(all: RunData[]): FigureSource {
  const find = (id: string): RunData => {
    const found = all.find(({ run }) => run.run === id);
    if (!found) throw new ValleywalkError('missing', `There is no run ${id}.`);
    return found;
  };
  return {
    run: (id) => find(id).run,
    iterations: (id) => find(id).iterations,
    slices: (id, from, to) => {
      const { slices } = find(id);
      const first = slices.iteration.findIndex((t) => t >= from);
      const after = slices.iteration.findIndex((t) => t >= to);
      const cut = (column: Float64Array): Float64Array =>
        first < 0 ? column.subarray(0, 0) : column.subarray(first, after < 0 ? undefined : after);
      return Object.fromEntries(
        Object.entries(slices).map(([key, column]) => [key, cut(column)]),
      ) as unknown as RunData['slices'];
    },
    epochs: (id) => find(id).epochs,
    analysis: (id) => {
      const found = all.find(({ analysis }) => analysis?.analysis === id)?.analysis;
      if (!found) throw new ValleywalkError('missing', `There is no analysis ${id}.`);
      return found;
    },
    curvature: (id) => find(id).curvature,
    summary: (id, name) => find(id).summaries?.[name] ?? summariseQuantity(find(id), summaryOf(name)),
    times: (id) => find(id).times ?? toColumns(timeColumns, []),
  };
}

/** The points [x, y] of the line and scatter series whose id starts so, in order. */
export function drawnPoints(chart: Chart, id: string): [number, number][] {
  const all = chart.option.series as { id?: string; data?: unknown }[];
  return all
    .filter((series) => series.id?.startsWith(id) && series.data instanceof Float64Array)
    .flatMap(({ data }) => {
      const flat = data as Float64Array;
      return Array.from({ length: flat.length / 2 }, (_, index): [number, number] => [
        flat[2 * index]!,
        flat[2 * index + 1]!,
      ]);
    });
}
