/** What is compared: each piece of work on our side and on PyTorch's, from the same parameters and examples. */
import { onnxCpu } from '../../electron/trainer/backends/onnx/onnx.ts';
import type { Backend } from '../../electron/trainer/backends/backend.ts';
import type { Examples } from '../../electron/datasets/load.ts';
import { differentiate } from '../../shared/graph/differentiate.ts';
import { add, crossEntropy, gemm, input, mean, multiply, sum } from '../../shared/graph/ops/index.ts';
import type { Tensor } from '../../shared/graph/tensor.ts';
import { usualLoss } from '../../shared/losses/index.ts';
import { logitsOf } from '../../shared/networks/model.ts';
import { byBatchStatistics, byRunningStatistics } from '../../shared/networks/norms.ts';
import { viewsOf } from '../../shared/networks/parameters.ts';
import { segmentEvaluator } from '../../electron/trainer/walk/evaluator.ts';
import { gradientFunction } from '../../electron/trainer/walk/gradient.ts';
import { hessianProduct } from '../../electron/trainer/walk/hessian.ts';
import { emptyPoint, feedsOf, pointInputs } from '../../electron/trainer/walk/point.ts';
import type { Point } from '../../electron/trainer/walk/point.ts';
import { openSpace, writeTo } from '../../electron/trainer/walk/space/space.ts';
import { optimizer } from '../../shared/optimizers/index.ts';
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

/** One side of a piece of work. */
export interface OurWork {
  ours: Round;
  dispose(): Promise<void>;
}

/** Slices: points of one segment after the other, each a fresh set of parameters. */
export async function ourEvaluation(
  { model, point, examples }: Subject,
  backend: Backend,
  points: number,
): Promise<OurWork> {
  const population = examples.count;
  const evaluator = await segmentEvaluator({ backend, model, loss: usualLoss, examples, population });
  const space = openSpace(backend, 1 + points, point.parameters.length);
  const ends: Point[] = [];
  for (const step of [0.001, -0.001])
    ends.push({
      ...point,
      parameters: await space.holding(
        point.parameters.map((value, index) => value + step * Math.sin(index)),
        null,
      ),
    });
  const inner: Point[] = [];
  for (let made = 1; made < points; made++) inner.push(emptyPoint(model, await space.vector()));
  let turn = 0;
  await evaluator.measure(point);
  return {
    ours: () =>
      timed(async () => {
        const [start, end] = [ends[turn % 2]!, ends[(turn + 1) % 2]!];
        turn++;
        await evaluator.measure(end);
        // as a walk does
        for (let done = 0; done < inner.length; done += evaluator.batchedPoints) {
          const places = inner
            .slice(done, done + evaluator.batchedPoints)
            .map((between, index) => ({ alpha: (done + index + 1) / points, point: between }));
          for (const { alpha, point: between } of places)
            await space.blend(start.parameters, end.parameters, alpha, between.parameters);
          await evaluator.betweenAll(places);
        }
      }),
    async dispose() {
      await evaluator.dispose();
      await space.dispose();
    },
  };
}

/** The same on the processor, beside PyTorch's. */
export async function evaluation(subject: Subject, opponent: Opponent, threads: number, points: number): Promise<Work> {
  return {
    ...(await ourEvaluation(subject, onnxCpu(threads), points)),
    theirs: () => secondsOf(opponent, 'evaluate', { examples: subject.examples.count, points }),
  };
}

/** SGD iterations, with the cosine, the norms and the distance of every one. */
export async function ourUpdate(
  { model, point, examples }: Subject,
  backend: Backend,
  count: number,
): Promise<OurWork> {
  const gradient = await gradientFunction(backend, model, usualLoss, batch);
  const labels = Int32Array.from(examples.targets);
  const space = openSpace(backend, 5, point.parameters.length);
  const rule = await space.rule(optimizer.parse({ kind: 'sgd' }));
  const initial = await rule.vector();
  await writeTo(initial, point.parameters);
  let current: Point = {
    parameters: await space.holding(point.parameters.slice(), null),
    statistics: point.statistics.slice(),
  };
  let next = emptyPoint(model, await space.vector());
  let [slope, previous] = [await rule.vector(), await rule.vector()];
  return {
    ours: () =>
      timed(async () => {
        for (let iteration = 0; iteration < count; iteration++) {
          const at = (iteration * batch) % (examples.count - batch + 1);
          const images = examples.images.subarray(at * model.features, (at + batch) * model.features);
          await gradient.compute(current, images, labels.subarray(at, at + batch), {
            gradient: slope,
            statistics: next.statistics,
          });
          const vectors = { current: current.parameters, next: next.parameters, initial, gradient: slope, previous };
          await rule.update({ iteration, learningRate: 1e-4, ...vectors }, {});
          [current, next] = [next, current];
          [slope, previous] = [previous, slope];
        }
      }),
    async dispose() {
      await gradient.dispose();
      await space.dispose();
    },
  };
}

/** The same on the processor, beside PyTorch's, which only steps. */
export async function update(subject: Subject, opponent: Opponent, threads: number, count: number): Promise<Work> {
  return {
    ...(await ourUpdate(subject, onnxCpu(threads), count)),
    theirs: () => secondsOf(opponent, 'update', { batch, count }),
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
    labels: Int32Array.from(examples.targets.subarray(0, batch)),
    ...feedsOf(point, model),
    ...Object.fromEntries(Object.entries(vectors).map(([name, values]) => [`vector of ${name}`, values])),
  };
}

/** Hessian-vector products of one batch at one point, as a walk takes them, summed in float64; what they keep of the point is computed in each round. */
export async function product(subject: Subject, opponent: Opponent, threads: number, count: number): Promise<Work> {
  const { model, point, examples, vector } = subject;
  const hessian = await hessianProduct(onnxCpu(threads), model, usualLoss, firstOf(examples, batch), batch);
  return {
    ours: () =>
      timed(async () => {
        const here = hessian.at(point);
        for (let index = 0; index < count; index++) await here.multiply(vector, () => false);
      }),
    theirs: () => secondsOf(opponent, 'product', { batch, count }),
    dispose: () => hessian.dispose(),
  };
}

/** The first so many examples. */
function firstOf(examples: Examples, count: number): Examples {
  return {
    ...examples,
    count,
    images: examples.images.subarray(0, count * examples.features),
    targets: examples.targets.subarray(0, count),
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

/** The least of 20 times of a product of two square matrices, in seconds: what the processor's arithmetic allows. @param size rows and columns */
export async function ourPeak(threads: number, size: number): Promise<number> {
  const executable = await onnxCpu(threads).compile({
    product: gemm(input('a', [size, size]), input('b', [size, size])),
  });
  const fed = { a: new Float32Array(size * size).fill(0.5), b: new Float32Array(size * size).fill(0.25) };
  const product = new Float32Array(size * size);
  let least = Infinity;
  for (let round = 0; round < 21; round++) least = Math.min(least, await timed(() => executable.run(fed, { product })));
  await executable.dispose();
  return least;
}
