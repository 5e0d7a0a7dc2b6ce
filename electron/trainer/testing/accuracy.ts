/**
 * How exact the computed numbers are: what the trainer computes in float32 at two points of a walk, beside the float64 reference of the same
 * graphs at the same stored points. bench/accuracy.ts prints the table that docs/definitions.md holds; a test keeps it from rotting.
 */
import type { Examples } from '../../datasets/load.ts';
import type { Backend } from '../backends/backend.ts';
import { crossEntropy, input } from '../../../shared/graph/ops/index.ts';
import { evaluateReference } from '../../../shared/graph/reference.ts';
import { usualLoss } from '../../../shared/losses/index.ts';
import { cnn } from '../../../shared/networks/cnn.ts';
import { mlp } from '../../../shared/networks/mlp.ts';
import { logitsOf } from '../../../shared/networks/model.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { byRunningStatistics } from '../../../shared/networks/norms.ts';
import { resnet } from '../../../shared/networks/resnet.ts';
import { vgg11 } from '../../../shared/networks/vgg11.ts';
import { generatorFor } from '../random/generator.ts';
import { pick } from '../walk/chunks.ts';
import { lanczos } from '../walk/eigen.ts';
import { segmentEvaluator } from '../walk/evaluator.ts';
import { batchGradient, gradientFunction } from '../walk/gradient.ts';
import { hessianProduct } from '../walk/hessian.ts';
import { blendPoints, emptyPoint, feedsOf, pointInputs } from '../walk/point.ts';
import type { HostPoint } from '../walk/point.ts';
import { optimizer } from '../../../shared/optimizers/index.ts';
import { openUpdate } from '../walk/rules/host-update.ts';
import type { HostUpdate } from '../walk/rules/host-update.ts';
import { syntheticExamples } from './examples.ts';
import { referenceBackend } from './reference-backend.ts';

/** What is compared, with the heading of its column: the error and what it is a share of. */
export const accuracyColumns = {
  batch_loss: 'batch loss, relative',
  slice_loss: 'slice losses, relative',
  slice_loss_units: 'slice losses, in 2⁻²⁴ · logit',
  gradient_norm: 'gradient norm, relative',
  gradient: 'gradient components, of the greatest',
  gradient_cosine: 'cosine, absolute',
  product: 'Hv components, of the greatest',
  eigenvalue: 'eigenvalue, relative',
  distance: 'distance, relative',
} as const;
type Column = keyof typeof accuracyColumns;

/** A network, and what it is measured on. */
export interface AccuracySubject {
  title: string;
  model: Model;
  /** What a batch holds, and what it is trained on. */
  batch: Examples;
  /** How often each of these examples is evaluated along a slice: enough that points are built into the graph where walks do so. */
  repeated: number;
  /** Examples of a Hessian-vector product, the first of the batch. */
  products: number;
  /** Whether the largest eigenvalue is found on both sides. */
  eigenvalue: boolean;
  /** Takes the reference so long that it is measured only where it is named. */
  onlyNamed?: true;
  learningRate: number;
  /** Steps at most until the loss is small. */
  steps: number;
}

/** Errors at one place of a walk. */
export interface AccuracyRow {
  network: string;
  /** `initialisation`, or `trained`. */
  place: string;
  /** Batch loss in nats there. */
  loss: number;
  errors: Record<Column, number | null>;
}

