/**
 * The paper's MLP on the whole of a set, epochs 1 and 10 probed at every iteration, in both ways of evaluation: slices on all 45,000 examples and sequential
 * ones, from the same parameters in the same order. Writes where their answers differ, docs/reproduction/paper-scale.md.
 *
 *     node bench/paper-scale.ts --set FOLDER --store FOLDER [--out FILE]
 *
 * FOLDER of the set: 55,000 images at least, such as Debian's dataset-fashion-mnist. Needs `npm run build` before. Runs that are in the store are not run again.
 * Half an hour on two cores.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { valleywalk } from './terminal.ts';

const { values: options } = parseArgs({
  options: {
    set: { type: 'string' },
    store: { type: 'string' },
    out: { type: 'string', default: join(import.meta.dirname, '../docs/reproduction/paper-scale.md') },
  },
});
const { set, store, out } = options;
if (set === undefined || store === undefined) {
  console.error('tell --set, a folder with 55,000 images at least, and --store, a folder for the runs');
  process.exit(2);
}

const train = 45_000;
const epochs = [1, 10] as const;
const flags = ['interior_floor', 'barrier', 'convex'] as const;
const ways = {
  whole: { name: "The paper's scale, whole set", evaluateOn: 'train' },
  sequential: {
    name: "The paper's scale, sequential",
    evaluateOn: { sequential: { confidence: 0.99, tolerance: 0.02 } },
  },
};

interface RunRow {
  run: string;
  name: string;
  status: string;
}
type Row = Record<string, number | null>;
/** Rows of a CSV; null where a cell is empty. */
function rowsOf(file: string): Row[] {
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const columns = head!.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(columns.map((column, at) => [column, cells[at] === '' ? null : Number(cells[at])]));
  });
}

const folder = mkdtempSync(join(tmpdir(), 'valleywalk-scale-'));
const runs = (): RunRow[] => JSON.parse(valleywalk('list', '--store', store, '--json')) as RunRow[];

/** Runs it where it was not, and reads its records. */
function recordsOf({ name, evaluateOn }: (typeof ways)['whole' | 'sequential']): { steps: Row[]; slices: Row[] } {
  const finished = (): RunRow | undefined => runs().find((each) => each.name === name && each.status === 'finished');
  if (!finished()) {
    const added = JSON.parse(valleywalk('data', 'add', set!, '--store', store!, '--json')) as { id: string };
    const experiment = {
      name,
      data: { set: added.id, train, validation: 10_000 },
      optimizer: { learningRate: 0.1, batchSize: 100 },
      length: { epochs: 10 },
      probes: { interpolation: { points: 10, evaluateOn, windows: [{ epochs: [...epochs] }] } },
    };
    const file = join(folder, 'experiment.json');
    writeFileSync(file, JSON.stringify(experiment));
    valleywalk('run', file, '--store', store!);
  }
  const { run } = finished()!;
  const place = join(folder, run);
  valleywalk('export', run, '--store', store!, '--out', place, '--format', 'csv');
  const files = join(place, readdirSync(place)[0]!);
  const [steps, slices] = ['iterations', 'slices'].map((each) => rowsOf(join(files, `${each}.csv`)));
  return { steps: steps!, slices: slices! };
}

const [whole, sequential] = [recordsOf(ways.whole), recordsOf(ways.sequential)];
rmSync(folder, { recursive: true, force: true });
const differs = whole.steps.findIndex(({ batch_loss }, at) => batch_loss !== sequential.steps[at]!['batch_loss']);
if (differs >= 0) throw new Error(`the two walks are not one: their batch losses differ at iteration ${differs}`);

const probedIn = ({ steps }: typeof whole, epoch: number): Row[] =>
  steps.filter((step) => step['epoch'] === epoch && step['floor_loss'] !== null);
