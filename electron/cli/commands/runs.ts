/** `valleywalk list`, `show`, `tag`, `note`, `archive`, `baseline`, `rename`, `delete`, `restore`, `export`: what is in the store. */
import { setTimeout } from 'node:timers/promises';
import { ValleywalkError } from '../../../shared/errors.ts';
import { exportFormats } from '../../../shared/protocol.ts';
import { isOver, resumableFrom } from '../../../shared/records.ts';
import type { RunRecord } from '../../../shared/records.ts';
import { asksForArchived, filterFields, problemSentence, readFilter } from '../../../shared/runs/filter.ts';
import { findRun } from '../find-run.ts';
import { withWorkbench, exit } from '../session.ts';
import type { StoreOption, Terminal } from '../session.ts';
import { runsTable, summaryText } from '../summary.ts';
import { print, printJson, printText } from '../print.ts';
import { several } from '../declare.ts';
import type { Declare } from '../declare.ts';

/** Declares the commands on stored runs, from `pause` to `export`. */
export function declareRuns({ command, action }: Declare): void {
  command('pause <run>', 'have a run write a checkpoint and give its place up, whoever runs it')
    .option('--json', 'print JSON')
    .action(action(pause));
  command('list', 'list the runs')
    .option('--filter <text>', "which ones, as in 'batchSize >= 500 and tag = paper'; see docs/comparing.md")
    .option('--archived', 'the archived ones too')
    .option('--deleted', 'those deleted within the last hour, which can be restored')
    .option('--json', 'print JSON')
    .addHelpText('after', filterHelp)
    .action(action(list));
  command('show <run>', 'show one run').option('--json', 'print JSON').action(action(show));
  command('tag <run...>', 'add tags to runs, or remove them')
    .option('--add <tag>', 'a tag to add; repeatable', several)
    .option('--remove <tag>', 'a tag to remove; repeatable', several)
    .action(action(tag));
  command('note <run> [text]', 'write what is noted about a run; without a text, print it').action(action(note));
  command('rename <run> <name>', 'rename a run').action(action(rename));
  command('archive <run...>', 'put runs away: lists leave them out')
    .option('--undo', 'take them out again')
    .action(action(archive));
  command('baseline [run]', 'pin the run that differences are taken to; without a run, print it')
    .option('--none', 'take the pin away')
    .action(action(baseline));
  command('delete <run...>', 'delete runs with their records and files; for an hour, restore brings them back')
    .option('--for-good', 'at once, never to be restored')
    .action(action(remove));
  command('restore <run...>', 'bring deleted runs back').action(action(restore));
  command(
    'export <run...>',
    'export runs as files: run.json, standardisation.json where columns were standardised, CSV files, figures, parameters',
  )
    .requiredOption('--out <folder>', 'where to write')
    .option('--format <list>', exportFormats.join(', '), 'svg,csv,json,safetensors')
    .action(action(exportRuns));
}

/** Options of commands that can print JSON. */
export interface JsonOption extends StoreOption {
  json?: boolean;
}

/** Options of `list`. */
interface ListOptions extends JsonOption {
  /** As shared/runs/filter.ts reads it. */
  filter?: string;
  /** The archived ones too. */
  archived?: boolean;
  /** Those that can be restored instead. */
  deleted?: boolean;
}

/** Prints runs, newest first. @throws ValleywalkError kind `input` for a filter that cannot be read. */
function list(options: ListOptions): Promise<number> {
  const filter = options.filter ?? '';
  const reading = readFilter(filter);
  if (!reading.ok) throw new ValleywalkError('input', `--filter: ${problemSentence(reading.problem, filter)}`);
  return withWorkbench(options, async ({ ask }) => {
    const all = await ask('runs.list', { deleted: options.deleted });
    // a filter that asks for archived runs gets them
    const archived = (options.archived ?? false) || (options.deleted ?? false) || asksForArchived(filter);
    const runs = all.filter((run) => (archived || !run.archived) && reading.matches(run));
    if (options.json) printJson(runs);
    else printText(runs.length > 0 ? runsTable(runs) : none(all.length, options));
    return exit.finished;
  });
}