/** The networks, the cheapest first. Made-up images in colour, as CIFAR is not bundled. @param bundled at least 100 of Fashion-MNIST */
export function accuracySubjects(bundled: Examples): AccuracySubject[] {
  const first = (count: number): Examples =>
    pick(
      bundled,
      Uint32Array.from({ length: count }, (_, row) => row),
    );
  const colour = (count: number): Examples => ({
    ...syntheticExamples(count, 3 * 32 * 32, 10),
    shape: { channels: 3, height: 32, width: 32 },
    black: [-0.5, -0.5, -0.5],
  });
  const usual = { batch: first(100), repeated: 6, products: 20, eigenvalue: true, learningRate: 0.05, steps: 5000 };
  const images = { ...usual, batch: first(10), repeated: 60, products: 5 };
  const deep = { ...usual, batch: colour(4), repeated: 126, products: 1, eigenvalue: false, learningRate: 0.02 };
  const dense = (hidden: number[], batchNorm = false): Model =>
    mlp({ features: bundled.features, hidden, outputs: 10, batchNorm });
  const small = (batchNorm: boolean): Model => cnn({ image: bundled.shape, outputs: 10, batchNorm });
  const image = deep.batch.shape;
  const vgg = (batchNorm: boolean, thinner = 4): Model => vgg11({ image, outputs: 10, batchNorm, thinner });
  return [
    { ...usual, title: 'softmax regression', model: dense([]) },
    { ...usual, title: 'MLP 784-500-350-10', model: dense([500, 350]) },
    { ...usual, title: 'MLP, batch norm', model: dense([500, 350], true) },
    { ...images, title: 'small CNN', model: small(false) },
    { ...images, title: 'small CNN, batch norm', model: small(true) },
    { ...deep, title: 'VGG-11, quarter widths', model: vgg(false), learningRate: 0.005 },
    { ...deep, title: 'VGG-11, quarter widths, batch norm', model: vgg(true) },
    { ...deep, title: 'ResNet-20', model: resnet({ image, outputs: 10, depth: 20 }) },
    { ...deep, title: 'VGG-11', model: vgg(false, 1), learningRate: 0.005, onlyNamed: true },
  ];
}

/** The loss below which a network counts as trained. */
const small = 0.01;
const momentum = 0.9;
/** Between the ends of a slice, from both of which points are blended. */
const alphas = [0.3, 0.7];

