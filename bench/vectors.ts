/**
 * What vectors that stay on a device save: bytes that go between host and device in an iteration, exactly, and its time, with and
 * without them in turns on one backend. `node bench/vectors.ts [BACKEND] [NETWORK …]`; the tensorflow backend is made to keep vectors on a processor
 * too, where nothing is gained but the way is the same.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { openBackend } from '../electron/trainer/backends/index.ts';
import type { Backend } from '../electron/trainer/backends/backend.ts';
import { tensorflowBackend } from '../electron/trainer/backends/tensorflow/tensorflow.ts';
import type { Tfjs } from '../electron/trainer/backends/tensorflow/translations.ts';
import { syntheticData } from '../electron/trainer/testing/examples.ts';
import { countingTransfers, withoutMemory } from '../electron/trainer/testing/transfers.ts';
import { smallExperiment, walked } from '../electron/trainer/testing/walks.ts';
import { modelFor } from '../shared/networks/index.ts';
import { parameterTotal } from '../shared/networks/parameters.ts';

const [name = 'tensorflow', ...asked] = process.argv.slice(2);
const grey = { channels: 1, height: 28, width: 28 };
const networks = {
  MLP: { model: { architecture: 'mlp', hidden: [500, 350] }, image: grey, batch: 100, examples: 1000, iterations: 9 },
  CNN: { model: { architecture: 'cnn' }, image: grey, batch: 100, examples: 1000, iterations: 7 },
  'VGG-11': {
    model: { architecture: 'vgg11' },
    image: { channels: 3, height: 32, width: 32 },
    batch: 4,
    examples: 20,
    iterations: 5,
  },
} as const;

/** A backend that keeps vectors, and what it is. */
async function keeping(): Promise<Backend> {
  const backend = await openBackend(name);
  if (backend.memory) return backend;
  const folder = process.env['VALLEYWALK_TENSORFLOW'];
  if (name !== 'tensorflow' || !folder) throw new Error(`the backend ${name} keeps no vectors here`);
  const module = join(folder, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
  const tf = createRequire(import.meta.url)(module) as Tfjs;
  return tensorflowBackend(tf, { device: 'made to keep vectors', versions: {} }, { memory: true });
}

/** Milliseconds and bytes of the iterations of a walk, the median of those that end no epoch. */
async function measured(
  backend: Backend,
  network: keyof typeof networks,
  probed: boolean,
): Promise<{ ms: number; bytes: number }> {
  const { model, image, batch, examples, iterations } = networks[network];
  const experiment = smallExperiment({
    data: { train: examples, validation: 20 },
    model,
    optimizer: { batchSize: batch, learningRate: 0.001, momentum: 0.9 },
    interpolation: { points: 10, windows: probed ? [{ firstIterations: iterations }] : [] },
    length: { iterations },
  });
  const features = image.channels * image.height * image.width;
  const data = syntheticData(examples, 20, features, 10, image);
  const { backend: counted, moved } = countingTransfers(backend);
  const ends: { at: number; bytes: number }[] = [];
  await walked(experiment, {
    data,
    image,
    backend: counted,
    stopped({ iterations: { length } }) {
      if (length > ends.length) ends.push({ at: performance.now(), bytes: moved.toDevice + moved.toHost });
      return false;
    },
  });
  const perEpoch = examples / batch;
  const gaps = ends.slice(1).flatMap((end, index) => {
    const before = ends[index]!;
    const closesEpoch = (index + 1) % perEpoch === 0;
    return closesEpoch ? [] : [{ ms: end.at - before.at, bytes: end.bytes - before.bytes }];
  });
  const median = (of: (gap: (typeof gaps)[number]) => number): number =>
    gaps.map(of).sort((a, b) => a - b)[gaps.length >> 1]!;
  return { ms: median(({ ms }) => ms), bytes: median(({ bytes }) => bytes) };
}

const backend = await keeping();
const info = backend.describe();
console.log(`${name} (${info.device ?? info.title}); median iterations, the least of three walks in turns`);
console.log('network, parameters, slices | MB an iteration: without, with | ms: without, with');
for (const network of Object.keys(networks) as (keyof typeof networks)[]) {
  if (asked.length > 0 && !asked.includes(network)) continue;
  const { model, image } = networks[network];
  const size = parameterTotal(modelFor(smallExperiment({ model }).model, { ...image, classes: 10 }).parameters);
  for (const probed of [false, true]) {
    const ways = [withoutMemory(backend), backend];
    const least = ways.map(() => ({ ms: Infinity, bytes: 0 }));
    for (let turn = 0; turn < 3; turn++)
      for (const [index, way] of ways.entries()) {
        const { ms, bytes } = await measured(way, network, probed);
        least[index] = { ms: Math.min(ms, least[index]!.ms), bytes };
      }
    const megabytes = least.map(({ bytes }) => (bytes / 1e6).toFixed(2)).join(', ');
    const times = least.map(({ ms }) => ms.toFixed(1)).join(', ');
    console.log(`${network}, ${size.toLocaleString('en')}, ${probed ? 'each' : 'none'} | ${megabytes} | ${times}`);
  }
}
