/** Waits for analyses, telling how far they are. */
import { analysisIsOver } from '../../shared/analyses/index.ts';
import type { Analysis, AnalysisRecord } from '../../shared/analyses/index.ts';
import { studyOf } from '../../shared/analyses/valley-floor.ts';
import { formatDuration } from '../../shared/format.ts';
import type { RunRecord } from '../../shared/records.ts';
import type { TrainerSilence } from '../../shared/trainer-silence.ts';
import { silenceLine } from './progress.ts';
import { exit } from './session.ts';
import type { Terminal } from './session.ts';
import { tell } from './print.ts';

/** Milliseconds between two lines of progress. */
const tellEvery = 3000;

/** Waits for the end of an analysis, telling its progress on standard error; Ctrl C cancels it. */
export async function followAnalysis({ ask, subscribe }: Terminal, analysis: string): Promise<AnalysisRecord> {
  let interrupts = 0;
  const interrupt = (): void => {
    if (++interrupts > 1) process.exit(exit.stopped);
    void ask('analyses.cancel', { analysis });
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  let reported = performance.now();
  let silent: TrainerSilence['kind'] | null = null;
  let unsubscribe = (): void => undefined;
  try {
    return await new Promise<AnalysisRecord>((resolve) => {
      const settle = (record: AnalysisRecord): void => {
        if (analysisIsOver(record.status)) resolve(record);
        else if (record.progress > 0 && performance.now() - reported > tellEvery) {
          reported = performance.now();
          tell(`${Math.floor(record.progress * 100)} % · ${formatDuration(record.seconds_left)} left`);
        }
      };
      const hear = (silence: TrainerSilence): void => {
        if (silence.analysis !== analysis) return;
        const line = silenceLine(silence, silent);
        silent = silence.over ? null : silence.kind;
        if (line) tell(line);
      };
      unsubscribe = subscribe((event, payload) => {
        if (event === 'trainer.silent') hear(payload as TrainerSilence);
        if (event === 'analysis.changed' && (payload as AnalysisRecord).analysis === analysis)
          settle(payload as AnalysisRecord);
      });
      // it may have ended before anybody listened
      void ask('analyses.get', { analysis }).then(({ result: _, ...record }) => settle(record));
    });
  } finally {
    unsubscribe();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** Waits for the valley-floor study that a finished run's experiment asks for; null where it asks for none. */
export async function followFloor(
  terminal: Terminal,
  { run, status, experiment }: Pick<RunRecord, 'run' | 'status' | 'experiment'>,
): Promise<Analysis | null> {
  if (status !== 'finished' || !studyOf(experiment.probes.valleyFloor)) return null;
  const list = await terminal.ask('analyses.list', { run });
  const newest = list.find(({ request }) => request.kind === 'valley-floor');
  if (!newest) return null;
  await followAnalysis(terminal, newest.analysis);
  return terminal.ask('analyses.get', { analysis: newest.analysis });
}
