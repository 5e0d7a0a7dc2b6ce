/**
 * This engine against PyTorch, side by side: each piece of work in turns on both, from the same parameters and examples.
 *
 *     npm run bench [-- --only update,evaluate,product,walk,derivatives] [--networks mlp,cnn,…] [--rounds 5] [--threads 2]
 *         [--set FOLDER]
 *
 * Prints a Markdown table of ratios: median over the rounds, and the least and greatest, each against the form of the work that is PyTorch's fastest here:
 * eager or compiled, channels first or last, chunks, loops of the optimiser, kept graphs; what each form took goes to stderr. Needs a Python with
 * PyTorch in `PYTHON` (a C++ compiler, too, for the compiled forms), or Debian's python3-torch and libopenblas0-openmp, and for the whole walk `npm run build` before.
 * `--set` is a folder with 45,000 images of 28 × 28 or more, such as Debian's dataset-fashion-mnist, that our whole walks take; without it images are random.
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { keepFreedMemory } from '../electron/trainer/keep-freed-memory.ts';
import { median } from '../shared/median.ts';
import { networks, subjectOf } from './against-pytorch/networks.ts';
import type { NetworkName, Subject } from './against-pytorch/networks.ts';
import { openOpponent } from './against-pytorch/opponent.ts';
import type { Opponent } from './against-pytorch/opponent.ts';
import { wholeWalk } from './against-pytorch/whole-walk.ts';
import { evaluation, ourDerivatives, ourPeak, product, update } from './against-pytorch/works.ts';
import type { Work } from './against-pytorch/works.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: 'derivatives,update,evaluate,product,walk' },
    networks: { type: 'string', default: Object.keys(networks).join() },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
    set: { type: 'string' },
  },
});
// as the trainer's process does
keepFreedMemory();
const only = options.only.split(',');
const names = options.networks.split(',') as NetworkName[];
const unknown = names.filter((name) => !(name in networks));
if (unknown.length > 0) {
  console.error(`there is no network ${unknown.join(', ')}; there are ${Object.keys(networks).join(', ')}`);
  process.exit(2);
}
const rounds = Number(options.rounds);
const threads = Number(options.threads);
const points = 10;
/** Rows of the product that tells what the machine's arithmetic allows. */
const largest = 2000;

/** How much of each network makes a round of a second or so, and the ratios aimed at: time for updates and products, examples × points / s for evaluation. */
const plans: Record<
  NetworkName,
  { updates: number; examples: number; products: number; goals: { update: number; evaluate: number; product?: number } }
> = {
  mlp: { updates: 100, examples: 6000, products: 100, goals: { update: 1, evaluate: 2.5, product: 0.8 } },
  cnn: { updates: 50, examples: 6000, products: 20, goals: { update: 0.8, evaluate: 2.5 } },
  vgg11: { updates: 3, examples: 1000, products: 3, goals: { update: 1, evaluate: 1.5, product: 0.8 } },
  'vgg11-bn': { updates: 3, examples: 1000, products: 3, goals: { update: 1, evaluate: 1.5 } },
  resnet56: { updates: 3, examples: 1000, products: 3, goals: { update: 1.2, evaluate: 1.3 } },
};

const rows: string[] = [];

function row(cells: (string | number)[]): void {
  const line = `| ${cells.join(' | ')} |`;
  rows.push(line);
  console.error(line);
}

const three = (value: number): string => value.toPrecision(3);

/** Lets PyTorch find its fastest form of a work, and prints what each took. */
async function fastest(opponent: Opponent, command: string, parameters: Record<string, unknown>): Promise<string> {
  const { form = '', milliseconds = {} } = await opponent.ask(command, parameters);
  const all = Object.entries(milliseconds).map(([name, each]) => `${name} ${each} ms`);
  console.error(`${command}: ${all.join('; ')}`);
  return form;
}

