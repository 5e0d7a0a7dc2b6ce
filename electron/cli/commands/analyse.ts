/** `valleywalk analyse` and `analyses`: computations on a run's kept parameters. */
import { analysisKindNames, analysisKinds } from '../../../shared/analyses/index.ts';
import type { AnalysisKind } from '../../../shared/analyses/index.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { applyChange } from '../experiment.ts';
import { findRun } from '../find-run.ts';
import { exit, withWorkbench } from '../session.ts';
import type { StoreOption } from '../session.ts';
import { followAnalysis } from '../follow-analysis.ts';
import { analysisText } from '../analysis-text.ts';
import { print, printJson, printText, tell } from '../print.ts';
import { fieldsOf } from '../../../shared/setting-fields.ts';
import { several } from '../declare.ts';
import type { Declare } from '../declare.ts';

/** Declares `analyse` and `analyses`. */
export function declareAnalyse({ command, action }: Declare): void {
  command('analyse <run> <kind>', "compute on a run's kept parameters and store what is found")
    .option('--set <path=value>', 'change a setting, as in resolution=31; repeatable', several)
    .option('--json', 'print JSON')
    .addHelpText('after', analyseHelp)
    .action(action(analyse));
  command('analyses <run>', 'list the analyses of a run').option('--json', 'print JSON').action(action(listAnalyses));
}

/** Options of `analyse`. */
interface AnalyseOptions extends StoreOption {
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
function analyse(meant: string, kind: string, options: AnalyseOptions): Promise<number> {
  if (!analysisKindNames.includes(kind as AnalysisKind))
    throw new ValleywalkError('input', `there is no analysis "${kind}"; there are ${analysisKindNames.join(', ')}`);
  const settings = {};
  for (const change of options.set ?? []) applyChange(settings, change);
  return withWorkbench(options, async (terminal) => {
    const { ask } = terminal;
    const { run, experiment } = findRun(await ask('runs.list', {}), meant);
    const { analysis } = await ask('analyses.start', { run, request: { kind, settings } });
    const ended = await followAnalysis(terminal, analysis);
    const found = await ask('analyses.get', { analysis });
    if (options.json) printJson(found);
    else if (found.result) printText(analysisText(found.result, experiment));
    if (ended.error !== null) tell(`valleywalk: ${ended.error}`);
    return ended.status === 'finished' ? exit.finished : ended.status === 'stopped' ? exit.stopped : exit.failed;
  });
}

/** Lists the analyses of a run. @throws ValleywalkError kind `missing` */
function listAnalyses(meant: string, options: StoreOption & { json?: boolean }): Promise<number> {
  return withWorkbench(options, async ({ ask }) => {
    const { run } = findRun(await ask('runs.list', {}), meant);
    const list = await ask('analyses.list', { run });
    if (options.json) printJson(list);
    else if (list.length === 0) print(`no analyses of ${run} yet; start one with: valleywalk analyse ${run} KIND`);
    else
      for (const { analysis, request, status, created_at } of list)
        print(`${analysis}  ${analysisKinds[request.kind].title.padEnd(24)}  ${status.padEnd(11)}  ${created_at}`);
    return exit.finished;
  });
}

/** What `analyse --help` says below the options: the kinds and their settings. */
function analyseHelp(): string {
  const kinds = analysisKindNames.map((kind) => {
    const { help, settings } = analysisKinds[kind];
    const fields = fieldsOf(settings).map(({ path, default: value }) => `    ${path}=${JSON.stringify(value)}`);
    return [`  ${kind}: ${help}`, ...fields].join('\n');
  });
  return `\nKinds, with their settings and defaults:\n${kinds.join('\n')}`;
}
