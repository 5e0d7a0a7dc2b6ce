/** Material of analyses: a small walk with kept parameters, for tests. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Experiment } from '../../../shared/experiment.ts';
import type { Bench } from '../analyses/analysis.ts';
import { onnxCpu } from '../backends/onnx/onnx.ts';
import { modelFor } from '../../../shared/networks/index.ts';
import { keptPoints } from '../walk/load.ts';
import { syntheticData } from './examples.ts';
import { smallExperiment, walked } from './walks.ts';
import type { Report } from './walks.ts';

/** A walk whose probed points are kept, and a bench on them. */
export async function benchOf(
  change: Parameters<typeof smallExperiment>[0] = {},
): Promise<{ bench: Bench; report: Report; experiment: Experiment; shares: number[] }> {
  const experiment = smallExperiment({
    length: { iterations: 6 },
    interpolation: { windows: [{ firstIterations: 6 }] },
    keepParameters: 'windows',
    ...change,
  });
  const directory = await mkdtemp(join(tmpdir(), 'bench-'));
  const report = await walked(experiment, { directory });
  const data = syntheticData(experiment.data.train, experiment.data.validation);
  const model = modelFor(experiment.model, { channels: 1, height: 1, width: 6, classes: 3 });
  const shares: number[] = [];
  const bench: Bench = {
    experiment,
    data,
    model,
    backend: onnxCpu(1),
    kept: keptPoints(directory, report.files, model),
    advance(share) {
      shares.push(share);
      return Promise.resolve();
    },
  };
  return { bench, report, experiment, shares };
}

/** Mean cross-entropy of a linear softmax classifier in float64: logits = W x + b with weight [classes, features] before bias. */
export function linearSoftmaxLoss(parameters: ArrayLike<number>, { data }: Bench): number {
  const { images, targets: labels, count, features } = data.train;
  const classes = data.train.classes!;
  let total = 0;
  for (let example = 0; example < count; example++) {
    const logits = Array.from({ length: classes }, (_, out) => {
      let sum = parameters[classes * features + out]!;
      for (let f = 0; f < features; f++) sum += parameters[out * features + f]! * images[example * features + f]!;
      return sum;
    });
    const top = Math.max(...logits);
    total += top + Math.log(logits.reduce((sum, each) => sum + Math.exp(each - top), 0)) - logits[labels[example]!]!;
  }
  return total / count;
}
