/**
 * `node bench/tensorflow.ts [--networks mlp,cnn,vgg11] [--rounds 5] [--before FOLDER]`: the backend `tensorflow`, on the library that
 * VALLEYWALK_TENSORFLOW names, beside `cpu`: gradients of 100 examples, and slices as a walk evaluates them. All sides take turns, each after a
 * round that is not counted; `--before` has another version of the backend, of the same library, take turns as well: a copy of its folder that lies beside it. Prints medians with
 * the least and greatest, and ratios to `cpu`.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { Backend } from '../electron/trainer/backends/backend.ts';
import { onnxCpu } from '../electron/trainer/backends/onnx/onnx.ts';
import { tensorflow } from '../electron/trainer/backends/tensorflow/load.ts';
import { keepFreedMemory } from '../electron/trainer/keep-freed-memory.ts';
import { segmentEvaluator } from '../electron/trainer/walk/evaluator.ts';
import { gradientFunction } from '../electron/trainer/walk/gradient.ts';
import { blendPoints, emptyPoint } from '../electron/trainer/walk/point.ts';
import { usualLoss } from '../shared/losses/index.ts';
import { networks, subjectOf } from './against-pytorch/networks.ts';
import type { NetworkName, Subject } from './against-pytorch/networks.ts';

const { values: options } = parseArgs({
  options: {
    networks: { type: 'string', default: 'mlp,cnn' },
    rounds: { type: 'string', default: '5' },
    before: { type: 'string' },
  },
});
// as the trainer's process does
keepFreedMemory();
const batch = 100;
const points = 10;
const rounds = Number(options.rounds);
/** How much of each makes a round of a second or so. */
const amounts: Record<NetworkName, { updates: number; examples: number }> = {
  mlp: { updates: 50, examples: 6000 },
  cnn: { updates: 20, examples: 6000 },
  vgg11: { updates: 2, examples: 500 },
  'vgg11-bn': { updates: 2, examples: 500 },
  resnet56: { updates: 2, examples: 500 },
};

const sides = new Map<string, Backend>([['cpu', onnxCpu()]]);
if (options.before !== undefined) {
  const file = resolve(options.before, 'load.ts');
  const other = (await import(pathToFileURL(file).href)) as { tensorflow: typeof tensorflow };
  sides.set('tensorflow before', await other.tensorflow());
}
sides.set('tensorflow', await tensorflow());
for (const backend of sides.values()) console.log(`${backend.describe().name}: ${backend.describe().device}`);

/** Does something and tells how long one of its parts took, in milliseconds. */
type Round = () => Promise<number>;

async function millisecondsEach(count: number, work: (index: number) => Promise<unknown>): Promise<number> {
  const start = performance.now();
  for (let index = 0; index < count; index++) await work(index);
  return (performance.now() - start) / count;
}

async function updates(backend: Backend, { model, point, examples }: Subject, count: number): Promise<Round> {
  const gradient = await gradientFunction(backend, model, usualLoss, batch);
  const labels = Int32Array.from(examples.targets);
  const into = { gradient: new Float32Array(point.parameters.length), statistics: point.statistics.slice() };
  return () =>
    millisecondsEach(count, (index) => {
      const at = (index * batch) % (examples.count - batch + 1);
      const images = examples.images.subarray(at * model.features, (at + batch) * model.features);
      return gradient.compute(point, images, labels.subarray(at, at + batch), into);
    });
}

async function slices(backend: Backend, { model, point, examples }: Subject): Promise<Round> {
  const evaluator = await segmentEvaluator({ backend, model, loss: usualLoss, examples, population: examples.count });
  const ends = [0.001, -0.001].map((step) => ({
    ...point,
    parameters: point.parameters.map((value, index) => value + step * Math.sin(index)),
  })) as [typeof point, typeof point];
  const inner = Array.from({ length: points - 1 }, () => emptyPoint(model));
  await evaluator.measure(ends[1]);
  return async () => {
    const milliseconds = await millisecondsEach(1, async () => {
      ends.reverse();
      await evaluator.measure(ends[1]);
      for (let done = 0; done < inner.length; done += evaluator.batchedPoints)
        await evaluator.betweenAll(
          inner.slice(done, done + evaluator.batchedPoints).map((between, index) => {
            const alpha = (done + index + 1) / points;
            blendPoints(ends[0], ends[1], alpha, between);
            return { alpha, point: between };
          }),
        );
    });
    return (1000 * milliseconds) / examples.count / points;
  };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

for (const name of options.networks.split(',') as NetworkName[]) {
  const { updates: count, examples } = amounts[name];
  const subject = subjectOf(name, examples);
  for (const [what, open] of [
    ['an update of 100 examples, ms', (backend: Backend) => updates(backend, subject, count)],
    ['slices, µs an example and point', (backend: Backend) => slices(backend, subject)],
  ] as const) {
    const works = new Map<string, Round>();
    for (const [side, backend] of sides) works.set(side, await open(backend));
    const times = new Map([...sides.keys()].map((side): [string, number[]] => [side, []]));
    for (let round = -1; round < rounds; round++)
      for (const [side, work] of works) {
        const time = await work();
        if (round >= 0) times.get(side)!.push(time);
      }
    console.log(`${networks[name].title}, ${what}`);
    for (const [side, each] of times)
      console.log(
        `  ${side.padEnd(18)} ${median(each).toPrecision(3)} (${Math.min(...each).toPrecision(3)}–${Math.max(...each).toPrecision(3)}), ${(median(each) / median(times.get('cpu')!)).toFixed(2)} × cpu`,
      );
  }
  subject.dispose();
}
process.exit(0);
