/** `valleywalk run`, `import` and `resume`: the whole job in a terminal. */
import { readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { studyOf } from '../../../shared/analyses/valley-floor.ts';
import { basisWords, startWords } from '../../../shared/estimate-basis.ts';
import { formatDuration } from '../../../shared/format.ts';
import { isOver, resumableFrom } from '../../../shared/records.ts';
import type { RunRecord } from '../../../shared/records.ts';
import { looksLikeStudy } from '../../../shared/study.ts';
import { distributions, spacings } from '../../../shared/sweep.ts';
import type { RecordBatch } from '../../../shared/trainer-messages.ts';
import type { TrainerSilence } from '../../../shared/trainer-silence.ts';
import { expandHome } from '../../files/home.ts';
import { programPlaces } from '../../files/program.ts';
import { analysisText } from '../analysis-text.ts';
import { readExperiment } from '../experiment.ts';
import { findRun } from '../find-run.ts';
import { followFloor } from '../follow-analysis.ts';
import { machineStateText } from '../../../shared/machines.ts';
import { tellTroubles } from '../troubles.ts';
import { createProgress } from '../progress.ts';
import { printLine, printRecords } from '../records.ts';
import { exit, withWorkbench } from '../session.ts';
import type { StoreOption, Terminal } from '../session.ts';
import { declareMachineFlags, machineChanges, machineChoice, runStudyOn } from '../machine.ts';
import type { MachineFlags } from '../machine.ts';
import { runStudy } from '../study.ts';
import { summaryText } from '../summary.ts';
import { printText, tell, tellText } from '../print.ts';
import { experimentFields } from '../../../shared/experiment.ts';
import { several } from '../declare.ts';
import type { Declare } from '../declare.ts';

/** Declares `run`, `import` and `resume`. */
export function declareRun({ command, action }: Declare): void {
  const running = command('run <experiment>', 'run an experiment or a study (a JSON file or a preset) and store it')
    .option('--backend <name>', 'compute backend, see doctor')
    .option(
      '--set <path=value>',
      'change a setting, as in optimizer.learningRate=0.1; sweep.optimizer.learningRate=[0.1,0.5], draws=10 and seeds=3 make a study; repeatable',
      several,
    )
    .option('--yes', 'start a study of more than 200 runs without asking')
    .option('--json', 'print one JSON object a line on standard output')
    .addHelpText('after', runHelp);
  declareMachineFlags(running).action(action(run));
  command('import <folder>', 'import a trajectory trained elsewhere (a folder with trajectory.json) and walk along it')
    .option('--backend <name>', 'compute backend, see doctor')
    .option('--json', 'print one JSON object a line on standard output')
    .action(action(importFolder));
  const resuming = command(
    'resume <run>',
    'go on with a paused, stopped, failed or interrupted run from its newest checkpoint',
  ).option('--json', 'print one JSON object a line on standard output');
  declareMachineFlags(resuming, true).action(action(resume));
}

/** Options of `run`. */
interface RunOptions extends StoreOption, MachineFlags {
  backend?: string;
  json?: boolean;
  set?: string[];
  /** A large study is started without being asked about. */
  yes?: boolean;
}

/**
 * Runs an experiment or a study to its end; Ctrl C stops it after its present iteration, keeping its records and a
 * checkpoint.
 * @returns the exit code: 0 finished, 1 failed or diverged, 130 stopped or paused.
 * @throws ValleywalkError kind `input` (exit 2) or `store` (exit 1).
 */
async function run(source: string, options: RunOptions): Promise<number> {
  const on = machineChoice(options);
  return withWorkbench(options, async (terminal) => {
    const { ask } = terminal;
    const presets = await ask('experiments.presets', {});
    const experiment = readExperiment(source, presets, options.set ?? []);
    if (on) {
      // a single run is a study of one: it is followed and taken in the same way
      const study = looksLikeStudy(experiment) ? experiment : { experiment };
      return runStudyOn(terminal, on, study, options);
    }
    if (looksLikeStudy(experiment)) return runStudy(terminal, experiment, options);
    const { backend } = options;
    const cost = await ask('experiments.estimate', { experiment, ...(backend === undefined ? {} : { backend }) });
    const { memory_bytes: memory, warnings } = cost;
    if (cost.seconds !== null)
      tell(`about ${formatDuration(cost.seconds)} ${basisWords(cost.basis).words}${startWords(cost)}`);
    if (memory !== null) tell(`about ${(memory / 1e9).toFixed(1)} GB of memory at the peak`);
    for (const warning of warnings) tell(`warning: ${warning}`);
    const started = await ask('runs.start', { experiment, backend: options.backend });
    return toItsEnd(terminal, started, options);
  });
}

/**
 * Resumes a run from its newest checkpoint and follows it to its end, as {@link run} does; `--json` prints the records from there on.
 * @throws ValleywalkError kind `missing` or `input` (exit 2), with the reason why it cannot be resumed.
 */
function resume(meant: string, options: RunOptions): Promise<number> {
  return withWorkbench(options, async (terminal) => {
    const { run: id } = findRun(await terminal.ask('runs.list', {}), meant);
    return toItsEnd(terminal, await terminal.ask('runs.resume', { run: id, ...machineChanges(options) }), options);
  });
}

/** Options of `import`. */
interface ImportOptions extends StoreOption {
  backend?: string;
  json?: boolean;
}

/**
 * Imports a trajectory and walks along it to its end; Ctrl C stops it, keeping its points and the slices so far.
 * @param folder that holds trajectory.json
 * @returns the exit code, as `run`
 * @throws ValleywalkError kind `input` (exit 2) or `store` (exit 1)
 */
function importFolder(folder: string, options: ImportOptions): Promise<number> {
  return withWorkbench(options, (terminal) =>
    terminal
      .ask('runs.import', { folder: resolve(expandHome(folder)), backend: options.backend })
      .then((started) => toItsEnd(terminal, started, options)),
  );
}

/** Follows a run and tells what became of it; the exit code. */
async function toItsEnd(terminal: Terminal, started: RunRecord, options: RunOptions): Promise<number> {
  if (options.json) printLine({ type: 'started', run: started.run });
  const ended = await follow(terminal, started, options.json ? (batch) => printRecords(batch) : null);
  if (!isOver(ended.status)) {
    tell(`the job goes on; follow it with: valleywalk studies watch ${ended.study}`);
    return exit.stopped;
  }
  if (options.json) printLine({ type: 'finished', run: ended });
  else printText(summaryText(ended, terminal.store));
  if (ended.status === 'finished' && studyOf(ended.experiment.probes.valleyFloor)) {
    const found = await followFloor(terminal, ended);
    if (options.json) printLine({ type: 'analysis', analysis: found });
    else if (found?.result) printText(analysisText(found.result, ended.experiment));
    if (found?.error) tell(`valleywalk: ${found.error}`);
    if (found?.status === 'stopped') return exit.stopped;
    if (found?.status !== 'finished') return exit.failed;
  }
  const from = resumableFrom(ended);
  if (from !== null)
    tell(
      `to go on from ${from === 0 ? 'the start' : `iteration ${from}`}: valleywalk resume ${ended.run}${options.store === undefined ? '' : ` --store ${quoted(options.store)}`}`,
    );
  return ended.status === 'finished'
    ? exit.finished
    : ended.status === 'stopped' || ended.status === 'paused'
      ? exit.stopped
      : exit.failed;
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w./:~-]+$/.test(path) ? path : JSON.stringify(path);
}

