/** Evaluates some examples of a set at a point: those that a sample has drawn. */
import { correct, input } from '../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../shared/graph/tensor.ts';
import { logitsOf } from '../../../shared/networks/model.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { byRunningStatistics } from '../../../shared/networks/norms.ts';
import type { Loss } from '../../../shared/losses/index.ts';
import type { Examples } from '../../datasets/load.ts';
import type { Backend } from '../backends/backend.ts';
import { chunkSizeFor } from './chunks.ts';
import { worthBuilding } from './evaluator.ts';
import { feedsOf, pointInputs } from './point.ts';
import type { Point } from './point.ts';
import { targetsInput } from './targets.ts';

/** What examples showed at a point. */
export interface SampleMeasurement {
  /** Loss of each, in their order. */
  losses: Float32Array;
  /** 1 where the greatest output is the label's, else 0. */
  correct: Float32Array;
}

/** Evaluates samples. */
export interface SampleEvaluator {
  /** Losses and hits of some examples at a point, whose running statistics normalise. */
  measure(point: Point, examples: Uint32Array): Promise<SampleMeasurement>;
  dispose(): Promise<void>;
}

/** Most examples of a chunk: samples grow by some hundred, and the last chunk is filled up. */
const mostInChunk = 100;

/**
 * Opens an evaluator of samples whose targets are classes. All chunks are of one size, so that it compiles once, whatever the samples' sizes; the last is filled up with
 * its first example, which changes nothing for the others as running statistics normalise.
 */
export async function openSample({
  backend,
  model,
  loss,
  examples,
}: {
  backend: Backend;
  model: Model;
  loss: Loss;
  examples: Examples;
}): Promise<SampleEvaluator> {
  const { features } = examples;
  const size = Math.min(mostInChunk, chunkSizeFor(model), examples.count);
  const outputs = (): Record<string, Tensor> => {
    const tensors = pointInputs(model);
    const targets = targetsInput(loss, size, model.outputs);
    const logits = logitsOf(model, input('x', [size, features]), tensors, byRunningStatistics(tensors));
    return { losses: loss.of(logits, targets), correct: correct(logits, targets) };
  };
  const fed = await backend.compile(outputs());
  const images = new Float32Array(size * features);
  const targets = new Int32Array(size);
  return {
    async measure(point, chosen) {
      const found = { losses: new Float32Array(chosen.length), correct: new Float32Array(chosen.length) };
      const weights = feedsOf(point, model);
      const building = model.stem.parameters.length === 0 && chosen.length >= worthBuilding;
      const executable = building ? await backend.compile(outputs(), weights) : fed;
      try {
        for (let start = 0; start < chosen.length; start += size) {
          const chunk = chosen.subarray(start, start + size);
          for (let at = 0; at < size; at++) {
            const example = chunk[at] ?? chunk[0]!;
            images.set(examples.images.subarray(example * features, (example + 1) * features), at * features);
            targets[at] = examples.targets[example]!;
          }
          const of = await executable.run({ x: images, targets, ...weights });
          found.losses.set(of['losses']!.subarray(0, chunk.length), start);
          found.correct.set(of['correct']!.subarray(0, chunk.length), start);
        }
      } finally {
        if (building) await executable.dispose();
      }
      return found;
    },
    dispose: () => fed.dispose(),
  };
}