function none(stored: number, { deleted }: ListOptions): string {
  if (deleted) return stored === 0 ? 'no deleted run can be restored' : 'no deleted run fits';
  if (stored === 0) return 'no runs yet; start one with: valleywalk run quick-walk';
  return `no run fits; there are ${stored} (--archived lists the archived ones too)`;
}

/** Finds the runs that are meant, each once. */
async function findRuns({ ask }: Terminal, runs: readonly string[]): Promise<RunRecord[]> {
  const all = await ask('runs.list', {});
  return [...new Set(runs.map((meant) => findRun(all, meant)))];
}

/** Options of `tag`. */
interface TagOptions extends StoreOption {
  add?: string[];
  remove?: string[];
}

/** Adds and removes tags and prints what the runs then have. @throws ValleywalkError kind `missing` or `input`. */
function tag(runs: string[], options: TagOptions): Promise<number> {
  const { add = [], remove = [] } = options;
  if (add.length + remove.length === 0)
    throw new ValleywalkError('input', 'name a tag, as in valleywalk tag RUN --add paper or --remove draft');
  return withWorkbench(options, async (terminal) => {
    const meant = (await findRuns(terminal, runs)).map(({ run }) => run);
    for (const { run, name, tags } of await terminal.ask('runs.tag', { runs: meant, add, remove }))
      print(`${run} (${name}): ${tags.length > 0 ? tags.join(', ') : 'no tags'}`);
    return exit.finished;
  });
}

/** Prints the notes of a run, or writes them. @throws ValleywalkError kind `missing` or `input`. */
function note(run: string, text: string | undefined, options: StoreOption): Promise<number> {
  return withWorkbench(options, async (terminal) => {
    const [record] = await findRuns(terminal, [run]);
    if (text === undefined) printText(record!.notes === '' ? 'no notes' : record!.notes);
    else {
      await terminal.ask('runs.note', { run: record!.run, notes: text });
      print(text.trim() === '' ? `${record!.name}: notes taken away` : `${record!.name}: noted`);
    }
    return exit.finished;
  });
}

/** Archives runs, or takes them out again. @throws ValleywalkError kind `missing`. */
function archive(runs: string[], options: StoreOption & { undo?: boolean }): Promise<number> {
  return withWorkbench(options, async (terminal) => {
    const meant = (await findRuns(terminal, runs)).map(({ run }) => run);
    const archived = !(options.undo ?? false);
    await terminal.ask('runs.archive', { runs: meant, archived });
    print(
      `${archived ? 'archived' : 'took out of the archive'} ${meant.length} ${meant.length === 1 ? 'run' : 'runs'}`,
    );
    return exit.finished;
  });
}

/** Pins the run that differences are taken to, or takes the pin away. @throws ValleywalkError kind `missing`. */
function baseline(run: string | undefined, options: StoreOption & { none?: boolean }): Promise<number> {
  return withWorkbench(options, async (terminal) => {
    if (run === undefined && !options.none) {
      const pinned = (await terminal.ask('runs.list', {})).find((record) => record.baseline);
      print(pinned ? `${pinned.run} (${pinned.name})` : 'no baseline');
      return exit.finished;
    }
    const record = run === undefined ? undefined : (await findRuns(terminal, [run]))[0]!;
    await terminal.ask('runs.pin', { run: record?.run ?? null });
    print(record ? `${record.run} (${record.name}) is the baseline` : 'no baseline');
    return exit.finished;
  });
}

/** Renames a run. @throws ValleywalkError kind `missing` or `input`. */
function rename(run: string, name: string, options: StoreOption): Promise<number> {
  return withWorkbench(options, async (terminal) => {
    const [record] = await findRuns(terminal, [run]);
    const renamed = await terminal.ask('runs.rename', { run: record!.run, name });
    print(`${renamed.run} is called ${renamed.name}`);
    return exit.finished;
  });
}

