/** What is compared: each piece of work on our side and on PyTorch's, from the same parameters and examples. */
import { onnxCpu } from '../../electron/trainer/backends/onnx/onnx.ts';
import type { Backend } from '../../electron/trainer/backends/backend.ts';
import { differentiate } from '../../shared/graph/differentiate.ts';
import { add, crossEntropy, input, mean, multiply, sum } from '../../shared/graph/ops/index.ts';
import type { Tensor } from '../../shared/graph/tensor.ts';
import { logitsOf } from '../../shared/networks/model.ts';
import { byBatchStatistics, byRunningStatistics } from '../../shared/networks/norms.ts';
import { viewsOf } from '../../shared/networks/parameters.ts';
import { segmentEvaluator } from '../../electron/trainer/walk/evaluator.ts';
import { gradientFunction } from '../../electron/trainer/walk/gradient.ts';
import { blendPoints, emptyPoint, feedsOf, pointInputs } from '../../electron/trainer/walk/point.ts';
import type { HostPoint } from '../../electron/trainer/walk/point.ts';
import { allocateVectors } from '../../electron/trainer/walk/vector-kernels.ts';
import { sgdStep } from '../../electron/trainer/walk/vector.ts';
import type { Opponent } from './opponent.ts';
import type { Subject } from './networks.ts';

/** Examples in a batch, as in the paper. */
const batch = 100;

/** One side's time for one round, in seconds. */
type Round = () => Promise<number>;