/** Times both sides in turns, after a round each that does not count. */
async function compare(work: Work): Promise<{ ours: number[]; theirs: number[] }> {
  const times = { ours: [] as number[], theirs: [] as number[] };
  for (let round = -1; round < rounds; round++) {
    const [ours, theirs] = [await work.ours(), await work.theirs()];
    if (round < 0) continue;
    times.ours.push(ours);
    times.theirs.push(theirs);
  }
  await work.dispose();
  return times;
}

/** A row: what, PyTorch's form, ours and theirs in a unit, the ratio with its spread, the goal. */
function report(
  what: string,
  form: string,
  { ours, theirs }: { ours: number[]; theirs: number[] },
  {
    value,
    unit,
    ratio,
    goal,
  }: { value: (seconds: number) => number; unit: string; ratio: 'time' | 'rate'; goal: string },
): void {
  const ratios = ours.map((time, round) => (ratio === 'time' ? time / theirs[round]! : theirs[round]! / time));
  row([
    what,
    form,
    `${three(value(median(ours)))} ${unit}`,
    `${three(value(median(theirs)))} ${unit}`,
    `**${three(median(ratios))}** (${three(Math.min(...ratios))}–${three(Math.max(...ratios))})`,
    goal,
  ]);
}

/** Greatest norm of a difference, tensor by tensor, relative to the tensor's norm in float64. */
function relativeError(ours: ArrayLike<number>, exact: Float64Array, { model }: Subject): number {
  const norm = exact.reduce((sum, value) => sum + value * value, 0) ** 0.5;
  let worst = 0;
  for (const { offset, size } of model.parameters) {
    let [difference, own] = [0, 0];
    for (let index = offset; index < offset + size; index++) {
      difference += (ours[index]! - exact[index]!) ** 2;
      own += exact[index]! ** 2;
    }
    // a bias before batch norm has no gradient at all: such tensors are measured against the whole
    worst = Math.max(worst, Math.sqrt(difference) / Math.max(Math.sqrt(own), 1e-3 * norm));
  }
  return worst;
}

async function derivatives(name: NetworkName, subject: Subject, opponent: Opponent): Promise<void> {
  const { statistics } = subject.model;
  for (const training of statistics.length > 0 ? [true, false] : [false]) {
    const ours = await ourDerivatives(subject, threads, training);
    await opponent.ask('truth', { batch: 100, training });
    const theirs = (file: string): Float64Array =>
      new Float64Array(new Uint8Array(readFileSync(join(subject.folder, file))).buffer);
    const errors = (['gradient', 'product'] as const).map((what) => {
      const exact = theirs(`${what}.f64`);
      const [mine, other] = [ours[what], theirs(`${what}.f32`)].map((found) =>
        relativeError(found, exact, subject).toExponential(1),
      );
      return `${mine} (PyTorch's own float32: ${other})`;
    });
    console.error(
      `${networks[name].title}${statistics.length > 0 ? (training ? ', by batch statistics' : ', by running statistics') : ''}: gradient within ${errors[0]!}, Hessian-vector product within ${errors[1]!} of PyTorch in float64`,
    );
  }
}

