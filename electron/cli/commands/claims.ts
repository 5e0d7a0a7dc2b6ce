/** `valleywalk claims`: the paper's claims judged on runs. */
import { unlikePaperWords, verdictWords } from '../../../shared/claims/result.ts';
import type { ClaimsEvaluation } from '../../../shared/claims/result.ts';
import {
  claimColumns,
  claimRows,
  claimsMarkdown,
  expectedText,
  nullText,
  restsText,
  roleWords,
  titleText,
  valueText,
} from '../../../shared/claims/text.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { csvTable } from '../../../shared/csv.ts';
import { oneLine } from '../../../shared/visible.ts';
import { studyGap } from '../../../shared/study-record.ts';
import { findRun } from '../find-run.ts';
import { findStudy } from '../find-study.ts';
import { exit, withWorkbench } from '../session.ts';
import type { StoreOption } from '../session.ts';
import { printFile, printJson, printText, tell } from '../print.ts';
import type { Declare } from '../declare.ts';

/** Declares `claims`. */
export function declareClaims({ command, action }: Declare): void {
  command('claims [run...]', "judge the paper's claims C1 to C7 on runs, or on those of a study")
    .option('--study <study>', 'all runs of a study, by its id or name')
    .option('--json', 'print JSON')
    .option('--csv', 'print CSV, one line a statistic')
    .option('--markdown', 'print Markdown')
    .action(action(claims));
}

/** Options of `claims`. */
interface ClaimsOptions extends StoreOption {
  json?: boolean;
  csv?: boolean;
  markdown?: boolean;
  /** A study, by id or name, all of whose runs are judged. */
  study?: string;
}

/**
 * Prints the verdict on every claim. A verdict of any kind is a success: exit 0.
 * @param meant runs beside those of the study
 * @throws ValleywalkError kind `missing` for an unknown run or study, `input` for two formats at once, or nothing to judge
 */
function claims(meant: string[], options: ClaimsOptions): Promise<number> {
  return withWorkbench(options, async ({ ask }) => {
    if ([options.json, options.csv, options.markdown].filter(Boolean).length > 1)
      throw new ValleywalkError('input', 'choose one of --json, --csv and --markdown');
    const all = await ask('runs.list', {});
    const chosen = meant.map((run) => findRun(all, run).run);
    if (options.study !== undefined) {
      const record = findStudy(await ask('studies.list', {}), options.study);
      const { study, name } = record;
      const gap = studyGap(record);
      const own = all.filter((run) => run.study === study).map(({ run }) => run);
      if (own.length === 0) throw new ValleywalkError('input', `all runs of the study ${name} were deleted`);
      if (gap !== null) tell(gap);
      chosen.push(...own);
    }
    if (chosen.length === 0)
      throw new ValleywalkError('input', 'name runs, or a study with --study; valleywalk list shows what there is');
    const evaluation = await ask('claims.evaluate', { runs: chosen });
    if (options.json) printJson(evaluation);
    else if (options.csv) printFile(csvTable(claimColumns, claimRows(evaluation)));
    else if (options.markdown) printFile(claimsMarkdown(evaluation));
    else printText(claimsText(evaluation));
    return exit.finished;
  });
}

/** The evaluation for a terminal: a block a claim. */
function claimsText(evaluation: ClaimsEvaluation): string {
  const blocks = evaluation.claims.map(({ claim, title, verdict, reason, missing, statistics }) => {
    const lines = statistics.flatMap((entry) => [
      `    ${titleText(entry)}: ${valueText(entry)}${entry.unit && entry.value !== null ? ` ${entry.unit}` : ''} (${entry.role === 'paper' ? `${roleWords.paper}; ` : ''}expected ${expectedText(entry)}${nullText(entry) === null ? '' : `, without a valley ${nullText(entry)}`})`,
      `      ${restsText(entry)}`,
    ]);
    return [
      `${claim}  ${verdictWords[verdict].padEnd(20)}  ${title}`,
      ...lines,
      `    ${reason}${missing === null ? '' : ` ${missing}`}`,
    ]
      .map(oneLine)
      .join('\n');
  });
  const left = evaluation.left_out.map(({ run, name, reason }) => `${run} (${name}) is left out: it ${reason}`);
  const unlike = (evaluation.unlike_paper ?? []).map(
    ({ run, name, reason }) => `${run} (${name}) ${reason}: ${unlikePaperWords}`,
  );
  return [...blocks, ...[...unlike, ...left].map(oneLine)].join('\n');
}
