/**
 * Backends side by side, each piece of work in turns, eager PyTorch beside them where there is one.
 *
 *     node bench/backends.ts [--backends cpu,pytorch] [--networks mlp,cnn,vgg11] [--rounds 5] [--threads 2] [--eager]
 *
 * Prints a Markdown table: an SGD iteration of 100 examples and a slice's examples, medians over the rounds, and their ratio to the first backend's.
 * `--eager` adds PyTorch itself (bench/against-pytorch/opponent.py; PYTHON names its interpreter, which needs NumPy too).
 */
import { parseArgs } from 'node:util';
import { openBackend } from '../electron/trainer/backends/index.ts';
import { keepFreedMemory } from '../electron/trainer/keep-freed-memory.ts';
import { networks, subjectOf } from './against-pytorch/networks.ts';
import type { NetworkName } from './against-pytorch/networks.ts';
import { openOpponent } from './against-pytorch/opponent.ts';
import { ourEvaluation, ourUpdate } from './against-pytorch/works.ts';
import type { OurWork } from './against-pytorch/works.ts';

const { values: options } = parseArgs({
  options: {
    backends: { type: 'string', default: 'cpu,pytorch' },
    networks: { type: 'string', default: 'mlp,cnn,vgg11' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
    eager: { type: 'boolean', default: false },
  },
});
keepFreedMemory();
const rounds = Number(options.rounds);
const threads = Number(options.threads);

/** Updates, examples and points of a slice that make a round of a second or so. */
const plans = {
  mlp: { updates: 100, examples: 6000, points: 10 },
  cnn: { updates: 50, examples: 6000, points: 5 },
  vgg11: { updates: 2, examples: 500, points: 2 },
  'vgg11-bn': { updates: 2, examples: 500, points: 2 },
  resnet56: { updates: 2, examples: 500, points: 2 },
} satisfies Record<NetworkName, object>;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** Times every side in turns, after a round each that does not count. */
async function inTurns(sides: readonly OurWork[]): Promise<number[][]> {
  const times = sides.map((): number[] => []);
  for (let round = -1; round < rounds; round++)
    for (const [index, side] of sides.entries()) {
      const seconds = await side.ours();
      if (round >= 0) times[index]!.push(seconds);
    }
  for (const side of sides) await side.dispose();
  return times;
}

/** Medians in a unit, and the median ratio to the first side with its spread. */
function cells(times: readonly number[][], value: (seconds: number) => number): string[] {
  return times.map((each, index) => {
    const ratios = each.map((time, round) => time / times[0]![round]!);
    const spread = `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`;
    return `${value(median(each)).toPrecision(3)}${index === 0 ? '' : `, × ${spread}`}`;
  });
}

const names = options.backends.split(',');
const backends = [];
for (const name of names) backends.push(await openBackend(name, threads));
const row = (all: readonly string[]): void => console.log(`| ${all.join(' | ')} |`);
for (const backend of backends) {
  const { name, device, versions } = backend.describe();
  console.log(`${name}: ${device ?? ''} ${JSON.stringify(versions)}`);
}
row(['work, batch 100', ...names, ...(options.eager ? ['eager PyTorch'] : [])]);
row(['---', ...names.map(() => '---'), ...(options.eager ? ['---'] : [])]);
for (const name of options.networks.split(',') as NetworkName[]) {
  const { updates, examples, points } = plans[name];
  const subject = subjectOf(name, examples);
  const opponent = options.eager ? await openOpponent() : null;
  await opponent?.ask('open', { network: name, folder: subject.folder, examples, threads });
  await opponent?.ask('calibrate', { examples });
  const eager = (command: string, parameters: Record<string, unknown>): OurWork[] =>
    opponent
      ? [
          {
            ours: async () => Number((await opponent.ask(command, parameters)).seconds),
            dispose: () => Promise.resolve(),
          },
        ]
      : [];
  const iterations: OurWork[] = [];
  const slices: OurWork[] = [];
  for (const backend of backends) {
    iterations.push(await ourUpdate(subject, backend, updates));
    slices.push(await ourEvaluation(subject, backend, points));
  }
  iterations.push(...eager('update', { batch: 100, count: updates }));
  slices.push(...eager('evaluate', { examples, points }));
  const { title } = networks[name];
  row([`iteration of ${title}, ms`, ...cells(await inTurns(iterations), (seconds) => (1000 * seconds) / updates)]);
  row([
    `slices of ${title}, µs an example`,
    ...cells(await inTurns(slices), (seconds) => (1e6 * seconds) / examples / points),
  ]);
  opponent?.close();
  subject.dispose();
}
process.exit(0);