async function compareNetwork(name: NetworkName): Promise<void> {
  const { title } = networks[name];
  const { updates, examples, products, goals } = plans[name];
  const subject = subjectOf(name, examples);
  const opponent = await openOpponent();
  try {
    const { version } = await opponent.ask('open', { network: name, folder: subject.folder, examples, threads });
    if (rows.length === 0) {
      console.error(`PyTorch ${String(version)}, ${threads} threads; ${cpus()[0]?.model ?? 'unknown processor'}`);
      const rate = (seconds: number): string =>
        `${(largest ** 3 / seconds / 1e9).toFixed(0)} billion multiply-adds a second`;
      const { seconds = NaN } = await opponent.ask('peak', { size: largest });
      console.error(`a product of ${largest}²: ${rate(await ourPeak(threads, largest))}, PyTorch’s ${rate(seconds)}`);
      row([
        'work, batch 100',
        'PyTorch’s fastest form',
        'Valleywalk',
        'PyTorch',
        'ratio: median (least–greatest)',
        'goal',
      ]);
      row(['---', '---', '---', '---', '---', '---']);
    }
    if (only.includes('derivatives')) await derivatives(name, subject, opponent);
    if (only.includes('update')) {
      const form = await fastest(opponent, 'calibrate_update', { batch: 100 });
      report(`one SGD iteration: ${title}`, form, await compare(await update(subject, opponent, threads, updates)), {
        value: (seconds) => (1000 * seconds) / updates,
        unit: 'ms',
        ratio: 'time',
        goal: `≤ ${goals.update} × the time`,
      });
    }
    if (only.includes('evaluate')) {
      const form = await fastest(opponent, 'calibrate', { examples });
      const few = name === 'mlp' || name === 'cnn' ? points : 3;
      const times = await compare(await evaluation(subject, opponent, threads, few));
      report(`slices at fresh parameters: ${title}`, form, times, {
        value: (seconds) => (examples * few) / seconds,
        unit: 'examples/s',
        ratio: 'rate',
        goal: `≥ ${goals.evaluate} ×`,
      });
    }
    if (only.includes('product') && goals.product !== undefined) {
      const form = await fastest(opponent, 'calibrate_product', { batch: 100, count: products });
      const times = await compare(await product(subject, opponent, threads, products));
      report(`Hessian-vector product: ${title}`, form, times, {
        value: (seconds) => (1000 * seconds) / products,
        unit: 'ms',
        ratio: 'time',
        goal: `≤ ${goals.product} × the time`,
      });
    }
  } finally {
    opponent.close();
    subject.dispose();
  }
}

async function compareWalks(): Promise<void> {
  const subject = subjectOf('mlp', 45_000);
  const opponent = await openOpponent();
  const iterations = 40;
  try {
    await opponent.ask('open', { network: 'mlp', folder: subject.folder, examples: 45_000, threads });
    const forms = [
      await fastest(opponent, 'calibrate_update', { batch: 100 }),
      await fastest(opponent, 'calibrate', { examples: 6000 }),
    ];
    const times = { whole: [] as number[], sequential: [] as number[], theirs: [] as number[] };
    for (let round = 0; round < Math.min(rounds, 3); round++) {
      const walk = { subject, set: options.set, iterations, points };
      times.whole.push(wholeWalk({ ...walk, sequential: false }));
      // what a sample has to be depends on what images show: random ones tell nothing of it
      if (options.set !== undefined) times.sequential.push(wholeWalk({ ...walk, sequential: true }));
      // its iterations all take the same: ten tell
      const { seconds } = await opponent.ask('walk', { batch: 100, iterations: 10, points });
      times.theirs.push((Number(seconds) / 10) * iterations);
    }
    const unit = { value: (seconds: number) => seconds / iterations, unit: 's an iteration', ratio: 'time' } as const;
    const form = forms.join('; ');
    const title = 'a whole walk of the MLP on 45,000 examples';
    const { whole, sequential, theirs } = times;
    report(`${title}, against a lean loop`, form, { ours: whole, theirs }, { ...unit, goal: '≤ 0.33 of the time' });
    if (sequential.length > 0)
      report('… in sequential slices', form, { ours: sequential, theirs }, { ...unit, goal: '≤ 0.1 of the time' });
    const few = 2;
    const procedure = Number((await opponent.ask('procedure', { batch: 100, iterations: few, points })).seconds);
    report(
      '… on the whole set, against the authors’ procedure',
      'eager, a data loader',
      { ours: whole, theirs: whole.map(() => (procedure / few) * iterations) },
      { ...unit, goal: '≤ 0.1 of the time' },
    );
  } finally {
    opponent.close();
    subject.dispose();
  }
}

try {
  for (const name of names) await compareNetwork(name);
  if (only.includes('walk') && names.includes('mlp')) await compareWalks();
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
console.log(rows.join('\n'));
process.exit(0);
