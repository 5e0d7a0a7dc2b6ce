/**
 * The table of all backends (docs/backends.md): every piece of work in turns, eager PyTorch beside them where there is one.
 *
 *     npm run build && node bench/backends.ts [--backends cpu,pytorch] [--networks mlp,cnn,vgg11] [--rounds 5] [--walks 3] [--threads 2]
 *                                             [--eager] [--vectors] [--before FOLDER] [--minutes 12]
 *
 * Prints Markdown: an SGD iteration of 100 examples, a slice's examples, and the whole quick walk as `valleywalk run` takes it, its start
 * and store included. Medians over the rounds, and the median ratio to the first side with its least and greatest. Without `--backends` all that can be
 * used here; VALLEYWALK_PYTHON and VALLEYWALK_TENSORFLOW name what two of them compute with.
 *
 * `--eager` adds PyTorch itself (bench/against-pytorch/opponent.py; PYTHON names its interpreter, which needs NumPy too). `--vectors` has backends that keep
 * vectors take turns with themselves without. `--before` has another version of the backends take turns: a copy of electron/trainer/backends that
 * lies beside it. After so many minutes what goes on is ended with what it has, and what is left is left out, and said.
 */
import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { openBackend } from '../electron/trainer/backends/index.ts';
import type { Backend } from '../electron/trainer/backends/backend.ts';
import { keepFreedMemory } from '../electron/trainer/keep-freed-memory.ts';
import { withoutMemory } from '../electron/trainer/testing/transfers.ts';
import { backendNames, isBackendName } from '../shared/backends.ts';
import { median } from '../shared/median.ts';
import { formatMeasured } from '../shared/format.ts';
import { networks, subjectOf } from './against-pytorch/networks.ts';
import type { NetworkName } from './against-pytorch/networks.ts';
import { openOpponent } from './against-pytorch/opponent.ts';
import { quickWalk } from './against-pytorch/whole-walk.ts';
import { ourEvaluation, ourUpdate } from './against-pytorch/works.ts';
import type { OurWork } from './against-pytorch/works.ts';

const { values: options } = parseArgs({
  options: {
    backends: { type: 'string' },
    networks: { type: 'string', default: 'mlp,cnn,vgg11' },
    rounds: { type: 'string', default: '5' },
    walks: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    eager: { type: 'boolean', default: false },
    vectors: { type: 'boolean', default: false },
    before: { type: 'string' },
    minutes: { type: 'string', default: '12' },
  },
});
// as the trainer's process does
keepFreedMemory();
/** Ends with a sentence before anything is measured. */
function refuse(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}
/** A number that an option has. @param least the least that it may be @param whole whether it counts something */
function numberOf(option: 'rounds' | 'walks' | 'threads' | 'minutes', least: number, whole = true): number {
  const text = options[option];
  const value = text.trim() === '' ? NaN : Number(text);
  if (Number.isFinite(value) && value >= least && (!whole || Number.isInteger(value))) return value;
  return refuse(`--${option} takes ${whole ? 'a whole number' : 'a number'} from ${least}; it is "${text}"`);
}
const names = options.networks.split(',').filter(Boolean) as NetworkName[];
const unknown = names.filter((name) => !Object.hasOwn(networks, name));
if (unknown.length > 0)
  refuse(`there is no network ${unknown.join(', ')}; there are ${Object.keys(networks).join(', ')}`);
const named = options.backends?.split(',').filter(Boolean) ?? null;
const strange = named?.filter((name) => !isBackendName(name)) ?? [];
if (strange.length > 0) refuse(`there is no backend ${strange.join(', ')}; there are ${backendNames.join(', ')}`);
if (named?.length === 0) refuse(`--backends takes names with commas between; there are ${backendNames.join(', ')}`);
if (names.length === 0)
  refuse(`--networks takes names with commas between; there are ${Object.keys(networks).join(', ')}`);
const [threads, rounds, walks] = [numberOf('threads', 1), numberOf('rounds', 1), numberOf('walks', 0)];
const ends = performance.now() + 60_000 * numberOf('minutes', 0, false);
const isOver = (): boolean => performance.now() > ends;
/** What the time did not reach, in words. */
const leftOut: string[] = [];

/** Updates, examples and points of a slice that make a round of a second or so. */
const plans = {
  mlp: { updates: 100, examples: 6000, points: 10 },
  cnn: { updates: 50, examples: 6000, points: 5 },
  vgg11: { updates: 2, examples: 500, points: 2 },
  'vgg11-bn': { updates: 2, examples: 500, points: 2 },
  resnet56: { updates: 2, examples: 500, points: 2 },
} satisfies Record<NetworkName, object>;

/**
 * Times every side in turns, after a round each that does not count. Where the time is over the round that goes on is left out, so that each
 * side has as many, and what is missing is said.
 * @param title of the row
 */
