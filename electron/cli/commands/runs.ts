/** `valleywalk list`, `show`, `delete` and `export`: what is in the store. */
import { exportFormats, ValleywalkError } from '../../../shared/protocol.ts';
import { findRun } from '../find-run.ts';
import { withWorkbench, exit } from '../session.ts';
import type { StoreOption } from '../session.ts';
import { runsTable, summaryText } from '../summary.ts';

/** Options of commands that can print JSON. */
export interface JsonOption extends StoreOption {
  json?: boolean;
}

/** Prints all runs, newest first. */
export function list(options: JsonOption): Promise<number> {
  return withWorkbench(options, async ({ ask }) => {
    const runs = await ask('runs.list', {});
    if (options.json) console.log(JSON.stringify(runs));
    else console.log(runs.length === 0 ? 'no runs yet; start one with: valleywalk run quick-walk' : runsTable(runs));
    return exit.finished;
  });
}

/** Prints one run: its summary and its experiment. @throws ValleywalkError kind `missing`. */
export function show(run: string, options: JsonOption): Promise<number> {
  return withWorkbench(options, async ({ ask, store }) => {
    const record = findRun(await ask('runs.list', {}), run);
    if (options.json) console.log(JSON.stringify(record));
    else {
      console.log(summaryText(record, store));
      if (record.environment)
        console.log(`  Computed on      ${record.environment.device}, backend ${record.environment.backend}`);
      console.log(`\n${JSON.stringify(record.experiment, null, 2)}`);
    }
    return exit.finished;
  });
}

/** Deletes runs with their records and files. @throws ValleywalkError kind `missing` or `input`. */
export function remove(runs: string[], options: StoreOption): Promise<number> {
  return withWorkbench(options, async ({ ask }) => {
    const all = await ask('runs.list', {});
    const { deleted } = await ask('runs.delete', { runs: runs.map((meant) => findRun(all, meant).run) });
    console.log(`deleted ${deleted} ${deleted === 1 ? 'run' : 'runs'}`);
    return exit.finished;
  });
}

/** Options of `export`. */
export interface ExportOptions extends StoreOption {
  out: string;
  format: string;
}

/** Exports runs into a folder and prints the files written. @throws ValleywalkError kind `input` or `missing`. */
export function exportRuns(runs: string[], options: ExportOptions): Promise<number> {
  const chosen = options.format.split(',').map((format) => {
    const name = format.trim();
    const known = exportFormats.find((one) => one === name);
    if (!known)
      throw new ValleywalkError(
        'input',
        `--format: there is no format "${name}"; there are ${exportFormats.join(', ')}`,
      );
    return known;
  });
  return withWorkbench(options, async ({ ask }) => {
    if (options.out === '') throw new ValleywalkError('input', '--out: name a folder');
    const all = await ask('runs.list', {});
    const meant = runs.map((run) => findRun(all, run).run);
    const { files } = await ask('runs.export', { runs: meant, directory: options.out, formats: chosen });
    if (files.length === 0)
      throw new ValleywalkError(
        'input',
        `there is nothing to export as ${chosen.join(', ')}; parameters are there only where the experiment says keepParameters`,
      );
    for (const file of files) console.log(file);
    return exit.finished;
  });
}
