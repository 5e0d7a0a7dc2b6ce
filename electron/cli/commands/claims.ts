/** `valleywalk claims`: the paper's claims judged on runs. */
import { verdictWords } from '../../../shared/claims/result.ts';
import type { ClaimsEvaluation } from '../../../shared/claims/result.ts';
import {
  claimColumns,
  claimRows,
  claimsMarkdown,
  expectedText,
  restsText,
  titleText,
  valueText,
} from '../../../shared/claims/text.ts';
import { ValleywalkError } from '../../../shared/protocol.ts';
import { csvTable } from '../../../shared/csv.ts';
import { findRun } from '../find-run.ts';
import { exit, withWorkbench } from '../session.ts';
import type { StoreOption } from '../session.ts';

/** Options of `claims`. */
export interface ClaimsOptions extends StoreOption {
  json?: boolean;
  csv?: boolean;
  markdown?: boolean;
}

/**
 * Prints the verdict on every claim. A verdict of any kind is a success: exit 0.
 * @throws ValleywalkError kind `missing` for an unknown run, `input` for two formats at once
 */
export function claims(meant: string[], options: ClaimsOptions): Promise<number> {
  return withWorkbench(options, async ({ ask }) => {
    if ([options.json, options.csv, options.markdown].filter(Boolean).length > 1)
      throw new ValleywalkError('input', 'choose one of --json, --csv and --markdown');
    const all = await ask('runs.list', {});
    const evaluation = await ask('claims.evaluate', { runs: meant.map((run) => findRun(all, run).run) });
    process.stdout.write(
      options.json
        ? `${JSON.stringify(evaluation)}\n`
        : options.csv
          ? csvTable(claimColumns, claimRows(evaluation))
          : options.markdown
            ? claimsMarkdown(evaluation)
            : `${claimsText(evaluation)}\n`,
    );
    return exit.finished;
  });
}

/** The evaluation for a terminal: a block a claim. */
function claimsText(evaluation: ClaimsEvaluation): string {
  const blocks = evaluation.claims.map(({ claim, title, verdict, reason, missing, statistics }) => {
    const lines = statistics.flatMap((entry) => [
      `    ${titleText(entry)}: ${valueText(entry)}${entry.unit && entry.value !== null ? ` ${entry.unit}` : ''} (expected ${expectedText(entry)})`,
      `      ${restsText(entry)}`,
    ]);
    return [
      `${claim}  ${verdictWords[verdict].padEnd(20)}  ${title}`,
      ...lines,
      `    ${reason}${missing === null ? '' : ` ${missing}`}`,
    ].join('\n');
  });
  const left = evaluation.left_out.map(({ run, name, reason }) => `${run} (${name}) is left out: it ${reason}`);
  return [...blocks, ...left].join('\n');
}
