/**
 * `node bench/noise-scale.ts [SCENARIO …]`: how far the scale of isotropic noise may be off: the greatest variance of a gradient's component, as estimated
 * from micro-batches, as a share of the true one. First on simulated gradients whose variances are known, then on the bundled data, where
 * the gradients of single examples tell it. Prints the table of
 * docs/decisions/0012: mean ± its standard error (standard deviation of one measurement).
 */
import { join } from 'node:path';
import { scaleBatches } from '../shared/cost.ts';
import { bundledDatasets } from '../electron/datasets/bundled.ts';
import { loadDataset } from '../electron/datasets/load.ts';
import { onHost } from '../electron/trainer/backends/backend.ts';
import { onnxCpu } from '../electron/trainer/backends/onnx/onnx.ts';
import { usualLoss } from '../shared/losses/index.ts';
import { model as network, modelFor } from '../shared/networks/index.ts';
import { generatorFor } from '../electron/trainer/random/generator.ts';
import { gradientFunction } from '../electron/trainer/walk/gradient.ts';
import { componentVariances, measureDeviation } from '../electron/trainer/walk/noise.ts';
import { emptyPoint } from '../electron/trainer/walk/point.ts';

const components = 100_000;
const { word } = generatorFor(12, 'noise');
/** In (0, 1). */
const uniform = (): number => (word() + 0.5) / 2 ** 32;
let spare: number | null = null;
const normal = (): number => {
  if (spare !== null) {
    const value = spare;
    spare = null;
    return value;
  }
  const [radius, angle] = [Math.sqrt(-2 * Math.log(uniform())), 2 * Math.PI * uniform()];
  spare = radius * Math.sin(angle);
  return radius * Math.cos(angle);
};
/** Variance 1: Student's t with 5 degrees of freedom. */
const heavy = (): number => {
  // χ² with 4 degrees of freedom is twice the sum of two exponentials
  const squares = -2 * Math.log(uniform() * uniform()) + normal() ** 2;
  return (normal() / Math.sqrt(squares / 5)) * Math.sqrt(3 / 5);
};
/** Variance 1: the mean of 100 examples of which one in 1,000 has a component at all. */
const rare = (): number => {
  const chance = uniform();
  let found = 0;
  for (let left = Math.exp(-0.1), term = left; chance > left; left += term) {
    found++;
    term *= 0.1 / found;
  }
  return (found - 0.1) / Math.sqrt(0.1);
};

/** Variances whose greatest is 1. */
const scaled = (of: (component: number) => number): Float64Array => {
  const values = Float64Array.from({ length: components }, (_, component) => of(component));
  const greatest = values.reduce((a, b) => Math.max(a, b));
  return values.map((each) => each / greatest);
};
const scenarios: [string, Float64Array, () => number][] = [
  ['all the same', scaled(() => 1), normal],
  ['all the same, Student’s t with 5 degrees of freedom', scaled(() => 1), heavy],
  ['all the same, one example in 1,000 has the component', scaled(() => 1), rare],
  ['evenly from 0 to the greatest', scaled((component) => component + 1), normal],
  ['log-normal, σ = 1', scaled(() => Math.exp(normal())), normal],
  ['log-normal, σ = 2', scaled(() => Math.exp(2 * normal())), normal],
  ['as j^(−1/2)', scaled((component) => 1 / Math.sqrt(component + 1)), normal],
  ['one 10 times the others', scaled((component) => (component === 7 ? 1 : 0.1)), normal],
  ['one 3 times the others', scaled((component) => (component === 7 ? 1 : 1 / 3)), normal],
];

/** As it was before: the greatest of the variances over all draws, n − 1 in the denominator. */
function greatestVariance(length: number): { add(values: Float32Array): void; greatest(): number } {
  const [mean, squares] = [new Float64Array(length), new Float64Array(length)];
  let count = 0;
  return {
    add(values) {
      count++;
      for (let index = 0; index < length; index++) {
        const away = values[index]! - mean[index]!;
        mean[index]! += away / count;
        squares[index]! += away * (values[index]! - mean[index]!);
      }
    },
    greatest: () => squares.reduce((a, b) => Math.max(a, b)) / (count - 1),
  };
}

