/**
 * `node bench/sequential.ts [--networks mlp,cnn,…] [--rates 0.05,0.2,1] [--confidence 0.99] [--tolerance 0.02] [--made]`: walks with sequential slices beside
 * the same walks on the whole set: which part of the examples their records are made of (without samples that were given up), what their evaluations take, and how many answers differ. Networks: mlp, cnn, vgg11 and
 * resnet (the last two take an hour). Slices of the first 8 iterations (early) and of a later epoch. `--made` draws from made slices, with
 * barriers and with heavy tails, instead. docs/decisions/0054 has its table.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { onnxCpu } from '../electron/trainer/backends/onnx/onnx.ts';
import { bundledDatasets } from '../electron/datasets/bundled.ts';
import { loadDataset } from '../electron/datasets/load.ts';
import { walked } from '../electron/trainer/testing/walks.ts';
import { experimentSchema } from '../shared/experiment.ts';
import { usualLoss } from '../shared/losses/index.ts';
import { generatorFrom } from '../shared/random/generator.ts';
import type { IterationRecord } from '../shared/records.ts';
import { judgeSlice } from '../shared/resolution.ts';
import { sequentialSlice } from '../shared/sequential/slice.ts';
import { madeSlice } from '../shared/sequential/testing.ts';

const { values } = parseArgs({
  options: {
    networks: { type: 'string', default: 'mlp,cnn' },
    rates: { type: 'string', default: '0.05,0.2,1' },
    confidence: { type: 'string', default: '0.99' },
    tolerance: { type: 'string', default: '0.02' },
    train: { type: 'string', default: '6000' },
    early: { type: 'string', default: '8' },
    late: { type: 'string', default: '4' },
    made: { type: 'boolean', default: false },
  },
});
const settings = { confidence: Number(values.confidence), tolerance: Number(values.tolerance) };
const train = Number(values.train);
const points = 10;
const flags = ['interior_floor', 'barrier', 'convex'] as const;
const print = (...cells: (string | number)[]): void => void process.stdout.write(`| ${cells.join(' | ')} |\n`);

const networks: Record<string, object> = {
  mlp: { architecture: 'mlp', hidden: [100, 50] },
  cnn: { architecture: 'cnn' },
  vgg11: { architecture: 'vgg11', batchNorm: true },
  resnet: { architecture: 'resnet', depth: 20 },
};

/** Whether an answer of a sequential slice contradicts the whole set's. */
function isWrong(found: IterationRecord, known: IterationRecord): boolean {
  if (flags.some((flag) => found[flag] !== null && found[flag] !== known[flag])) return true;
  const tolerance = found.slice_tolerance! + known.loss_resolution!;
  return Math.abs(found.floor_loss! - known.floor_loss!) > tolerance;
}

/** Examples that a slice was made of, as a share of all but its start. @param everywhere points on the whole set, both ends among them */
function shareOf(everywhere: number, sampled: number): number {
  return (everywhere - 1 + (points + 1 - everywhere) * (sampled / train)) / points;
}

async function walks(network: string, rate: number): Promise<void> {
  const { train: examples, validation } = data;
  const probed = async (evaluateOn: unknown, from: number) => {
    const perEpoch = Math.floor(train / 100);
    const experiment = experimentSchema.parse({
      data: { train, validation: 100 },
      model: networks[network],
      optimizer: { learningRate: rate, batchSize: 100 },
      length: from === 1 ? { iterations: Number(values.early) } : { epochs: from },
      probes: {
        interpolation: {
          points,
          evaluateOn,
          windows: [from === 1 ? { firstIterations: Number(values.early) } : { epochs: [from] }],
        },
      },
    });
    const start = performance.now();
    const { iterations, slices } = await walked(experiment, {
      data: { train: examples, validation, checksum: '' },
      image: examples.shape,
      backend: onnxCpu(2),
    });
    const took = (performance.now() - start) / 1000;
    return { took, slices, records: iterations.filter(({ floor_loss }) => floor_loss !== null).slice(0, perEpoch) };
  };
  for (const from of [1, Number(values.late)]) {
    const found = await probed({ sequential: settings }, from);
    const whole = await probed('train', from);
    const shares = found.records.map(({ iteration, slice_examples: n }) => {
      const everywhere = found.slices.filter((point) => point.iteration === iteration && point.standard_error === null);
      return shareOf(everywhere.length, n!);
    });
    const sampled = found.records.filter(({ slice_tolerance }) => slice_tolerance! > 0);
    const of = (iteration: number): IterationRecord => whole.records.find((each) => each.iteration === iteration)!;
    const wrong = sampled.filter((record) => isWrong(record, of(record.iteration))).length;
    const high = sampled.filter(({ iteration, slice_tolerance }) =>
      found.slices.some(
        (point, row) =>
          point.iteration === iteration && Math.abs(point.loss! - whole.slices[row]!.loss!) > slice_tolerance! + 1e-6,
      ),
    ).length;
    const below = sampled.filter((record) =>
      flags.some((flag) => record[flag] === null && of(record.iteration)[flag] !== null),
    ).length;
    const mean = shares.reduce((sum, each) => sum + each, 0) / shares.length;
    const seconds = `${found.took.toFixed(1)} / ${whole.took.toFixed(1)}`;
    const where = from === 1 ? 'early' : `epoch ${from}`;
    print(network, rate, where, shares.length, sampled.length, mean.toFixed(3), wrong, high, below, seconds);
  }
}

