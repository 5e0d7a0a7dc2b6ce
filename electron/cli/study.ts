/** A study in a terminal: started or resumed, followed to its end, and summed up. */
import { SingleBar, Presets } from 'cli-progress';
import type { Analysis } from '../../shared/analyses/index.ts';
import { cutInMiddle, messageLength } from '../../shared/bounded.ts';
import { formatDuration } from '../../shared/format.ts';
import { machineStateText } from '../../shared/machines.ts';
import { isOver } from '../../shared/records.ts';
import type { RunRecord } from '../../shared/records.ts';
import {
  comparePlaces,
  resumableRuns,
  studyIsActive,
  studyOutcome,
  studyStatusText,
} from '../../shared/study-record.ts';
import type { ResumedStudy, StudyRecord } from '../../shared/study-record.ts';
import { variedWords } from '../../shared/sweep.ts';
import type { RecordBatch } from '../../shared/trainer-messages.ts';
import type { TrainerSilence } from '../../shared/trainer-silence.ts';
import { oneLine } from '../../shared/visible.ts';
import { analysisText } from './analysis-text.ts';
import { followFloor } from './follow-analysis.ts';
import { leftText, silenceLine } from './progress.ts';
import { printLine, printRecords } from './records.ts';
import { exit } from './session.ts';
import type { Terminal } from './session.ts';
import { runsTable } from './summary.ts';
import { table } from './table.ts';
import { tellTroubles } from './troubles.ts';
import { printText, tell, tellText } from './print.ts';

/** How a study is run and told about. */
export interface StudyRunOptions {
  backend?: string;
  json?: boolean;
  yes?: boolean;
}

/**
 * Runs a study to its end.
 * @returns the exit code: 0 all runs finished, 1 some failed or diverged, 130 stopped or paused.
 * @throws ValleywalkError kind `input`, for a large study that is not confirmed too
 */
export async function runStudy(terminal: Terminal, study: unknown, options: StudyRunOptions): Promise<number> {
  const { backend, yes = false } = options;
  const started = await terminal.ask('studies.start', { study, backend, confirm: yes });
  return followStudy(terminal, started, options);
}

/**
 * Follows a study of this process to its end, showing progress, printing records and listening to Ctrl C; what failed is told on
 * standard error, one line a run.
 * @param started with the runs that could not be resumed, where it was
 * @param options.detached its runs go on without this process, so that Ctrl C ends the following only
 * @returns the exit code, as {@link runStudy}
 */
export async function followStudy(
  terminal: Terminal,
  started: StudyRecord & Partial<ResumedStudy>,
  { json = false, detached = false }: Pick<StudyRunOptions, 'json'> & { detached?: boolean },
): Promise<number> {
  const { not_resumed: left = [], ...record } = started;
  if (json) printLine({ type: 'started', study: record, ...(left.length > 0 ? { not_resumed: left } : {}) });
  else tell(`study ${started.study}: ${started.runs} runs`);
  for (const { path, message } of left) tell(`valleywalk: run ${path}: ${message}`);
  const ended = await untilOver(terminal, record, json, detached);
  if (studyIsActive(ended)) {
    tell(`the jobs go on; follow them with: valleywalk studies watch ${ended.study}`);
    return exit.stopped;
  }
  const runs = await runsOf(terminal, ended.study);
  const floors = await floorsOf(terminal, runs, json);
  const failed = runs.filter(({ status }) => status === 'failed' || status === 'diverged');
  if (json)
    printLine({
      type: 'finished',
      study: ended,
      failed: failed.map(({ run, name, status, error }) => ({ run, name, status, error })),
    });
  else printText(studyText(ended, runs, terminal.store));
  for (const run of failed) tell(failureLine(run));
  const { stopped, failed: retried } = resumableRuns(ended);
  if (stopped + retried > 0)
    tell(
      `${stopped > 0 ? 'go on' : `try the ${retried === 1 ? 'failed run' : `${retried} failed runs`} again`} with: valleywalk studies resume ${ended.study}`,
    );
  const outcome = studyOutcome(ended);
  if (outcome === 'stopped' || floors.some(({ status }) => status === 'stopped')) return exit.stopped;
  const complete = outcome === 'finished' && left.length === 0 && floors.every(({ status }) => status === 'finished');
  return complete ? exit.finished : exit.failed;
}

