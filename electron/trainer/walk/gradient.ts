/** Loss and gradient of one batch. */
import type { Backend } from '../backends/backend.ts';
import { differentiate } from '../graph/differentiate.ts';
import { crossEntropy, input, mean } from '../graph/ops/index.ts';
import type { Model } from '../models/model.ts';
import { viewsOf } from '../models/parameters.ts';
import { parameterInputs } from './evaluator.ts';

/** Computes batch gradients of one model and batch size. */
export interface GradientFunction {
  /**
   * Mean cross-entropy of a batch and its gradient, without weight decay.
   * @param images [batchSize, features]
   * @param gradient flat vector that the gradient is written into
   * @returns the loss, possibly NaN or infinite
   */
  compute(parameters: Float32Array, images: Float32Array, labels: Int32Array, gradient: Float32Array): Promise<number>;
  /** Frees what the backend holds. */
  dispose(): Promise<void>;
}

/** Compiles the gradient of a model's mean batch loss. */
export async function gradientFunction(backend: Backend, model: Model, batchSize: number): Promise<GradientFunction> {
  const tensors = parameterInputs(model);
  const logits = model.head(model.stem.apply(input('x', [batchSize, model.features]), tensors), tensors);
  const loss = mean(crossEntropy(logits, input('labels', [batchSize], 'int')));
  const names = model.parameters.map(({ name }) => name);
  const gradients = differentiate(
    loss,
    names.map((name) => tensors[name]!),
  );
  const outputName = (name: string): string => `gradient of ${name}`;
  const executable = await backend.compile({
    loss,
    ...Object.fromEntries(names.map((name, index) => [outputName(name), gradients[index]!])),
  });
  return {
    async compute(parameters, images, labels, gradient) {
      const views = viewsOf(gradient, model.parameters);
      const results = await executable.run(
        { x: images, labels, ...viewsOf(parameters, model.parameters) },
        Object.fromEntries(names.map((name) => [outputName(name), views[name]!])),
      );
      return results.loss![0]!;
    },
    dispose: () => executable.dispose(),
  };
}
