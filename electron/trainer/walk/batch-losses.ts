/** The loss of a batch as training sees it, at any point: what a step was taken for. */
import type { Backend } from '../backends/backend.ts';
import { input } from '../../../shared/graph/ops/index.ts';
import type { Loss } from '../../../shared/losses/index.ts';
import { logitsOf } from '../../../shared/networks/model.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { byBatchStatistics } from '../../../shared/networks/norms.ts';
import { summarise } from './measurement.ts';
import type { Measurement } from './measurement.ts';
import { feedsOf, pointInputs } from './point.ts';
import type { Point } from './point.ts';
import type { Batch } from './sources/source.ts';
import { rowsOf, targetsInput } from './targets.ts';

/** Evaluates batches of one size. */
export interface BatchLosses {
  /** Examples of a batch. */
  readonly count: number;
  /** The losses of a batch's examples at a point, batch norm by the statistics of each micro-batch as in `gradientFunction`; accuracy is not told. */
  measure(point: Point, batch: Batch): Promise<Measurement>;
  /** Frees what the backend holds. */
  dispose(): Promise<void>;
}

/**
 * Compiles them.
 * @param microBatch examples that pass at once; it divides the batch size
 */
export async function batchLosses(
  backend: Backend,
  model: Model,
  loss: Loss,
  batchSize: number,
  microBatch: number,
): Promise<BatchLosses> {
  const { features, outputs } = model;
  const tensors = pointInputs(model);
  const logits = logitsOf(model, input('x', [microBatch, features]), tensors, byBatchStatistics(tensors).normalise);
  const executable = await backend.compile({
    logits,
    losses: loss.of(logits, targetsInput(loss, microBatch, outputs)),
  });
  return {
    count: batchSize,
    async measure(point, { images, targets }) {
      const weights = feedsOf(point, model);
      const losses = new Float32Array(batchSize);
      const values = new Float32Array(batchSize * outputs);
      for (let from = 0; from < batchSize; from += microBatch) {
        const to = from + microBatch;
        await executable.run(
          {
            x: images.subarray(from * features, to * features),
            targets: rowsOf(targets, batchSize, from, to),
            ...weights,
          },
          { logits: values.subarray(from * outputs, to * outputs), losses: losses.subarray(from, to) },
        );
      }
      return summarise(losses, null, batchSize, { values, sensitivity: loss.sensitivity });
    },
    dispose: () => executable.dispose(),
  };
}