/** A run of a study that failed or diverged, and why, on one line. */
function failureLine({ run, name, status, error, failed_attempts }: RunRecord): string {
  const attempts = failed_attempts.length > 0 ? ` (attempt ${failed_attempts.length + 1})` : '';
  return `${status}: ${name} (${run})${attempts}: ${cutInMiddle(error ?? 'without a reason', messageLength)}`;
}

/** Waits for the valley-floor studies that the runs' experiments ask for, and tells what each found. */
async function floorsOf(terminal: Terminal, runs: readonly RunRecord[], json: boolean): Promise<Analysis[]> {
  const floors: Analysis[] = [];
  for (const run of runs) {
    const floor = await followFloor(terminal, run);
    if (!floor) continue;
    floors.push(floor);
    if (json) printLine({ type: 'analysis', study: run.study, run: run.run, analysis: floor });
    else if (floor.result) printText(`${oneLine(run.name)}\n${analysisText(floor.result, run.experiment)}\n`);
    if (floor.error) tell(`valleywalk: ${run.name}: ${floor.error}`);
  }
  return floors;
}

async function untilOver(
  { ask, subscribe }: Terminal,
  started: StudyRecord,
  json: boolean,
  detached: boolean,
): Promise<StudyRecord> {
  const { study } = started;
  const bar = new SingleBar(
    {
      format: '{bar} {percentage}% · {over} of {runs} runs over{now}',
      stream: process.stderr,
      noTTYOutput: true,
      notTTYSchedule: 5000,
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  const own = new Map<string, RunRecord>();
  const printed = new Set<string>();
  /** Kinds of silence that were told, by run. */
  const silences = new Map<string, TrainerSilence['kind']>();
  let latest = started;
  const show = (): void => {
    const { counts, runs } = latest;
    bar.update(Math.round(latest.progress * 1000), {
      over: counts.finished + counts.failed + counts.diverged,
      runs,
      now: stateOf(latest, [...own.values()]),
    });
  };
  const tellSilence = (silence: TrainerSilence): void => {
    const { run } = silence;
    const name = run === null ? undefined : own.get(run)?.name;
    if (run === null || name === undefined) return;
    const line = silenceLine(silence, silences.get(run) ?? null);
    if (silence.over) silences.delete(run);
    else silences.set(run, silence.kind);
    if (line) tellText(`\n${oneLine(name)}: ${line}`);
  };
  let interrupts = 0;
  let detach = (): void => undefined;
  const interrupt = (): void => {
    if (++interrupts > 1) process.exit(exit.stopped);
    if (detached) {
      detach();
      return;
    }
    tellText('\nstopping the study after the present iterations; Ctrl C again ends at once');
    void ask('studies.stop', { study });
  };
  const readerGone = (): void => {
    if (interrupts === 0) interrupt();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  process.stdout.on('error', readerGone);
  bar.start(1000, 0, { over: 0, runs: started.runs, now: stateOf(started, []) });
  const unsubscribes: (() => void)[] = [tellTroubles(subscribe)];
  // nothing else keeps this process alive while other machines compute
  const alive = setInterval(() => undefined, 60_000);
  try {
    return await new Promise<StudyRecord>((resolve) => {
      const settle = (record: StudyRecord): void => {
        latest = record;
        show();
        if (!studyIsActive(record)) resolve(record);
      };
      detach = () => resolve(latest);
      unsubscribes.push(
        subscribe((event, payload) => {
          if (event === 'run.changed' && (payload as RunRecord).study === study) {
            const run = payload as RunRecord;
            own.set(run.run, run);
            if (json && isOver(run.status) && !printed.has(run.run)) {
              printed.add(run.run);
              printLine({ type: 'run', study, run });
            }
          }
          if (event === 'run.records') {
            const { run, batch } = payload as { run: string; batch: RecordBatch };
            if (json && own.has(run)) printRecords(batch, { study, run });
          }
          if (event === 'trainer.silent') tellSilence(payload as TrainerSilence);
          if (event === 'study.changed' && (payload as StudyRecord).study === study) settle(payload as StudyRecord);
        }),
      );
      // it may have ended before anybody listened
      void ask('studies.get', { study }).then(settle);
      // and most runs of a machine wait without a change
      if (started.machine)
        void ask('runs.list', {}).then((runs) => {
          for (const run of runs) if (run.study === study && !own.has(run.run)) own.set(run.run, run);
          show();
        });
    });
  } finally {
    clearInterval(alive);
    bar.stop();
    unsubscribes.forEach((unsubscribe) => unsubscribe());
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    process.stdout.off('error', readerGone);
  }
}

/** What is left of a study that is under way, and which runs compute; nothing once it is over. */
function stateOf(study: StudyRecord, runs: readonly RunRecord[]): string {
  if (!studyIsActive(study)) return '';
  const running = runs.filter(({ status }) => status === 'running').map(({ name }) => oneLine(name));
  const doing = study.machine
    ? machineStatesText(runs.filter(({ status }) => !isOver(status)))
    : running.join(', ') || 'waiting';
  return `${leftText(study.seconds_left)}${doing === '' ? '' : ` · ${doing}`}`;
}

/** The runs of a study in the order of its grid. */
export async function runsOf({ ask }: Terminal, study: string): Promise<RunRecord[]> {
  const runs = await ask('runs.list', {});
  return runs.filter((run) => run.study === study).sort((a, b) => comparePlaces(a.place ?? [], b.place ?? []));
}

/** How many runs have which status: `3 finished, 1 running, 4 queued`. */
function countsText({ counts }: Pick<StudyRecord, 'counts'>): string {
  const reported = Object.entries(counts).filter(([, count]) => count > 0);
  return reported.map(([status, count]) => `${count} ${status}`).join(', ') || 'no runs';
}

/** A study with its runs, as text. */
export function studyText(study: StudyRecord, runs: readonly RunRecord[], store: string): string {
  const left = study.seconds_left === null ? '' : ` · about ${formatDuration(study.seconds_left)} left`;
  const lines = [
    study.name,
    `  Status  ${studyStatusText(study)} · ${Math.floor(study.progress * 100)} %${left}`,
    `  Runs    ${countsText(study)}`,
    ...Object.entries(study.sweep).map(([path, values]) => `  Varied  ${path}: ${valuesText(values)}`),
    ...(study.draws ? [`  Draws   ${study.draws.count}, of seed ${study.draws.seed}`] : []),
    `  Seeds   ${study.seeds.join(', ')}`,
    `  Study   ${study.study} in ${store}`,
    ...(study.machine ? [`  Machine ${study.machine.machine}, ${placesText(runs)}`] : []),
    '',
  ];
  const elsewhere = runs.filter(({ status, machine }) => machine && !isOver(status));
  return [
    ...lines.map(oneLine),
    runsTable(runs),
    ...elsewhere.map(({ run, machine }) => `${run}  ${machineStateText(machine!)}\n`),
  ].join('\n');
}

/** What the runs of a study on another machine do: `3 RUNNING, 5 PENDING (Priority)`. */
function machineStatesText(runs: readonly RunRecord[]): string {
  const counts = new Map<string, number>();
  for (const { machine } of runs)
    if (machine) {
      const words = `${machine.state}${machine.reason === null ? '' : ` (${machine.reason})`}`;
      counts.set(words, (counts.get(words) ?? 0) + 1);
    }
  return [...counts].map(([words, count]) => `${count} ${words}`).join(', ');
}

/** Where they are: their states, and the folder. */
function placesText(runs: readonly RunRecord[]): string {
  const folder = runs.find(({ machine }) => machine)?.machine?.folder ?? '';
  return `${machineStatesText(runs)}, in ${folder}`;
}

/** What a setting is varied by: its list as JSON, or its range in words. */
function valuesText(values: StudyRecord['sweep'][string]): string {
  return Array.isArray(values) ? values.map((value) => JSON.stringify(value)).join(', ') : variedWords(values);
}

/** Studies as a table, one line each. */
export function studiesTable(studies: readonly StudyRecord[]): string {
  const rows = studies.map((study) => [
    study.study,
    study.name,
    studyStatusText(study),
    `${Math.floor(study.progress * 100)} %`,
    countsText(study),
  ]);
  return table(['Study', 'Name', 'Status', 'Done', 'Runs'], rows);
}