/** Made slices: many samples of each. */
async function made(): Promise<void> {
  print('made', 'examples', 'samples', 'decided', 'evaluated', 'wrong');
  print('---', '---', '---', '---', '---', '---');
  for (const kind of ['smooth', 'barrier', 'heavy tails', 'unforeseen barrier'] as const) {
    const tally = { samples: 0, decided: 0, share: 0, wrong: 0 };
    for (let slice = 1; slice <= 4; slice++) {
      const known = madeSlice(kind, train, points, generatorFrom([slice, 5, 6, 7]));
      const { means } = known;
      const resolution = 1e-7;
      const truth = judgeSlice(
        means,
        { floor: resolution, barrier: resolution, bends: means.slice(2).map(() => resolution) },
        null,
      );
      const floor = means.indexOf(Math.min(...means));
      for (let sample = 1; sample <= 100; sample++) {
        const of = (columns: Float32Array[], examples: Uint32Array, at: readonly number[]) =>
          at.map((k) => Float32Array.from(examples, (example) => columns[k]![example]!));
        let everywhere = 2;
        const found = await sequentialSlice({
          ...settings,
          tolerance: kind === 'unforeseen barrier' ? 0.2 : settings.tolerance,
          ends: known.ends,
          labels: known.labels,
          intervals: points,
          loss: usualLoss,
          generator: generatorFrom([sample, slice, 3, 4]),
          resolution: () => resolution,
          evaluate: (examples, at) =>
            Promise.resolve({ losses: of(known.losses, examples, at), correct: of(known.correct, examples, at) }),
          know: (at) => {
            everywhere += at.length;
            return Promise.resolve(at.map((k) => known.known[k]!));
          },
        });
        tally.samples++;
        const isDecided = found !== null && found !== 'stopped';
        tally.share += isDecided ? shareOf(everywhere, found.examples) : 1;
        if (!isDecided) continue;
        tally.decided++;
        const { decision, inner } = found;
        const isOff =
          flags.some((flag) => decision[flag] !== null && decision[flag] !== truth[flag]) ||
          ![decision.floor, ...decision.alsoFloor].includes(floor) ||
          inner.some(({ loss }, k) => Math.abs(loss - means[k + 1]!) > decision.tolerance);
        tally.wrong += Number(isOff);
      }
    }
    print(kind, train, tally.samples, tally.decided, (tally.share / tally.samples).toFixed(3), tally.wrong);
  }
}

const [dataset] = bundledDatasets(join(import.meta.dirname, '..', 'resources', 'datasets'));
const data = await loadDataset(dataset!, { train: values.made ? 1 : train, validation: 100 });
if (values.made) await made();
else {
  print(
    'network',
    'rate',
    'slices of',
    'slices',
    'sampled',
    'evaluated',
    'wrong',
    'losses off',
    'below',
    'seconds, whole',
  );
  print('---', '---', '---', '---', '---', '---', '---', '---', '---', '---');
  for (const network of values.networks.split(','))
    for (const rate of values.rates.split(',')) await walks(network, Number(rate));
}