const count = (rows: Row[], is: (row: Row) => boolean): number => rows.filter(is).length;
const mean = (values: number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
const lines = [
  '# The paper’s own scale, in both ways of evaluation',
  '',
  `MLP 784-500-350-10, ${train.toLocaleString('en')} examples of Fashion-MNIST, SGD at a learning rate of 0.1 in batches of 100, epochs 1 and 10 probed at every iteration with K = 10; one walk, evaluated on the whole set and in sequential slices (99 %, 2 % of the range; [definitions.md](../definitions.md)). Written by \`node bench/paper-scale.ts\` on ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown processor'}). What an iteration takes in either way is in [performance.md](../performance.md).`,
  '',
  '| epoch | evaluated | slices | interior floor | barrier | roughly convex | some answer below what can be told | mean height after | examples between the ends, mean |',
  '| ----: | --------- | -----: | -------------: | ------: | -------------: | ---------------------------------: | ----------------: | ------------------------------: |',
];
for (const epoch of epochs)
  for (const [title, records] of [
    ['on the whole set', whole],
    ['sequentially', sequential],
  ] as const) {
    const rows = probedIn(records, epoch);
    const yes = flags.map((flag) => count(rows, (row) => row[flag] === 1));
    const below = count(rows, (row) => flags.some((flag) => row[flag] === null));
    const height = mean(rows.map((row) => row['height_after']!)).toPrecision(4);
    const examples = mean(rows.map((row) => row['slice_examples'] ?? train)).toFixed(0);
    lines.push(`| ${[epoch, title, rows.length, ...yes, below, height, examples].join(' | ')} |`);
  }

lines.push(
  '',
  '**Where they differ**, of the slices that a sample decided; at 99 % each, one in a hundred may have a wrong answer.',
  '',
  '| epoch | decided by samples | may be wrong | yes against no | told by the whole set alone | floor at a place that lies higher than told | a loss off by more than told | greatest deviation, of what is told |',
  '| ----: | -----------------: | -----------: | -------------: | ---------------------------: | --------------------------------------: | ---------------------------: | --------------------------------: |',
);
for (const epoch of epochs) {
  const known = new Map(probedIn(whole, epoch).map((row) => [row['iteration'], row]));
  const sampled = probedIn(sequential, epoch).filter((row) => (row['slice_tolerance'] ?? 0) > 0);
  const against = count(sampled, (row) =>
    flags.some((flag) => {
      const other = known.get(row['iteration'])![flag];
      return row[flag] !== null && other !== null && row[flag] !== other;
    }),
  );
  const only = count(sampled, (row) =>
    flags.some((flag) => row[flag] === null && known.get(row['iteration'])![flag] !== null),
  );
  const tolerances = new Map(sampled.map((row) => [row['iteration'], row['slice_tolerance']!]));
  const losses = new Map(whole.slices.map(({ iteration, alpha, loss }) => [`${iteration} ${alpha}`, loss!]));
  let [off, greatest, elsewhere] = [0, 0, 0];
  const worst = new Map<number, number>();
  for (const { iteration, alpha, loss } of sequential.slices) {
    const tolerance = tolerances.get(iteration);
    if (tolerance === undefined) continue;
    const deviation = Math.abs(loss! - losses.get(`${iteration} ${alpha}`)!) / tolerance;
    worst.set(iteration!, Math.max(worst.get(iteration!) ?? 0, deviation));
  }
  for (const deviation of worst.values()) {
    off += Number(deviation > 1);
    greatest = Math.max(greatest, deviation);
  }
  // the place that a sample tells is a floor of the whole set to what is told
  for (const { iteration, floor_alpha } of sampled)
    if (losses.get(`${iteration} ${floor_alpha}`)! - known.get(iteration)!['floor_loss']! > tolerances.get(iteration)!)
      elsewhere++;
  const cells = [sampled.length, (sampled.length / 100).toFixed(1), against, only, elsewhere, off, share(greatest)];
  lines.push(`| ${[epoch, ...cells].join(' | ')} |`);
}
writeFileSync(out, `${lines.join('\n')}\n`);
console.log(lines.join('\n'));
