/** A trial: a backend counts as available once it has computed a small network right. */
import { differentiate } from '../../../shared/graph/differentiate.ts';
import * as ops from '../../../shared/graph/ops/index.ts';
import { evaluateReference } from '../../../shared/graph/reference.ts';
import type { Tensor } from '../../../shared/graph/tensor.ts';
import { cnn } from '../../../shared/networks/cnn.ts';
import { logitsOf } from '../../../shared/networks/model.ts';
import { byBatchStatistics } from '../../../shared/networks/norms.ts';
import { viewsOf } from '../../../shared/networks/parameters.ts';
import { generatorFrom } from '../random/generator.ts';
import { pointInputs } from '../walk/point.ts';
import type { Backend } from './backend.ts';

/** Greatest error that a trial lets pass, as a share of an output's greatest value: float32 passes, half precision does not. */
const tolerance = 1e-4;

/** Outputs and feeds of the trial: loss, correct answers and gradient of a CNN with batch norm, most operations there are. */
function trialNetwork(): { outputs: Record<string, Tensor>; feeds: Record<string, Float32Array | Int32Array> } {
  const model = cnn({ image: { channels: 1, height: 4, width: 4 }, outputs: 3, batchNorm: true, filters: [2, 3] });
  const generator = generatorFrom([1, 2, 3, 4]);
  const count = 4;
  const tensors = pointInputs(model);
  const logits = logitsOf(
    model,
    ops.input('x', [count, model.features]),
    tensors,
    byBatchStatistics(tensors).normalise,
  );
  const labels = ops.input('labels', [count], 'int');
  const loss = ops.mean(ops.crossEntropy(logits, labels));
  const gradients = differentiate(
    loss,
    model.parameters.map(({ name }) => tensors[name]!),
  );
  return {
    outputs: {
      loss,
      correct: ops.correct(logits, labels),
      ...Object.fromEntries(gradients.map((gradient, index) => [`gradient ${index}`, gradient])),
    },
    feeds: {
      x: Float32Array.from({ length: count * model.features }, () => generator.uniform() - 0.5),
      labels: Int32Array.of(0, 1, 2, 1),
      ...viewsOf(model.initialise(generator), model.parameters),
    },
  };
}

/**
 * Lets a backend compute the trial.
 * @throws Error what the backend throws, or one that says how wrong its numbers are.
 */
export async function trial(backend: Pick<Backend, 'compile'>): Promise<void> {
  const { outputs, feeds } = trialNetwork();
  const executable = await backend.compile(outputs);
  const results = await executable.run(feeds);
  const exact = evaluateReference(outputs, feeds);
  await executable.dispose();
  const scale = Math.max(...Object.values(exact).flatMap((values) => Array.from(values, Math.abs)));
  for (const [name, values] of Object.entries(exact))
    values.forEach((value, index) => {
      const error = Math.abs(results[name]![index]! - value) / scale;
      if (!(error <= tolerance))
        throw new Error(
          `a trial came out wrong: the ${name} of a small network is off by ${error.toExponential(1)} of the greatest value, and ${tolerance} is allowed`,
        );
    });
}
