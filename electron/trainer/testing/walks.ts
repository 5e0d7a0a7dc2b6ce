/** Runs small walks and collects what they report, for tests. */
import { microBatchOf } from '../../../shared/cost.ts';
import { experimentSchema } from '../../../shared/experiment.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import { drawsBatches, optimizer as optimizerSchema } from '../../../shared/optimizers/index.ts';
import type { CurvatureRecord, EpochRecord, IterationRecord, SliceRecord } from '../../../shared/records.ts';
import type { ParameterFile } from '../../../shared/trainer-messages.ts';
import type { LoadedData } from '../../datasets/load.ts';
import type { Backend } from '../backends/backend.ts';
import { onnxCpu } from '../backends/onnx/onnx.ts';
import { modelFor } from '../../../shared/networks/index.ts';
import type { ImageShape } from '../../../shared/networks/layers.ts';
import { meterFor } from '../walk/meter.ts';
import type { Observer, Outcome } from '../walk/observer.ts';
import { vectorPlace } from '../walk/space/space.ts';
import { encodeState } from '../walk/state.ts';
import type { WalkState } from '../walk/state.ts';
import { dataShapeOf } from '../walk/targets.ts';
import { walk } from '../walk/walk.ts';
import { syntheticData } from './examples.ts';

/** An experiment on 60 training and 20 validation examples, batch 20, hidden width 8, 4 points a slice, changed as told. */
export function smallExperiment(change: {
  optimizer?: object;
  interpolation?: object;
  hessian?: object;
  hidden?: number[];
  model?: object;
  [field: string]: unknown;
}): Experiment {
  const { optimizer, interpolation, hessian, hidden = [8], model = { hidden }, ...rest } = change;
  return experimentSchema.parse({
    data: { train: 60, validation: 20 },
    model,
    optimizer: { ...(isDescent(optimizer) ? {} : { batchSize: 20 }), learningRate: 0.5, ...optimizer },
    probes: { interpolation: { points: 4, windows: [], ...interpolation }, ...(hessian ? { hessian } : {}) },
    ...rest,
  });
}

/** Whether an optimiser takes the whole training set as its batch. */
function isDescent(optimizer: object | undefined): boolean {
  return !drawsBatches(optimizerSchema.parse(optimizer ?? {}));
}

/** Everything a walk reported. */
export interface Report extends Outcome {
  iterations: IterationRecord[];
  slices: SliceRecord[];
  epochs: EpochRecord[];
  curvature: CurvatureRecord[];
  files: ParameterFile[];
  /** Examples of every evaluation that was computed, in order. */
  evaluations: number[];
  progress: number;
}

/** Walks an experiment on synthetic data. */
export async function walked(
  experiment: Experiment,
  options: {
    data?: LoadedData;
    /** Shape of the examples; one row of six when left out. */
    image?: ImageShape;
    backend?: Backend;
    directory?: string;
    /** Asked wherever the walk asks, after so many iterations were reported. */
    stopped?(report: Report): boolean;
    tick?: Observer['tick'];
    resume?: WalkState;
    /** Collects here, for a walk that is to fail. */
    report?: Report;
    /** Is given every state that the walk would keep, encoded. */
    checkpoint?(state: Uint8Array): void;
    /** Whether the walk is to keep its state; only where it stops when left out. */
    due?(epochEnded: boolean): boolean;
  } = {},
): Promise<Report> {
  const image = options.image ?? { channels: 1, height: 1, width: 6 };
  const features = image.channels * image.height * image.width;
  const data = options.data ?? syntheticData(experiment.data.train, experiment.data.validation, features, 3, image);
  const shape = { ...dataShapeOf(data.train), ...image };
  const meter = meterFor(experiment, shape, vectorPlace(options.backend ?? {}), options.resume);
  const report: Report = options.report ?? {
    status: 'finished',
    message: null,
    iterations: [],
    slices: [],
    epochs: [],
    curvature: [],
    files: [],
    evaluations: [],
    progress: 0,
  };
  const outcome = await walk({
    experiment,
    data,
    model: modelFor(experiment.model, shape),
    backend: options.backend ?? onnxCpu(1),
    microBatch: microBatchOf(experiment, shape),
    parametersDirectory: options.directory ?? null,
    meter: {
      ...meter,
      evaluated(examples, seconds) {
        if (seconds > 0) report.evaluations.push(examples);
        meter.evaluated(examples, seconds);
      },
    },
    resume: options.resume ?? null,
    checkpoints: {
      due: (ended) => options.due?.(ended) ?? false,
      save: (state) => Promise.resolve(options.checkpoint?.(encodeState(state))),
    },
    stopped: () => options.stopped?.(report) ?? false,
    observer: {
      iteration: (record) => report.iterations.push(record),
      slice: (records) => report.slices.push(...records),
      epoch: (record) => report.epochs.push(record),
      curvature: (records) => report.curvature.push(...records),
      parameters: (file) => report.files.push(file),
      tick: (done) => options.tick?.(done),
    },
  });
  return { ...report, ...outcome, progress: meter.progress().progress };
}