/** Measures a network at its initialisation and, once its loss is small, there. */
export async function measureAccuracy(subject: AccuracySubject, backend: Backend): Promise<AccuracyRow[]> {
  const { batch, learningRate, title, model } = subject;
  const first = model.initialise(generatorFor(1, 'initialisation'));
  const gradient = await gradientFunction(backend, model, usualLoss, batch.count);
  const labels = Int32Array.from(batch.targets);
  const velocity = new Float32Array(first.length);
  const into = emptyPoint(model);
  const previous = emptyPoint(model).parameters;
  const slope = { gradient: into.parameters, statistics: into.statistics };
  const sgd = (settings: object): HostUpdate =>
    openUpdate(optimizer.parse({ kind: 'sgd', ...settings }), () => new Float32Array(first.length));
  const updates = { plain: sgd({}), withMomentum: sgd({ momentum }) };

  /** The gradient at a point; its running statistics move on. */
  const gradientAt = async (
    point: HostPoint,
  ): Promise<{ loss: number; gradient: Float32Array; statistics: Float32Array }> => {
    const loss = await gradient.compute(point, batch.images, labels, slope);
    return { loss, gradient: slope.gradient.slice(), statistics: slope.statistics.slice() };
  };
  const stepFrom = (point: HostPoint, found: Awaited<ReturnType<typeof gradientAt>>, speed: Float32Array | null) => {
    const next = { parameters: new Float32Array(first.length), statistics: found.statistics };
    const points = {
      current: point.parameters,
      next: next.parameters,
      initial: first,
      gradient: found.gradient,
      previous,
    };
    const update = speed ? updates.withMomentum : updates.plain;
    const { sums } = update({ iteration: 0, learningRate, ...points }, speed ? { velocity: speed } : {});
    return { next, sums };
  };

  let point: HostPoint = { parameters: first.slice(), statistics: model.initialStatistics() };
  const rows = [await measureAt('initialisation', point)];
  for (let step = 0; ; step++) {
    const found = await gradientAt(point);
    if (found.loss <= small) break;
    if (step === subject.steps) throw new Error(`${title} has a loss of ${found.loss} after ${step} steps`);
    point = stepFrom(point, found, velocity).next;
  }
  rows.push(await measureAt('trained', point));
  await gradient.dispose();
  return rows;

  async function measureAt(place: string, start: HostPoint): Promise<AccuracyRow> {
    const [before, exactBefore] = [await gradientAt(start), exactGradient(model, start, batch)];
    const { next, sums } = stepFrom(start, before, null);
    const [after, exactAfter] = [await gradientAt(next), exactGradient(model, next, batch)];
    return {
      network: title,
      place,
      loss: exactBefore.loss,
      errors: {
        batch_loss: Math.max(relative(before.loss, exactBefore.loss), relative(after.loss, exactAfter.loss)),
        ...(await sliceErrors(start, next)),
        gradient_norm: Math.max(
          relative(norm(before.gradient), norm(exactBefore.gradient)),
          relative(norm(after.gradient), norm(exactAfter.gradient)),
        ),
        gradient: Math.max(
          greatestShare(before.gradient, exactBefore.gradient),
          greatestShare(after.gradient, exactAfter.gradient),
        ),
        gradient_cosine: Math.abs(
          cosine(before.gradient, after.gradient) - cosine(exactBefore.gradient, exactAfter.gradient),
        ),
        ...(await curvatureErrors(start)),
        distance: relative(Math.sqrt(sums.distance), exactDistance(next.parameters, first)),
      },
    };
  }

  async function sliceErrors(
    start: HostPoint,
    end: HostPoint,
  ): Promise<Pick<AccuracyRow['errors'], 'slice_loss' | 'slice_loss_units'>> {
    const rows = Uint32Array.from({ length: subject.repeated * batch.count }, (_, row) => row % batch.count);
    const examples = pick(batch, rows);
    const evaluator = await segmentEvaluator({ backend, model, loss: usualLoss, examples, population: examples.count });
    const between = emptyPoint(model);
    let [slice_loss, slice_loss_units] = [0, 0];
    const compare = (loss: number, point: HostPoint): void => {
      const exact = exactLoss(model, point, batch);
      slice_loss = Math.max(slice_loss, relative(loss, exact.loss));
      slice_loss_units = Math.max(slice_loss_units, Math.abs(loss - exact.loss) / (2 ** -24 * exact.logit));
    };
    for (const point of [start, end]) compare((await evaluator.measure(point)).loss, point);
    for (const alpha of alphas) {
      blendPoints(start, end, alpha, between);
      compare((await evaluator.between(alpha, between)).loss, between);
    }
    await evaluator.dispose();
    return { slice_loss, slice_loss_units };
  }

  async function curvatureErrors(at: HostPoint): Promise<Pick<AccuracyRow['errors'], 'product' | 'eigenvalue'>> {
    const examples = pick(
      batch,
      Uint32Array.from({ length: subject.products }, (_, row) => row),
    );
    const sides = [
      await hessianProduct(backend, model, usualLoss, examples, examples.count),
      await hessianProduct(referenceBackend, model, usualLoss, examples, examples.count),
    ];
    const generator = generatorFor(1, 'curvature 0');
    const vector = Float32Array.from({ length: first.length }, () => generator.normal());
    const products: Float64Array[] = [];
    const values: number[] = [];
    for (const side of sides) {
      const multiply = async (direction: Float32Array): Promise<Float64Array> =>
        (await side.multiply(at, direction, () => false))!;
      products.push((await multiply(vector)).slice());
      if (subject.eigenvalue)
        values.push(
          (await lanczos(multiply, {
            size: first.length,
            count: 1,
            iterations: 20,
            generator: generatorFor(1, 'curvature 1'),
          }))!.largest[0]!.value,
        );
      await side.dispose();
    }
    return {
      product: greatestShare(products[0]!, products[1]!),
      eigenvalue: subject.eigenvalue ? relative(values[0]!, values[1]!) : null,
    };
  }
}