/** Both sides of a piece of work, ready to be timed in turns. */
export interface Work {
  ours: Round;
  theirs: Round;
  dispose(): Promise<void>;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

const secondsOf = async (opponent: Opponent, command: string, parameters: Record<string, unknown>): Promise<number> =>
  Number((await opponent.ask(command, parameters)).seconds);

/** Slices: points of one segment after the other, each a fresh set of parameters. */
export async function evaluation(
  { model, point, examples }: Subject,
  opponent: Opponent,
  threads: number,
  points: number,
): Promise<Work> {
  const population = examples.count;
  const evaluator = await segmentEvaluator({ backend: onnxCpu(threads), model, examples, population });
  const vectors = allocateVectors(1 + points, point.parameters.length);
  const ends = [0.001, -0.001].map((step, which) => {
    const parameters = vectors[which]!;
    parameters.set(point.parameters.map((value, index) => value + step * Math.sin(index)));
    return { ...point, parameters };
  });
  const inner = vectors.slice(2).map((vector) => emptyPoint(model, vector));
  let turn = 0;
  await evaluator.measure(point);
  return {
    ours: () =>
      timed(async () => {
        const [start, end] = [ends[turn % 2]!, ends[(turn + 1) % 2]!];
        turn++;
        await evaluator.measure(end);
        // as a walk does
        for (let done = 0; done < inner.length; done += evaluator.batchedPoints)
          await evaluator.betweenAll(
            inner.slice(done, done + evaluator.batchedPoints).map((between, index) => {
              const alpha = (done + index + 1) / points;
              blendPoints(start, end, alpha, between);
              return { alpha, point: between };
            }),
          );
      }),
    theirs: () => secondsOf(opponent, 'evaluate', { examples: examples.count, points }),
    dispose: () => evaluator.dispose(),
  };
}

/** SGD iterations. Ours also takes the cosine, the norms and the distance of every iteration; PyTorch's only steps. */
export async function update(
  { model, point, examples }: Subject,
  opponent: Opponent,
  threads: number,
  count: number,
): Promise<Work> {
  const gradient = await gradientFunction(onnxCpu(threads), model, batch);
  const labels = Int32Array.from(examples.labels);
  // as a walk does
  const vectors = allocateVectors(5, point.parameters.length);
  const [initial, first, second] = vectors as [Float32Array, Float32Array, Float32Array];
  initial.set(point.parameters);
  first.set(point.parameters);
  let current: HostPoint = { parameters: first, statistics: point.statistics.slice() };
  let next = emptyPoint(model, second);
  let [slope, previous] = vectors.slice(3) as [Float32Array, Float32Array];
  return {
    ours: () =>
      timed(async () => {
        for (let index = 0; index < count; index++) {
          const at = (index * batch) % (examples.count - batch + 1);
          const images = examples.images.subarray(at * model.features, (at + batch) * model.features);
          await gradient.compute(current, images, labels.subarray(at, at + batch), {
            gradient: slope,
            statistics: next.statistics,
          });
          sgdStep({
            current: current.parameters,
            next: next.parameters,
            initial,
            gradient: slope,
            previous,
            velocity: null,
            learningRate: 1e-4,
            momentum: 0,
            weightDecay: 0,
          });
          [current, next] = [next, current];
          [slope, previous] = [previous, slope];
        }
      }),
    theirs: () => secondsOf(opponent, 'update', { batch, count }),
    dispose: () => gradient.dispose(),
  };
}

/** Loss, gradient and Hessian-vector product of one batch as one graph. */
function derivatives(
  model: Subject['model'],
  training: boolean,
): Record<'loss' | 'gradient' | 'product', Record<string, Tensor>> {
  const tensors = pointInputs(model);
  const normalise = training ? byBatchStatistics(tensors).normalise : byRunningStatistics(tensors);
  const logits = logitsOf(model, input('x', [batch, model.features]), tensors, normalise);
  const loss = mean(crossEntropy(logits, input('labels', [batch], 'int')));
  const variables = model.parameters.map(({ name }) => tensors[name]!);
  const gradients = differentiate(loss, variables);
  const along = gradients
    .map((each, index) => sum(multiply(each, input(`vector of ${model.parameters[index]!.name}`, each.shape))))
    .reduce(add);
  const products = differentiate(along, variables);
  const named = (what: string, values: Tensor[]): Record<string, Tensor> =>
    Object.fromEntries(values.map((value, index) => [`${what} of ${model.parameters[index]!.name}`, value]));
  return { loss: { loss }, gradient: named('gradient', gradients), product: named('product', products) };
}

function feeds({ model, point, examples, vector }: Subject): Record<string, Float32Array | Int32Array> {
  const vectors = viewsOf(vector, model.parameters);
  return {
    x: examples.images.subarray(0, batch * model.features),
    labels: Int32Array.from(examples.labels.subarray(0, batch)),
    ...feedsOf(point, model),
    ...Object.fromEntries(Object.entries(vectors).map(([name, values]) => [`vector of ${name}`, values])),
  };
}

/** Hessian-vector products of one batch. */
export async function product(subject: Subject, opponent: Opponent, threads: number, count: number): Promise<Work> {
  const backend: Backend = onnxCpu(threads);
  const executable = await backend.compile(derivatives(subject.model, false).product);
  const fed = feeds(subject);
  return {
    ours: () =>
      timed(async () => {
        for (let index = 0; index < count; index++) await executable.run(fed);
      }),
    theirs: () => secondsOf(opponent, 'product', { batch, count }),
    dispose: () => executable.dispose(),
  };
}

/** Our gradient and Hessian-vector product in float32, by parameter tensor in the model's order, as two flat arrays. */
export async function ourDerivatives(
  subject: Subject,
  threads: number,
  training: boolean,
): Promise<{ gradient: Float32Array; product: Float32Array }> {
  const { gradient, product: products } = derivatives(subject.model, training);
  const executable = await onnxCpu(threads).compile({ ...gradient, ...products });
  const results = await executable.run(feeds(subject));
  await executable.dispose();
  const flat = (names: string[]): Float32Array => {
    const whole = new Float32Array(subject.vector.length);
    let place = 0;
    for (const name of names) {
      whole.set(results[name]!, place);
      place += results[name]!.length;
    }
    return whole;
  };
  return { gradient: flat(Object.keys(gradient)), product: flat(Object.keys(products)) };
}
