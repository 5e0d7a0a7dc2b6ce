/**
 * What activations and optimisers cost beside ReLU and plain SGD, in turns on the backend `cpu`: the gradient of a batch of 100, the evaluation of
 * 2,000 examples, and an optimiser's step on its host. `node bench/choices.ts [ROUNDS]` prints medians, and what they are in multiply-adds of the same
 * network with ReLU: the numbers of shared/networks/activations.ts and shared/optimizers/.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { openBackend } from '../electron/trainer/backends/index.ts';
import { generatorFrom } from '../electron/trainer/random/generator.ts';
import { syntheticExamples } from '../electron/trainer/testing/examples.ts';
import { pointEvaluator } from '../electron/trainer/walk/evaluator.ts';
import { gradientFunction } from '../electron/trainer/walk/gradient.ts';
import { allocateVectors } from '../electron/trainer/walk/loops/arena.ts';
import { openUpdate } from '../electron/trainer/walk/rules/host-update.ts';
import { median } from '../shared/median.ts';
import { multiplyAddsPerExample, multiplyAddsPerGradient } from '../shared/cost.ts';
import { experimentSchema } from '../shared/experiment.ts';
import { usualLoss } from '../shared/losses/index.ts';
import { activationNames } from '../shared/networks/activations.ts';
import { modelFor, networkCost } from '../shared/networks/index.ts';
import { parameterTotal } from '../shared/networks/parameters.ts';
import { vectorsOf } from '../shared/optimizers/index.ts';

const rounds = Number(process.argv[2] ?? 15);
const shape = { channels: 1, height: 28, width: 28, classes: 10 };
const [batch, evaluated] = [100, 2000];
const networks = { MLP: { architecture: 'mlp', hidden: [500, 350] }, CNN: { architecture: 'cnn' } };
const optimizers: [string, object][] = [
  ['SGD', { kind: 'sgd' }],
  ['SGD, weight decay', { kind: 'sgd', weightDecay: 1e-4 }],
  ['SGD, momentum', { kind: 'sgd', momentum: 0.9 }],
  ['SGD, Nesterov', { kind: 'sgd', momentum: 0.9, nesterov: true }],
  ['SGD, clipped by norm', { kind: 'sgd', clipping: { kind: 'norm' } }],
  ['SGD, clipped by value', { kind: 'sgd', clipping: { kind: 'value', clipValue: 0.1 } }],
  ['Adam', { kind: 'adam' }],
  ['AdamW', { kind: 'adamw' }],
  ['RMSProp', { kind: 'rmsprop' }],
  ['RMSProp, centred, momentum', { kind: 'rmsprop', centered: true, momentum: 0.9 }],
];

/** Milliseconds of each of some works, done in turns; medians after a round that is not counted. */
async function inTurns(works: ReadonlyMap<string, () => Promise<unknown>>): Promise<Map<string, number>> {
  const times = new Map<string, number[]>([...works.keys()].map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++)
    for (const [name, work] of works) {
      const start = performance.now();
      await work();
      if (round > 0) times.get(name)!.push(performance.now() - start);
    }
  return new Map([...times].map(([name, all]) => [name, median(all)]));
}

/** Parameters of the MLP, which steps are measured with. */
const size = parameterTotal(modelFor(experimentSchema.parse({}).model, shape).parameters);

/** Prints the milliseconds of an optimiser's step. */
async function printStep(name: string): Promise<void> {
  const draw = generatorFrom([5, 6, 7, 8]);
  const { optimizer } = experimentSchema.parse({ optimizer: new Map(optimizers).get(name) });
  const names = vectorsOf(optimizer);
  // in one memory, as those of a walk
  const vectors = allocateVectors(6 + names.length, size);
  const zeros = (): Float32Array => vectors.pop()!;
  function vector(): Float32Array {
    const made = zeros();
    made.forEach((_, index) => (made[index] = draw.uniform() - 0.5));
    return made;
  }
  const points = { current: vector(), next: vector(), initial: vector(), gradient: vector(), previous: vector() };
  const remembered = Object.fromEntries(names.map((each) => [each, zeros()]));
  const update = openUpdate(optimizer, zeros);
  let iteration = 0;
  const step = (): Promise<unknown> =>
    Promise.resolve(update({ ...points, iteration: iteration++, learningRate: 0.001 }, remembered));
  const taken = await inTurns(new Map([[name, step]]));
  console.log(taken.get(name));
}