async function inTurns(title: string, sides: readonly OurWork[], most: number): Promise<number[][]> {
  const times = sides.map((): number[] => []);
  for (let round = -1; round < most && !isOver(); round++) {
    const own: number[] = [];
    for (const side of sides) if (!isOver()) own.push(await side.ours());
    if (round >= 0 && own.length === sides.length) own.forEach((seconds, index) => times[index]!.push(seconds));
  }
  for (const side of sides) await side.dispose();
  const done = times[0]?.length ?? 0;
  if (done < most) leftOut.push(done === 0 ? title : `${title}: ${most - done} of ${most} rounds`);
  return times;
}

/** Medians in a unit, and the median ratio to the first side with its spread. */
function cells(times: readonly number[][], value: (seconds: number) => number): string[] {
  return times.map((each, index) => {
    if (each.length === 0) return '–';
    const ratios = each.map((time, round) => time / times[0]![round]!);
    const spread = `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`;
    return `${formatMeasured(value(median(each)))}${index === 0 || times[0]!.length === 0 ? '' : `, × ${spread}`}`;
  });
}

/** A column of the table; `walks` names the backend where the whole walk can be taken on it. */
interface Side {
  title: string;
  backend: Backend;
  walks: string | null;
}

async function openSides(): Promise<Side[]> {
  const sides: Side[] = [];
  for (const name of named ?? backendNames) {
    let backend: Backend;
    try {
      backend = await openBackend(name, threads);
    } catch (error) {
      // one that was named must be there
      if (named) refuse((error as Error).message);
      console.log(`without ${(error as Error).message}`);
      continue;
    }
    if (options.before !== undefined && name !== 'cpu') {
      const file = pathToFileURL(resolve(options.before, 'index.ts')).href;
      const other = (await import(file)) as { openBackend: typeof openBackend };
      sides.push({ title: `${name} before`, backend: await other.openBackend(name, threads), walks: null });
    }
    sides.push({ title: name, backend, walks: name });
    if (options.vectors && backend.memory)
      sides.push({ title: `${name} without vectors`, backend: withoutMemory(backend), walks: null });
  }
  return sides;
}

const sides = await openSides();
const row = (all: readonly string[]): void => console.log(`| ${all.join(' | ')} |`);
for (const { title, backend } of sides) {
  const { device, versions } = backend.describe();
  console.log(`${title}: ${device ?? ''} ${JSON.stringify(versions)}`);
}
console.log(`${threads} threads, load ${loadavg()[0]!.toFixed(1)} at the start`);
const titles = [...sides.map(({ title }) => title), ...(options.eager ? ['eager PyTorch'] : [])];
row(['work, batch 100', ...titles]);
row(['---', ...titles.map(() => '---')]);
for (const name of names) {
  const { updates, examples, points } = plans[name];
  const { title } = networks[name];
  if (isOver()) {
    leftOut.push(title);
    continue;
  }
  const subject = subjectOf(name, examples);
  const opponent = options.eager ? await openOpponent() : null;
  await opponent?.ask('open', { network: name, folder: subject.folder, examples, threads, compiled: false });
  await opponent?.ask('calibrate', { examples });
  await opponent?.ask('calibrate_update', { batch: 100 });
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
  for (const { backend } of sides) iterations.push(await ourUpdate(subject, backend, updates));
  iterations.push(...eager('update', { batch: 100, count: updates }));
  const perUpdate = (seconds: number): number => (1000 * seconds) / updates;
  const [byUpdate, bySlice] = [`iteration of ${title}, ms`, `slices of ${title}, µs an example`];
  row([byUpdate, ...cells(await inTurns(byUpdate, iterations, rounds), perUpdate)]);
  if (isOver()) leftOut.push(bySlice);
  else {
    const slices: OurWork[] = [];
    for (const { backend } of sides) slices.push(await ourEvaluation(subject, backend, points));
    slices.push(...eager('evaluate', { examples, points }));
    const perExample = (seconds: number): number => (1e6 * seconds) / examples / points;
    row([bySlice, ...cells(await inTurns(bySlice, slices, rounds), perExample)]);
  }
  opponent?.close();
  subject.dispose();
}
if (walks > 0 && isOver()) leftOut.push('the quick walk');
else if (walks > 0) {
  const works = sides.map(({ walks: name }): OurWork => ({
    ours: () => Promise.resolve(name === null ? NaN : quickWalk(name)),
    dispose: () => Promise.resolve(),
  }));
  const times = (await inTurns('the whole quick walk', works, walks)).map((each) =>
    each.filter((time) => !Number.isNaN(time)),
  );
  row(['the whole quick walk, s', ...cells(times, (seconds) => seconds), ...(options.eager ? ['–'] : [])]);
}
if (leftOut.length > 0) console.log(`left out, since ${options.minutes} minutes were over: ${leftOut.join('; ')}`);
process.exit(0);
