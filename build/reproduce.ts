/**
 * `npm run reproduce`: runs the presets of the paper's figures at desk scale and writes docs/reproduction.md: each figure beside
 * its claims, their verdicts and the numbers, including what did not reproduce.
 *
 *     node build/node.mjs reproduce [--only ID,ID] [--limit SECONDS] [--store FOLDER] [--report] [--note TEXT]
 *
 * Runs are kept in a store of their own and only missing ones are run, so that it can be stopped and started again; a preset
 * that changed is run anew. `--limit` is the time for one preset (600 s): a run that exceeds it is stopped and the report
 * says so. `--report` runs nothing and writes the report from what there is; `--note` is a sentence on the circumstances.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { expandHome } from '../electron/files/home.ts';
import { programPlaces } from '../electron/files/program.ts';
import { nodeFork } from '../electron/processes/node.ts';
import { openWorkbench } from '../electron/workbench/workbench.ts';
import type { Workbench } from '../electron/workbench/workbench.ts';
import type { ClaimResult } from '../shared/claims/result.ts';
import { analysisIsOver } from '../shared/analyses/index.ts';
import type { AnalysisRecord } from '../shared/analyses/index.ts';
import { experimentsOf, finishedFloor, isOfPaper, paperRecipe } from '../shared/figures/paper-recipe.ts';
import type { FigureRun, PaperPreset } from '../shared/figures/paper-recipe.ts';
import type { FigureRecipe } from '../shared/figures/recipe.ts';
import { formatDuration, formatNumber } from '../shared/format.ts';
import { ValleywalkError } from '../shared/errors.ts';
import type { EventName, Parameters, RequestName, Result } from '../shared/protocol.ts';
import { isOver } from '../shared/records.ts';
import type { RunRecord } from '../shared/records.ts';
import { buildIfStale } from './build.ts';
import { numbers, overview, verdict } from './reproduction/text.ts';
import type { Finding } from './reproduction/text.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  args: process.argv.slice(2),
  options: {
    only: { type: 'string' },
    limit: { type: 'string', default: '600' },
    store: { type: 'string', default: join(root, '.valleywalk', 'reproduction') },
    docs: { type: 'string', default: join(root, 'docs') },
    report: { type: 'boolean', default: false },
    note: { type: 'string', default: '' },
  },
});
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const limit = Number(options.limit);
if (!(limit > 0)) throw new Error(`--limit takes seconds above 0; it is "${options.limit}"`);

/** What was run of a preset: which settings, which runs, how long. */
interface Done {
  settings: string;
  runs: string[];
  seconds: number;
  /** Whether the time limit stopped it. */
  stopped: boolean;
}

await buildIfStale();
const places = programPlaces(root);
const store = resolve(expandHome(options.store));
const stateFile = join(store, 'reproduction.json');
const workbench = openWorkbench({
  store,
  resources: places.resources,
  version: places.version,
  fork: nodeFork(places.trainer),
});
const ask = <N extends RequestName>(name: N, parameters: Parameters<N>): Promise<Result<N>> =>
  workbench.handle(name, parameters) as Promise<Result<N>>;

try {
  const desk = (await ask('experiments.presets', {})).filter(isOfPaper).filter(({ paper }) => paper.scale === 'desk');
  const wanted = options.only?.split(',');
  const unknown = wanted?.find((id) => !desk.some((preset) => preset.id === id));
  if (unknown !== undefined)
    throw new Error(`there is no desk preset "${unknown}"; there are ${desk.map(({ id }) => id).join(', ')}`);
  if (!options.report)
    for (const preset of desk.filter(({ id }) => !wanted || wanted.includes(id))) await reproduce(workbench, preset);
  await report(desk);
} finally {
  await workbench.close();
}

/** Runs what is missing of a preset. */
async function reproduce(on: Workbench, preset: PaperPreset): Promise<void> {
  const experiments = experimentsOf(preset);
  const settings = createHash('sha256').update(JSON.stringify(experiments)).digest('hex');
  const before = readState()[preset.id];
  const there = new Set((await ask('runs.list', {})).filter(({ status }) => isOver(status)).map(({ run }) => run));
  if (before?.settings === settings && before.runs.every((run) => there.has(run))) {
    console.error(`${preset.id}: there already, ${before.runs.length === 1 ? '1 run' : `${before.runs.length} runs`}`);
    return;
  }
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  const runs: string[] = [];
  let stopped = false;
  for (const experiment of experiments) {
    if (seconds() >= limit) {
      stopped = true;
      break;
    }
    const { run } = await ask('runs.start', { experiment });
    const ended = await over(on, run, limit - seconds());
    runs.push(run);
    stopped ||= ended.status === 'stopped';
    if (ended.status === 'finished') stopped ||= !(await studied(on, run, limit - seconds()));
    console.error(`${preset.id}: ${ended.name} ${ended.status} after ${formatDuration(seconds())}`);
  }
  writeState({ ...readState(), [preset.id]: { settings, runs, seconds: seconds(), stopped } });
}