/** Prints one run: its summary and its experiment. @throws ValleywalkError kind `missing`. */
function show(run: string, options: JsonOption): Promise<number> {
  return withWorkbench(options, async ({ ask, store }) => {
    const record = findRun(await ask('runs.list', {}), run);
    if (options.json) printJson(record);
    else {
      printText(summaryText(record, store));
      if (record.environment)
        print(`  Computed on      ${record.environment.device}, backend ${record.environment.backend}`);
      print('');
      printJson(record.experiment, 2);
    }
    return exit.finished;
  });
}

/**
 * Asks a queued or running run, of whichever Valleywalk, to write a checkpoint and give its place up, and waits until it has.
 * @returns 0 when it is paused, 1 when it ended otherwise meanwhile
 * @throws ValleywalkError kind `missing`, or `input` for a run that is over
 */
function pause(meant: string, options: JsonOption): Promise<number> {
  return withWorkbench(options, async ({ ask }) => {
    const { run, status, name } = findRun(await ask('runs.list', {}), meant);
    if (isOver(status))
      throw new ValleywalkError('input', `run ${run} (${name}) is ${status}; there is nothing to pause`);
    let record = await ask('runs.pause', { run });
    while (!isOver(record.status)) {
      await setTimeout(200);
      record = await ask('runs.get', { run });
    }
    if (options.json) printJson(record);
    else if (record.status === 'paused')
      print(`paused at iteration ${resumableFrom(record)}; go on with: valleywalk resume ${run}`);
    else print(`run ${run} is ${record.status}`);
    return record.status === 'paused' ? exit.finished : exit.failed;
  });
}

/**
 * Deletes runs; for an hour they can be restored, unless they are deleted for good.
 * @throws ValleywalkError kind `missing` or `input`.
 */
function remove(runs: string[], options: StoreOption & { forGood?: boolean }): Promise<number> {
  return withWorkbench(options, async ({ ask }) => {
    const permanently = options.forGood ?? false;
    const all = [...(await ask('runs.list', {})), ...(permanently ? await ask('runs.list', { deleted: true }) : [])];
    const meant = runs.map((run) => findRun(all, run).run);
    const { deleted } = await ask('runs.delete', { runs: meant, forGood: permanently });
    const back = permanently
      ? ''
      : `; within an hour, valleywalk restore ${meant.join(' ')} brings ${deleted === 1 ? 'it' : 'them'} back`;
    print(`deleted ${deleted} ${deleted === 1 ? 'run' : 'runs'}${back}`);
    return exit.finished;
  });
}

/** Brings deleted runs back. @throws ValleywalkError kind `missing`. */
function restore(runs: string[], options: StoreOption): Promise<number> {
  return withWorkbench(options, async ({ ask }) => {
    const all = await ask('runs.list', { deleted: true });
    const back = await ask('runs.restore', { runs: runs.map((run) => findRun(all, run).run) });
    for (const { run, name } of back) print(`restored ${run} (${name})`);
    return exit.finished;
  });
}

/** Options of `export`. */
interface ExportOptions extends StoreOption {
  out: string;
  format: string;
}

/** Exports runs into a folder and prints the files written. @throws ValleywalkError kind `input` or `missing`. */
function exportRuns(runs: string[], options: ExportOptions): Promise<number> {
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
    for (const file of files) print(file);
    return exit.finished;
  });
}

/** What `list --help` says below the options: the fields of a filter, from where they are declared. */
function filterHelp(): string {
  const fields = filterFields().map(
    ({ name, title, choices }) => `  ${name.padEnd(26)} ${title}${choices.length > 0 ? `: ${choices.join(', ')}` : ''}`,
  );
  return `\nFields of a filter (=, !=, <, <=, >, >=, ~ contains, in (a, b), and, or, not):\n${fields.join('\n')}`;
}