/**
 * Waits for the end of a run, showing progress, passing on records and listening to Ctrl C: of a run that another machine computes, that ends
 * the following only.
 */
async function follow(
  { ask, subscribe }: Terminal,
  started: RunRecord,
  onRecords: ((batch: RecordBatch) => void) | null,
): Promise<RunRecord> {
  const progress = createProgress();
  let interrupts = 0;
  let detach: (() => void) | null = null;
  const interrupt = (): void => {
    if (++interrupts > 1) process.exit(exit.stopped);
    if (detach) {
      detach();
      return;
    }
    tellText('\nstopping after this iteration; Ctrl C again ends at once');
    void ask('runs.stop', { run: started.run });
  };
  // nobody reads the records any more: as good as Ctrl C
  const readerGone = (): void => {
    if (interrupts === 0) interrupt();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  process.stdout.on('error', readerGone);
  const silence = tellTroubles(subscribe);
  // nothing else keeps this process alive while another machine computes
  const alive = setInterval(() => undefined, 60_000);
  try {
    return await new Promise<RunRecord>((resolve) => {
      let latest = started;
      let state = '';
      if (started.machine !== undefined) detach = () => resolve(latest);
      const settle = (record: RunRecord): void => {
        latest = record;
        progress.update(record);
        const now = record.machine === undefined ? '' : machineStateText(record.machine);
        if (now !== state) tellText(`\n${now}`);
        state = now;
        if (isOver(record.status)) resolve(record);
      };
      subscribe((event, payload) => {
        if (event === 'run.changed' && (payload as RunRecord).run === started.run) settle(payload as RunRecord);
        if (event === 'run.records' && (payload as { run: string }).run === started.run)
          onRecords?.((payload as { batch: RecordBatch }).batch);
        if (event === 'trainer.silent' && (payload as TrainerSilence).run === started.run)
          progress.silent(payload as TrainerSilence);
      });
      // it may have ended before anybody listened
      void ask('runs.get', { run: started.run }).then(settle);
    });
  } finally {
    clearInterval(alive);
    silence();
    progress.stop();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    process.stdout.off('error', readerGone);
  }
}

/** What `run --help` says below the options: presets and settings, read from where they are declared. */
function runHelp(): string {
  const presets = readdirSync(join(programPlaces().resources, 'presets')).map((file) => basename(file, '.json'));
  const settings = experimentFields().map(({ path, default: value }) => `  ${path}=${JSON.stringify(value)}`);
  return `\nPresets: ${presets.join(', ')}

A study varies a setting by a list, or a number by a range, evenly spaced or drawn:
  --set sweep.optimizer.learningRate='[0.1,0.5]' --set seeds=3
  --set sweep.optimizer.learningRate='{"from":0.001,"to":1,"spacing":"logarithmic","count":7}'
  --set sweep.optimizer.learningRate='{"from":0.001,"to":1,"distribution":"log-uniform"}' --set draws=20
What is drawn is drawn together; draws='{"count":20,"seed":2}' draws others. spacing: ${spacings.join(', ')}; distribution: ${distributions.join(', ')}.

Settings and their defaults:\n${settings.join('\n')}`;
}