/** Waits until a run is over, and stops it when its time is. */
async function over(on: Workbench, run: string, patience: number): Promise<RunRecord> {
  return settled(on, 'run.changed', {
    get: () => ask('runs.get', { run }),
    isIt: (record) => record.run === run,
    isOver: ({ status }) => isOver(status),
    stop: () => void ask('runs.stop', { run }),
    patience,
  });
}

/** Waits for the valley-floor study that follows a run, where there is one; whether it came to its end in time. */
async function studied(on: Workbench, run: string, patience: number): Promise<boolean> {
  const [started] = await ask('analyses.list', { run });
  if (!started) return true;
  const { analysis } = started;
  const { status, error } = await settled<AnalysisRecord>(on, 'analysis.changed', {
    get: () => ask('analyses.get', { analysis }),
    isIt: (record) => record.analysis === analysis,
    isOver: (record) => analysisIsOver(record.status),
    stop: () => void ask('analyses.cancel', { analysis }),
    patience,
  });
  console.error(`  valley floor ${status}${error === null ? '' : `: ${error}`}`);
  return status !== 'stopped';
}

/** A record to wait for. */
interface Awaitable<R> {
  get: () => Promise<R>;
  /** Whether an event's record is this one. */
  isIt: (record: R) => boolean;
  isOver: (record: R) => boolean;
  stop: () => void;
  /** Seconds. */
  patience: number;
}

/** Waits until something that events tell about is over, and stops it when its seconds are. */
async function settled<R>(on: Workbench, event: EventName, one: Awaitable<R>): Promise<R> {
  const timer = setTimeout(one.stop, Math.max(0, one.patience) * 1000);
  const found = await new Promise<R>((done) => {
    const settle = (record: R): void => {
      if (!one.isOver(record)) return;
      stopListening();
      done(record);
    };
    const stopListening = on.subscribe((name, payload) => {
      if (name === event && one.isIt(payload as R)) settle(payload as R);
    });
    void one.get().then(settle);
  });
  clearTimeout(timer);
  return found;
}

