/**
 * `npm run reproduce`: runs the presets of the paper's figures at desk scale and writes docs/reproduction.md: each figure beside
 * its claims, their verdicts and the numbers, including what did not reproduce.
 *
 *     node build/node.mjs reproduce [--only ID,ID] [--limit SECONDS] [--store FOLDER] [--report]
 *
 * Runs are kept in a store of their own and only missing ones are run, so that it can be stopped and started again; a preset
 * that changed is run anew. `--limit` is the time for one preset (600 s): a run that exceeds it is stopped and the report
 * says so. `--report` runs nothing and writes the report from what there is.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { programPlaces } from '../electron/files/program.ts';
import { nodeFork } from '../electron/processes/node.ts';
import { openWorkbench } from '../electron/workbench/workbench.ts';
import type { Workbench } from '../electron/workbench/workbench.ts';
import { verdictWords } from '../shared/claims/result.ts';
import type { ClaimResult, ClaimsEvaluation } from '../shared/claims/result.ts';
import { claimsMarkdown, restsText, valueText } from '../shared/claims/text.ts';
import type { Experiment } from '../shared/experiment.ts';
import type { FigureRecipeInput } from '../shared/figures/recipe.ts';
import { formatDuration } from '../shared/metrics.ts';
import { checkStudy } from '../shared/study.ts';
import { ValleywalkError } from '../shared/protocol.ts';
import type { Parameters, Preset, RequestName, Result } from '../shared/protocol.ts';
import { isOver } from '../shared/records.ts';
import type { RunRecord } from '../shared/records.ts';
import { buildIfStale } from './build.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  args: process.argv.slice(2),
  options: {
    only: { type: 'string' },
    limit: { type: 'string', default: '600' },
    store: { type: 'string', default: join(root, '.valleywalk', 'reproduction') },
    docs: { type: 'string', default: join(root, 'docs') },
    report: { type: 'boolean', default: false },
  },
});
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
const store = resolve(options.store);
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
  const desk = (await ask('experiments.presets', {})).filter(({ paper }) => paper?.scale === 'desk');
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

/** The experiments of a preset. */
function experimentsOf(preset: Preset): Experiment[] {
  if ('experiment' in preset) return [preset.experiment];
  const check = checkStudy(preset.study);
  if (!check.ok)
    throw new Error(
      `preset ${preset.id}: ${check.problems.map(({ path, message }) => `${path} ${message}`).join('; ')}`,
    );
  return check.runs.map(({ experiment }) => experiment);
}

/** Runs what is missing of a preset. */
async function reproduce(on: Workbench, preset: Preset): Promise<void> {
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
    console.error(`${preset.id}: ${ended.name} ${ended.status} after ${formatDuration(seconds())}`);
  }
  writeState({ ...readState(), [preset.id]: { settings, runs, seconds: seconds(), stopped } });
}

