/** How fast a backend is on this machine: updates and evaluations of two small networks on made-up images. */
import { measuredImage, measuredNetworks, measuredSettings } from '../../shared/backends.ts';
import type { Speed } from '../../shared/trainer-messages.ts';
import type { Examples } from '../datasets/load.ts';
import type { Backend } from './backends/backend.ts';
import { usualLoss } from '../../shared/losses/index.ts';
import { modelFor } from '../../shared/networks/index.ts';
import { parameterTotal } from '../../shared/networks/parameters.ts';
import { generatorFrom } from './random/generator.ts';
import { pointEvaluator } from './walk/evaluator.ts';
import { gradientFunction } from './walk/gradient.ts';
import type { Point } from './walk/point.ts';

const batch = 100;
/** Examples of one evaluation: the fewer where even those take longer than the budget. */
const evaluated = { fewer: 200, usually: 2000 };

/** Milliseconds that each of the measurements may take, its last repetition not counted in. */
const defaultBudget = 1000;

/**
 * Measures a backend: for each network, one gradient of a batch of 100 and one evaluation of 2,000 examples (200 on a slow
 * device), repeated for a second each after one that is not counted unless it took longer, the medians.
 * @param report is told the share that is done, 0 to 1
 * @param budget milliseconds for each of the four measurements
 * @throws Error when the backend fails.
 */
export async function measure(
  backend: Backend,
  report: (progress: number) => void,
  budget: number = defaultBudget,
): Promise<Speed[]> {
  const examples = noise(evaluated.usually);
  const works = 2 * measuredNetworks.length;
  let done = 0;
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const seconds = await medianSeconds(work, budget, (share) => report(Math.min(1, (done + share) / works)));
    report(++done / works);
    return seconds;
  };
  const speeds: Speed[] = [];
  report(0);
  for (const network of measuredNetworks) {
    const model = modelFor(measuredSettings[network], measuredImage);
    const point: Point = {
      parameters: model.initialise(generatorFrom([1, 2, 3, 4])),
      statistics: model.initialStatistics(),
    };
    const images = examples.images.subarray(0, batch * model.features);
    const targets = Int32Array.from(examples.targets.subarray(0, batch));
    const into = {
      gradient: new Float32Array(parameterTotal(model.parameters)),
      statistics: new Float32Array(parameterTotal(model.statistics)),
    };
    const gradient = await gradientFunction(backend, model, usualLoss, batch);
    const update = await timed(() => gradient.compute(point, images, targets, into));
    await gradient.dispose();
    const evaluations = async (count: number, time: typeof timed): Promise<number> => {
      const evaluator = await pointEvaluator({
        backend,
        model,
        loss: usualLoss,
        examples: firstOf(examples, count),
        population: count,
      });
      const seconds = await time(() => evaluator.measure(point));
      await evaluator.dispose();
      return seconds;
    };
    const first = await evaluations(evaluated.fewer, (work) => medianSeconds(work, 0, () => undefined));
    const count = 1000 * first > budget ? evaluated.fewer : evaluated.usually;
    const seconds = await evaluations(count, timed);
    speeds.push({ network, update_ms: 1000 * update, examples_per_second: count / seconds, evaluated_examples: count });
  }
  return speeds;
}

/** Median time of some work in seconds: once to warm up, then at least once and until the budget is spent; once only if it takes longer. */
async function medianSeconds(
  work: () => Promise<unknown>,
  budget: number,
  report: (share: number) => void,
): Promise<number> {
  const before = performance.now();
  await work();
  const start = performance.now();
  if (start - before > 2 * Math.max(budget, 500)) return (start - before) / 1000;
  const times: number[] = [];
  let now = start;
  do {
    await work();
    const after = performance.now();
    times.push((after - now) / 1000);
    now = after;
    report(Math.min(1, (now - start) / budget));
    // messages go out and come in between two repetitions
    await new Promise((resolve) => setImmediate(resolve));
  } while (now - start < budget);
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

function firstOf(examples: Examples, count: number): Examples {
  return {
    ...examples,
    images: examples.images.subarray(0, count * examples.features),
    targets: examples.targets.subarray(0, count),
    count,
  };
}

/** Images of uniform noise with random labels. */
function noise(count: number): Examples {
  const { classes, ...shape } = measuredImage;
  const features = shape.channels * shape.height * shape.width;
  const generator = generatorFrom([5, 6, 7, 8]);
  return {
    images: Float32Array.from({ length: count * features }, () => generator.uniform() - 0.5),
    targets: Uint8Array.from({ length: count }, () => generator.below(classes)),
    count,
    features,
    shape,
    black: [-0.5],
    classes,
  };
}
