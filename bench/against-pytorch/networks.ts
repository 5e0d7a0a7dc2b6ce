/** The networks that are compared, with the data that they are compared on. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Examples } from '../../electron/datasets/load.ts';
import { model as network, modelFor } from '../../shared/networks/index.ts';
import type { Model } from '../../shared/networks/model.ts';
import { generatorFor } from '../../electron/trainer/random/generator.ts';
import { emptyPoint } from '../../electron/trainer/walk/point.ts';
import type { HostPoint } from '../../electron/trainer/walk/point.ts';

const grey = { channels: 1, height: 28, width: 28, classes: 10 };
const colour = { channels: 3, height: 32, width: 32, classes: 10 };

/** Every network by the name that opponent.py knows it by. */
export const networks = {
  mlp: {
    title: 'MLP 784-500-350-10',
    shape: grey,
    settings: { architecture: 'mlp', hidden: [500, 350], batchNorm: false },
  },
  cnn: { title: 'small CNN', shape: grey, settings: { architecture: 'cnn', batchNorm: false } },
  vgg11: { title: 'VGG-11', shape: colour, settings: { architecture: 'vgg11', batchNorm: false } },
  'vgg11-bn': { title: 'VGG-11, batch norm', shape: colour, settings: { architecture: 'vgg11', batchNorm: true } },
  resnet56: { title: 'ResNet-56', shape: colour, settings: { architecture: 'resnet', depth: 56 } },
} as const satisfies Record<string, { title: string; shape: typeof grey; settings: object }>;

/** Name of a network. */
export type NetworkName = keyof typeof networks;

/** A network, a point and examples, on both sides. */
export interface Subject {
  model: Model;
  point: HostPoint;
  examples: Examples;
  /** Folder in which opponent.py finds parameters.f32, images.f32, labels.i32 and vector.f32, and leaves its answers. */
  folder: string;
  /** A random direction in parameter space. */
  vector: Float32Array;
  dispose(): void;
}

/** Makes a network at its initialisation with random images; what is timed does not depend on what they show. */
export function subjectOf(name: NetworkName, count: number): Subject {
  const { shape, settings } = networks[name];
  const model = modelFor(network.parse(settings), shape);
  const point = { ...emptyPoint(model), parameters: model.initialise(generatorFor(1, 'initialisation')) };
  point.statistics.set(model.initialStatistics());
  const random = generatorFor(1, 'subset');
  const uniform = (length: number): Float32Array => Float32Array.from({ length }, () => 2 * random.uniform() - 1);
  const images = uniform(count * model.features);
  const labels = Uint8Array.from({ length: count }, () => random.below(10));
  const vector = uniform(point.parameters.length);
  const folder = mkdtempSync(join(tmpdir(), 'valleywalk-bench-'));
  const write = (file: string, values: Float32Array | Int32Array): void =>
    writeFileSync(join(folder, file), new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  write('parameters.f32', point.parameters);
  write('images.f32', images);
  write('labels.i32', Int32Array.from(labels));
  write('vector.f32', vector);
  return {
    model,
    point,
    examples: {
      images,
      targets: labels,
      count,
      features: model.features,
      shape,
      black: Array.from({ length: shape.channels }, () => 0),
      classes: shape.classes,
    },
    folder,
    vector,
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