/** Waits until a run is over, and stops it when its time is. */
function over(on: Workbench, run: string, patience: number): Promise<RunRecord> {
  return new Promise((done) => {
    const timer = setTimeout(() => void ask('runs.stop', { run }), patience * 1000);
    const settle = (record: RunRecord): void => {
      if (!isOver(record.status)) return;
      clearTimeout(timer);
      stopListening();
      done(record);
    };
    const stopListening = on.subscribe((event, payload) => {
      if (event === 'run.changed' && (payload as RunRecord).run === run) settle(payload as RunRecord);
    });
    void ask('runs.get', { run }).then(settle);
  });
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
async function report(desk: readonly Preset[]): Promise<void> {
  const state = readState();
  const figures = join(options.docs, 'reproduction');
  rmSync(figures, { recursive: true, force: true });
  mkdirSync(figures, { recursive: true });
  const sections: string[] = [];
  const all: string[] = [];
  for (const preset of desk) {
    const done = state[preset.id];
    if (!done) {
      sections.push(`## ${preset.title}\n\nNot run: \`node build/node.mjs reproduce --only ${preset.id}\` does.`);
      continue;
    }
    all.push(...done.runs);
    sections.push(await section(preset, done, figures));
  }
  const everything = all.length === 0 ? null : await ask('claims.evaluate', { runs: all });
  const text = [
    '# Reproduction',
    `“A Walk with SGD” at desk scale: the bundled subset of Fashion-MNIST, written by \`npm run reproduce\` (build/reproduce.ts) on ${machine()}, Valleywalk ${places.version}, backend cpu. Verdicts and intervals are defined in [claims.md](claims.md); the same presets at the paper's own scale (CIFAR-10 and MNIST) are in the form and in \`valleywalk run\`. What holds here holds for this network and this data.`,
    ...(everything ? [overview(everything)] : []),
    ...sections,
    ...(everything ? ['## All runs together', claimsMarkdown(everything, '###')] : []),
  ].join('\n\n');
  writeFileSync(join(options.docs, 'reproduction.md'), `${text.trimEnd()}\n`);
  console.error(`wrote ${join(options.docs, 'reproduction.md')}`);
}

/** Every claim with its verdict on all runs, and what did not reproduce. */
function overview({ claims }: ClaimsEvaluation): string {
  const rows = claims.map(({ claim, title, verdict, statistics }) =>
    [claim, title, verdictWords[verdict], statistics.map((entry) => `${entry.symbol} = ${valueText(entry)}`).join('; ')]
      .map((cell) => ` ${cell} `)
      .join('|'),
  );
  const not = claims.filter(({ verdict }) => verdict !== 'supported');
  const list = not.map(
    ({ claim, verdict, reason, missing }) =>
      `- **${claim}**, ${verdictWords[verdict].toLowerCase()}: ${reason}${missing === null ? '' : ` ${missing}`}`,
  );
  return [
    [
      '| claim | | verdict | value [95 % interval] |',
      '| --- | --- | --- | --- |',
      ...rows.map((row) => `|${row}|`),
    ].join('\n'),
    ...(list.length > 0 ? ['**What did not reproduce, or is not decided:**', list.join('\n')] : []),
  ].join('\n\n');
}

async function section(preset: Preset, done: Done, folder: string): Promise<string> {
  const { paper } = preset;
  if (!paper) throw new Error(`${preset.id} is no figure of the paper's`);
  const names = await draw(preset, done, folder);
  const evaluation = await ask('claims.evaluate', { runs: done.runs });
  const records = await Promise.all(done.runs.map((run) => ask('runs.get', { run })));
  return [
    `## ${preset.title}`,
    preset.description,
    `_The paper's: ${paper.figure}. Preset \`${preset.id}\`, ${done.runs.length === 1 ? '1 run' : `${done.runs.length} runs`}, ${formatDuration(done.seconds)}${done.stopped ? ', **stopped by the time limit**' : ''}._`,
    ...names.map((name) => `![${preset.title}](reproduction/${name})`),
    numbers(records),
    ...evaluation.claims.filter(({ claim }) => paper.claims.includes(claim)).map(verdict),
  ].join('\n\n');
}

/** One claim on a preset's own runs. */
function verdict({ claim, words, verdict: found, statistics, reason, missing }: ClaimResult): string {
  const lines = statistics.map(
    (entry) =>
      `- ${entry.title}: ${valueText(entry)}${entry.unit && entry.value !== null ? ` ${entry.unit}` : ''} (${restsText(entry)})`,
  );
  return [
    `**${claim}: ${verdictWords[found].toLowerCase()}.** ${words}`,
    lines.join('\n'),
    `${reason}${missing === null ? '' : ` ${missing}`}`,
  ].join('\n\n');
}

/** What the runs' summaries say. */
function numbers(records: readonly RunRecord[]): string {
  const rows = records.map(({ name, status, summary }) => {
    const percent = (value: number | null): string => (value === null ? '–' : `${(100 * value).toFixed(2)} %`);
    const three = (value: number | null): string => (value === null ? '–' : String(Number(value.toPrecision(3))));
    const of = (count: number): string =>
      summary.probed_iterations === 0 ? '–' : `${count} / ${summary.probed_iterations}`;
    return [
      status === 'finished' ? name : `${name} (${status})`,
      of(summary.interior_floors),
      of(summary.bounces),
      of(summary.barriers),
      three(summary.mean_height_after),
      three(summary.mean_gradient_cosine),
      three(summary.distance),
      percent(summary.validation_accuracy),
    ].join(' | ');
  });
  return [
    '| run | interior floors | bounces | barriers | height after | cosine | distance | validation accuracy |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}

/** Draws the preset's charts, one file for each stretch of iterations; returns the files' names. */
async function draw(preset: Preset, done: Done, folder: string): Promise<string[]> {
  const panels = preset.paper?.panels ?? [];
  const stretches = [...new Set(panels.map(({ from, to }) => `${from ?? ''}-${to ?? ''}`))];
  const names: string[] = [];
  for (const [index, stretch] of stretches.entries()) {
    const members = panels.filter(({ from, to }) => `${from ?? ''}-${to ?? ''}` === stretch);
    const drawn: FigureRecipeInput['panels'] = [];
    for (const { chart, from, to } of members) {
      const runs =
        chart.chart === 'iteration-metric' || chart.chart === 'epoch-metric' ? done.runs : done.runs.slice(0, 1);
      const panel = { chart, runs: runs.map((run) => ({ run })), x: { from: from ?? null, to: to ?? null } };
      // a chart without data is left out, and the report shows the others
      if (await canDraw({ panels: [panel] })) drawn.push(panel);
    }
    if (drawn.length === 0) continue;
    const recipe = {
      name: preset.title,
      size: { width: 6.75, height: 2 * drawn.length, unit: 'in' as const },
      letters: '(a)' as const,
      panels: drawn,
    };
    const { bytes } = await ask('figures.render', { recipe, format: 'svg' });
    const name = `${preset.id}${stretches.length > 1 ? `-${index + 1}` : ''}.svg`;
    writeFileSync(join(folder, name), bytes);
    names.push(name);
  }
  return names;
}

async function canDraw(recipe: FigureRecipeInput): Promise<boolean> {
  try {
    await ask('figures.render', { recipe, format: 'csv' });
    return true;
  } catch (error) {
    if (error instanceof ValleywalkError && error.kind === 'input') return false;
    throw error;
  }
}

function machine(): string {
  const all = cpus();
  return `${all.length} cores (${all[0]?.model.trim() ?? 'unknown processor'})`;
}