/** The same in a process of its own, as a run has one: a loop that several rules have used is slower. */
function stepAlone(name: string): number {
  const script = fileURLToPath(import.meta.url);
  return Number(execFileSync(process.execPath, [script, String(3 * rounds), name], { encoding: 'utf8' }));
}

if (process.argv[3] !== undefined) {
  await printStep(process.argv[3]);
  process.exit();
}

const backend = await openBackend('cpu');
const round = (value: number, digits = 2): number => Number(value.toPrecision(digits));
for (const [name, settings] of Object.entries(networks)) {
  const [gradients, evaluations] = [
    new Map<string, () => Promise<unknown>>(),
    new Map<string, () => Promise<unknown>>(),
  ];
  const experiments = activationNames.map((activation) =>
    experimentSchema.parse({ model: { ...settings, activation }, optimizer: { batchSize: batch } }),
  );
  for (const { model: chosen } of experiments) {
    const model = modelFor(chosen, shape);
    const examples = syntheticExamples(evaluated, model.features, model.outputs, 1, shape);
    const point = { parameters: model.initialise(generatorFrom([1, 2, 3, 4])), statistics: model.initialStatistics() };
    const into = { gradient: new Float32Array(point.parameters.length), statistics: new Float32Array(0) };
    const gradient = await gradientFunction(backend, model, usualLoss, batch);
    const images = examples.images.subarray(0, batch * model.features);
    const targets = Int32Array.from(examples.targets.subarray(0, batch));
    gradients.set(chosen.activation, () => gradient.compute(point, images, targets, into));
    const evaluator = await pointEvaluator({ backend, model, loss: usualLoss, examples, population: evaluated });
    evaluations.set(chosen.activation, () => evaluator.measure(point));
  }
  const [update, evaluate] = [await inTurns(gradients), await inTurns(evaluations)];
  const relu = experiments[0]!;
  const paces = {
    update: multiplyAddsPerGradient(relu, shape, batch) / update.get('relu')!,
    evaluate: (evaluated * multiplyAddsPerExample(relu, shape)) / evaluate.get('relu')!,
  };
  console.log(
    `\n${name}, ReLU: ${round(paces.update / 1e6)} and ${round(paces.evaluate / 1e6)} multiply-adds a nanosecond`,
  );
  console.table(
    Object.fromEntries(
      experiments.map(({ model: { activation, ...rest } }) => {
        const smooth = activation === 'relu' ? 'tanh' : activation;
        const { activated } = networkCost({ ...rest, activation: smooth }, shape);
        const [u, e] = [update.get(activation)!, evaluate.get(activation)!];
        /** More than with ReLU for each number of images, in multiply-adds. */
        const more = (ms: number, pace: number, passed: number): number | string =>
          activated === 0 ? '–' : round((ms * pace) / (passed * activated));
        return [
          activation,
          {
            'gradient ms': round(u, 3),
            'of ReLU': round(u / update.get('relu')!, 3),
            'more a number': more(u - update.get('relu')!, paces.update, batch),
            'evaluation ms': round(e, 3),
            'of ReLU ': round(e / evaluate.get('relu')!, 3),
            'more a number ': more(e - evaluate.get('relu')!, paces.evaluate, evaluated),
          },
        ];
      }),
    ),
  );
}

const [plain] = optimizers.map(([name]) => name);
const taken = new Map(optimizers.map(([name]) => [name, stepAlone(name)]));
console.log(`\nsteps of ${size.toLocaleString('en')} parameters`);
console.table(
  Object.fromEntries(
    [...taken].map(([name, ms]) => [
      name,
      {
        ms: round(ms, 3),
        'ns a parameter': round((1e6 * ms) / size),
        'more than SGD': round((1e6 * (ms - taken.get(plain!)!)) / size),
      },
    ]),
  ),
);
