/** `valleywalk analyse` and `analyses`: computations on a run's kept parameters. */
import { analysisIsOver, analysisKindNames, analysisKinds } from '../../../shared/analyses/index.ts';
import type { AnalysisKind, AnalysisRecord } from '../../../shared/analyses/index.ts';
import { formatDuration } from '../../../shared/metrics.ts';
import { ValleywalkError } from '../../../shared/protocol.ts';
import { applyChange } from '../experiment.ts';
import { findRun } from '../find-run.ts';
import { exit, withWorkbench } from '../session.ts';
import type { StoreOption, Terminal } from '../session.ts';
import { analysisText } from '../analysis-text.ts';

/** Options of `analyse`. */
export interface AnalyseOptions extends StoreOption {
  json?: boolean;
  set?: string[];
}

/**
 * Computes an analysis of a run and prints what it found; Ctrl C cancels it.
 * @param meant the run: its id, the beginning or end of it, or its name
 * @param kind one of the kinds
 * @returns the exit code: 0 finished, 1 failed, 130 cancelled
 * @throws ValleywalkError kind `input` or `missing` (exit 2)
 */
export function analyse(meant: string, kind: string, options: AnalyseOptions): Promise<number> {
  if (!analysisKindNames.includes(kind as AnalysisKind))
    throw new ValleywalkError('input', `there is no analysis "${kind}"; there are ${analysisKindNames.join(', ')}`);
  const settings = {};
  for (const change of options.set ?? []) applyChange(settings, change);
  return withWorkbench(options, async (terminal) => {
    const { ask } = terminal;
    const { run } = findRun(await ask('runs.list', {}), meant);
    const { analysis } = await ask('analyses.start', { run, request: { kind, settings } });
    const ended = await follow(terminal, analysis);
    const found = await ask('analyses.get', { analysis });
    if (options.json) console.log(JSON.stringify(found));
    else if (found.result) console.log(analysisText(found.result));
    if (ended.error !== null) console.error(`valleywalk: ${ended.error}`);
    return ended.status === 'finished' ? exit.finished : ended.status === 'stopped' ? exit.stopped : exit.failed;
  });
}

/** Lists the analyses of a run. @throws ValleywalkError kind `missing` */
export function listAnalyses(meant: string, options: StoreOption & { json?: boolean }): Promise<number> {
  return withWorkbench(options, async ({ ask }) => {
    const { run } = findRun(await ask('runs.list', {}), meant);
    const list = await ask('analyses.list', { run });
    if (options.json) console.log(JSON.stringify(list));
    else if (list.length === 0)
      console.log(`no analyses of ${run} yet; start one with: valleywalk analyse ${run} KIND`);
    else
      for (const { analysis, request, status, created_at } of list)
        console.log(
          `${analysis}  ${analysisKinds[request.kind].title.padEnd(24)}  ${status.padEnd(11)}  ${created_at}`,
        );
    return exit.finished;
  });
}

/** Waits for the end of an analysis, telling its progress on standard error. */
async function follow({ ask, subscribe }: Terminal, analysis: string): Promise<AnalysisRecord> {
  let interrupts = 0;
  const interrupt = (): void => {
    if (++interrupts > 1) process.exit(exit.stopped);
    void ask('analyses.cancel', { analysis });
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  let told = performance.now();
  try {
    return await new Promise<AnalysisRecord>((resolve) => {
      const settle = (record: AnalysisRecord): void => {
        if (analysisIsOver(record.status)) resolve(record);
        else if (record.progress > 0 && performance.now() - told > tellEvery) {
          told = performance.now();
          console.error(`${Math.floor(record.progress * 100)} % · ${formatDuration(record.seconds_left)} left`);
        }
      };
      subscribe((event, payload) => {
        if (event === 'analysis.changed' && (payload as AnalysisRecord).analysis === analysis)
          settle(payload as AnalysisRecord);
      });
      // it may have ended before anybody listened
      void ask('analyses.get', { analysis }).then(({ result: _, ...record }) => settle(record));
    });
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** Milliseconds between two lines of progress. */
const tellEvery = 3000;