function readState(): Record<string, Done> {
  try {
    return JSON.parse(readFileSync(stateFile, 'utf8')) as Record<string, Done>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

function writeState(state: Record<string, Done>): void {
  writeFileSync(stateFile, `${JSON.stringify(state, null, 2)}\n`);
}

/** Writes docs/reproduction.md and its figures. */
async function report(desk: readonly PaperPreset[]): Promise<void> {
  const state = readState();
  const figures = join(options.docs, 'reproduction');
  rmSync(figures, { recursive: true, force: true });
  mkdirSync(figures, { recursive: true });
  const sections: string[] = [];
  const all: string[] = [];
  const found: Finding[] = [];
  for (const preset of desk) {
    const done = state[preset.id];
    if (!done) {
      sections.push(`## ${preset.title}\n\nNot run: \`node build/node.mjs reproduce --only ${preset.id}\` does.`);
      continue;
    }
    all.push(...done.runs);
    const { claims } = await ask('claims.evaluate', { runs: done.runs });
    const own = claims.filter(({ claim }) => preset.paper.claims.includes(claim));
    found.push(...own.map((result) => ({ result, on: preset.title })));
    sections.push(await section(preset, done, own, figures));
  }
  if (all.length > 0) {
    // a claim that no preset carries alone, such as one on learning rates and batch sizes
    const { claims } = await ask('claims.evaluate', { runs: all });
    for (const result of claims)
      if (found.every((one) => one.result.claim !== result.claim || one.result.verdict === 'not-enough'))
        if (result.verdict !== 'not-enough') found.push({ result, on: 'all of these together' });
  }
  const text = [
    '# Reproduction',
    `“A Walk with SGD” at desk scale: the bundled subset of Fashion-MNIST, written by \`npm run reproduce\` (build/reproduce.ts) on ${machine()}, Valleywalk ${version}, backend cpu.${options.note === '' ? '' : ` ${options.note}`} Verdicts and intervals are defined in [claims.md](claims.md); the same presets at the paper's own scale (CIFAR-10 and MNIST) are in the form and in \`valleywalk run\`, and [one walk on all of Fashion-MNIST](reproduction/paper-scale.md) was evaluated both on the whole set and in sequential slices. What holds here holds for this network and this data.`,
    ...(found.length > 0 ? [overview(found)] : []),
    ...sections,
  ].join('\n\n');
  writeFileSync(join(options.docs, 'reproduction.md'), `${text.trimEnd()}\n`);
  console.error(`wrote ${join(options.docs, 'reproduction.md')}`);
}

async function section(
  preset: PaperPreset,
  done: Done,
  claims: readonly ClaimResult[],
  folder: string,
): Promise<string> {
  const { paper } = preset;
  const records = await Promise.all(done.runs.map((run) => ask('runs.get', { run })));
  const name = await draw(preset, records, folder);
  return [
    `## ${preset.title}`,
    preset.description,
    `_The paper's: ${paper.figure}. Preset \`${preset.id}\`, ${done.runs.length === 1 ? '1 run' : `${done.runs.length} runs`}, ${formatDuration(done.seconds)}${done.stopped ? ', **stopped by the time limit**' : ''}._`,
    ...(name === null ? [] : [`![${preset.title}](reproduction/${name})`]),
    numbers(records),
    ...(await barrierTables(preset, records)),
    ...(await floorTables(records)),
    ...claims.map(verdict),
  ].join('\n\n');
}

/** The paper's table of barriers per epoch, where the preset is of it. */
async function barrierTables({ paper }: PaperPreset, records: readonly RunRecord[]): Promise<string[]> {
  if (!paper.panels.some(({ chart }) => chart.chart === 'epoch-metric' && chart.metric === 'barriers')) return [];
  return Promise.all(
    records.map(async ({ run }) => {
      const epochs = await ask('runs.epochs', { run });
      const rows = Array.from(epochs.epoch, (epoch, row) => [
        epoch,
        epochs.probed_iterations[row]!,
        epochs.barriers[row]!,
        epochs.interior_floors[row]!,
        epochs.convex_slices[row]!,
        epochs.unresolved_slices[row]!,
      ]).filter(([, probed]) => probed! > 0);
      return [
        '| epoch | iterations probed | barriers | interior floors | roughly convex | below resolution |',
        '| ---: | ---: | ---: | ---: | ---: | ---: |',
        ...rows.map((row) => `| ${row.join(' | ')} |`),
      ].join('\n');
    }),
  );
}

/** What the valley-floor studies of runs found, and whether their descents came to rest. */
async function floorTables(records: readonly RunRecord[]): Promise<string[]> {
  const tables: string[] = [];
  for (const { run } of records) {
    const analysis = finishedFloor(await ask('analyses.list', { run }));
    if (analysis === null) continue;
    const { result } = await ask('analyses.get', { analysis });
    if (result?.kind !== 'valley-floor') continue;
    const { floors, totals } = result;
    const settled = floors.filter(({ ended }) => ended === 'settled').length;
    const row = (
      path: string,
      barriers: number,
      unresolved: number,
      mean: number | null,
      greatest: number | null,
    ): string =>
      `| ${path} | ${totals.segments} | ${barriers} | ${unresolved} | ${formatNumber(mean)} | ${formatNumber(greatest)} |`;
    tables.push(
      [
        '| path | segments | with a barrier | below resolution | mean height in nats | greatest |',
        '| --- | ---: | ---: | ---: | ---: | ---: |',
        row(
          'between floor points',
          totals.floor_barriers,
          totals.floor_unresolved,
          totals.floor_mean_height,
          totals.floor_greatest_height,
        ),
        row(
          'between the walk’s points',
          totals.walk_barriers,
          totals.walk_unresolved,
          totals.walk_mean_height,
          totals.walk_greatest_height,
        ),
      ].join('\n'),
      settled === floors.length
        ? `All ${floors.length} descents settled.`
        : `**${settled} of ${floors.length} descents settled**; the others were still going down when their steps were used up, so that what is called floor here is how far they came.`,
    );
  }
  return tables;
}

/** Draws the preset's figure and returns its file's name; null where these runs have nothing to draw. */
async function draw(preset: PaperPreset, records: readonly RunRecord[], folder: string): Promise<string | null> {
  const runs = await Promise.all(
    records.map(async ({ run, experiment }): Promise<FigureRun> => ({
      run,
      experiment,
      valleyFloor: finishedFloor(await ask('analyses.list', { run })),
    })),
  );
  const recipe = orNull(() => paperRecipe(preset.title, preset.paper, runs));
  if (recipe === null) return null;
  // a chart without data is left out, and the report shows the others
  const can = await Promise.all(recipe.panels.map((panel) => canDraw({ ...recipe, panels: [panel] })));
  const panels = recipe.panels.filter((_, index) => can[index]);
  if (panels.length === 0) return null;
  const { bytes } = await ask('figures.render', { recipe: { ...recipe, panels }, format: 'svg' });
  const name = `${preset.id}.svg`;
  writeFileSync(join(folder, name), bytes);
  return name;
}

/** What work gives, or null where its input has nothing for it. */
function orNull<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    return nothingThere(error);
  }
}

function canDraw(recipe: FigureRecipe): Promise<boolean> {
  return ask('figures.render', { recipe, format: 'csv' }).then(
    () => true,
    (error: unknown) => nothingThere(error) !== null,
  );
}

/** Null for an error about the input; others are thrown on. */
function nothingThere(error: unknown): null {
  if (error instanceof ValleywalkError && error.kind === 'input') return null;
  throw error;
}

function machine(): string {
  const all = cpus();
  return `${all.length} cores (${all[0]?.model.trim() ?? 'unknown processor'})`;
}