const text = (values: readonly number[]): string => {
  const mean = values.reduce((a, b) => a + b) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (values.length - 1));
  return `${mean.toFixed(2)} ± ${(deviation / Math.sqrt(values.length)).toFixed(2)} (${deviation.toFixed(2)})`;
};

console.log(`| variances of ${components.toLocaleString('en')} components | n | greatest of all | cross-fitted |`);
console.log('| --- | --- | --- | --- |');
const vector = new Float32Array(components);
const named = process.argv.slice(2);
const simulated = scenarios.filter(([name]) => named.length === 0 || named.includes(name));
for (const [name, variances, draw] of simulated)
  for (const [draws, repeats] of [
    [30, 40],
    [60, 30],
    [450, 4],
  ] as const) {
    const deviations = variances.map(Math.sqrt);
    const [before, now]: number[][] = [[], []];
    for (let repeat = 0; repeat < repeats; repeat++) {
      const [all, halves] = [greatestVariance(components), componentVariances(components, draws)];
      for (let each = 0; each < draws; each++) {
        for (let index = 0; index < components; index++) vector[index] = deviations[index]! * draw();
        all.add(vector);
        halves.add(vector);
      }
      before!.push(all.greatest());
      now!.push(halves.greatest());
    }
    console.log(`| ${name} | ${draws} | ${text(before!)} | ${text(now!)} |`);
  }

// the bundled data: the variance over single examples is that of their own gradients
const [dataset] = bundledDatasets(join(import.meta.dirname, '..', 'resources', 'datasets'));
const data = await loadDataset(dataset!, { train: 6000, validation: 1 });
const model = modelFor(network.parse({ architecture: 'mlp', hidden: [500, 350] }), dataset!);
const backend = onnxCpu(2);
const into = emptyPoint(model);
const [truth, before, now]: number[][] = [[], [], []];
for (let seed = 1; seed <= 3; seed++) {
  const parameters = model.initialise(generatorFor(seed, 'initialisation'));
  const point = { parameters, statistics: model.initialStatistics() };
  const single = await gradientFunction(backend, model, usualLoss, 1);
  const variances = greatestVariance(parameters.length);
  for (let example = 0; example < data.train.count; example++) {
    const images = data.train.images.subarray(example * model.features, (example + 1) * model.features);
    const labels = Int32Array.of(data.train.targets[example]!);
    await single.compute(point, images, labels, { gradient: into.parameters, statistics: into.statistics });
    variances.add(into.parameters);
  }
  await single.dispose();
  const exact = variances.greatest();
  truth!.push(exact);
  for (let repeat = 0; repeat < 5; repeat++) {
    const { size } = scaleBatches(data.train.count, false)!;
    const all = greatestVariance(parameters.length);
    const deviation = await measureDeviation(point, {
      backend: {
        ...backend,
        // listens to every gradient
        compile: async (...graph) => {
          const compiled = await backend.compile(...graph);
          return {
            ...compiled,
            async run(feeds, views) {
              const found = await compiled.run(feeds, views);
              const whole = new Float32Array(parameters.length);
              let at = 0;
              for (const part of Object.values(views ?? {})) {
                whole.set(onHost('gradient', part), at);
                at += part.length;
              }
              all.add(whole);
              return found;
            },
          };
        },
      },
      model,
      loss: usualLoss,
      examples: data.train,
      generator: generatorFor(100 * seed + repeat, 'noise scale'),
      worked: () => undefined,
      stopped: () => false,
    });
    before!.push((size * all.greatest()) / exact);
    now!.push(deviation! ** 2 / 0.02 / exact);
  }
}
console.log(
  `| MLP 784-500-350-10 on 6,000 images, 3 seeds × 5 orders (variance over single examples: ${truth!.map((each) => each.toPrecision(3)).join(', ')}) | 60 | ${text(before!)} | ${text(now!)} |`,
);
process.exit(0);