function exactGradient(
  model: Model,
  point: HostPoint,
  { images, targets: labels, count }: Examples,
): { loss: number; gradient: Float64Array } {
  const { loss, ...parts } = evaluateReference(batchGradient(model, usualLoss, count), {
    x: images,
    targets: Int32Array.from(labels),
    ...feedsOf(point, model),
  });
  const gradient = new Float64Array(point.parameters.length);
  for (const { name, offset } of model.parameters) gradient.set(parts[`gradient of ${name}`]!, offset);
  return { loss: loss![0]!, gradient };
}

/** The mean loss by running statistics, and the mean over the examples of 1 + their greatest logit. */
function exactLoss(
  model: Model,
  point: HostPoint,
  { images, targets: labels, count }: Examples,
): { loss: number; logit: number } {
  const tensors = pointInputs(model);
  const logits = logitsOf(model, input('x', [count, model.features]), tensors, byRunningStatistics(tensors));
  const losses = crossEntropy(logits, input('labels', [count], 'int'));
  const found = evaluateReference(
    { logits, losses },
    { x: images, labels: Int32Array.from(labels), ...feedsOf(point, model) },
  );
  const greatest = Array.from({ length: count }, (_, row) =>
    found.logits.subarray(row * model.outputs, (row + 1) * model.outputs).reduce((a, b) => Math.max(a, Math.abs(b)), 0),
  );
  const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / count;
  return { loss: mean(found.losses), logit: 1 + mean(greatest) };
}

/** ‖a − b‖₂ with the sum's rounding errors carried along (Neumaier, 1974). */
function exactDistance(a: Float32Array, b: Float32Array): number {
  let [sum, lost] = [0, 0];
  for (let index = 0; index < a.length; index++) {
    const term = (a[index]! - b[index]!) ** 2;
    const next = sum + term;
    lost += sum >= term ? sum - next + term : term - next + sum;
    sum = next;
  }
  return Math.sqrt(sum + lost);
}

function relative(found: number, exact: number): number {
  return Math.abs(found - exact) / Math.abs(exact);
}

function norm(values: ArrayLike<number>): number {
  return Math.sqrt(dot(values, values));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return dot(a, b) / (norm(a) * norm(b));
}

/** Greatest difference as a share of the greatest exact component. */
function greatestShare(found: ArrayLike<number>, exact: ArrayLike<number>): number {
  let [greatest, worst] = [0, 0];
  for (let index = 0; index < exact.length; index++) {
    greatest = Math.max(greatest, Math.abs(exact[index]!));
    const difference = Math.abs(found[index]! - exact[index]!);
    worst = Number.isNaN(difference) ? Infinity : Math.max(worst, difference);
  }
  return worst / greatest;
}

const columns = Object.keys(accuracyColumns) as Column[];

/** The rows as a Markdown table. */
export function accuracyTable(rows: readonly AccuracyRow[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const written = (value: number | null): string => (value === null ? '–' : value.toExponential(1));
  return [
    line(['network', 'at', 'loss', ...Object.values(accuracyColumns)]),
    line(['network', 'at', 'loss', ...columns].map(() => '---')),
    ...rows.map(({ network, place, loss, errors }) =>
      line([network, place, loss.toPrecision(2), ...columns.map((key) => written(errors[key]))]),
    ),
  ].join('\n');
}

/**
 * The errors of a network at a place in a document that holds {@link accuracyTable}.
 * @throws Error when the document has no such row
 */
export function documentedAccuracy(document: string, network: string, place: string): AccuracyRow['errors'] {
  const row = document
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .find((cells) => cells[1] === network && cells[2] === place);
  if (!row) throw new Error(`the table of accuracy has no row "${network}", "${place}"; run bench/accuracy.ts`);
  const errors = columns.map((key, index) => [key, row[index + 4] === '–' ? null : Number(row[index + 4])]);
  return Object.fromEntries(errors) as AccuracyRow['errors'];
}
