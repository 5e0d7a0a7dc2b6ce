/** `valleywalk studies`: studies in the store, and what can be done with one as a whole. */
import type { Command } from 'commander';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Parameters } from '../../../shared/protocol.ts';
import { studyIsActive, studyStatusText } from '../../../shared/study-record.ts';
import type { StudyRecord } from '../../../shared/study-record.ts';
import { findStudy } from '../find-study.ts';
import { exit, withWorkbench } from '../session.ts';
import type { Terminal } from '../session.ts';
import { followStudy, runsOf, studiesTable, studyText } from '../study.ts';
import { declareMachineFlags, machineChanges } from '../machine.ts';
import type { MachineFlags } from '../machine.ts';
import type { JsonOption } from './runs.ts';
import { print, printJson, printText, tell } from '../print.ts';
import { several } from '../declare.ts';
import type { Declare } from '../declare.ts';

/** Declares the commands under `studies`. */
export function declareStudies({ group }: Declare): void {
  const { command, action } = group('studies', 'list, resume, extend and delete studies');
  const studyCommand = (name: string, description: string): Command =>
    command(name, description).option('--json', 'print JSON');
  studyCommand('list', 'list the studies').action(action(listStudies));
  studyCommand('show <study>', 'show one study with its runs').action(action(showStudy));
  studyCommand('pause <study>', 'pause its runs, also those of a window or another terminal').action(
    action((study: string, options: JsonOption) => haltStudy(study, 'pause', options)),
  );
  studyCommand('stop <study>', 'stop its runs; they can be resumed').action(
    action((study: string, options: JsonOption) => haltStudy(study, 'stop', options)),
  );
  declareMachineFlags(
    studyCommand('resume <study>', 'go on in this terminal with what was stopped, and try again what failed'),
    true,
  ).action(action(resumeStudy));
  studyCommand('watch <study>', 'follow a study that another machine computes; Ctrl C ends the following only').action(
    action(watchStudy),
  );
  studyCommand('collect', 'take in once what other machines have finished, of every study').action(action(collect));
  const extending = studyCommand('extend <study>', 'add seeds, values and draws, and run what is new')
    .option('--seeds <list>', 'more seeds as [4,5], or how many more')
    .option('--draws <count>', 'how many more values to draw of what is drawn')
    .option('--add <path=list>', 'more values, as in optimizer.learningRate=[0.2,0.3]; repeatable', several)
    .option('--yes', 'add more than 200 runs without asking');
  declareMachineFlags(extending, true).action(action(extendStudy));
  studyCommand('rename <study> <name>', 'give it another name').action(action(renameStudy));
  studyCommand('delete <study>', 'delete it with its runs')
    .option('--keep-runs', 'keep its runs as runs of their own')
    .action(action(deleteStudy));
}

/** Finds the study that is meant. @throws ValleywalkError kind `missing` */
const meantBy = async ({ ask }: Terminal, meant: string): Promise<StudyRecord> =>
  findStudy(await ask('studies.list', {}), meant);

/** Prints all studies, newest first. */
function listStudies(options: JsonOption): Promise<number> {
  return withWorkbench(options, async ({ ask }) => {
    const studies = await ask('studies.list', {});
    if (options.json) printJson(studies);
    else
      printText(
        studies.length === 0
          ? 'no studies yet; start one with: valleywalk run quick-walk --set sweep.optimizer.learningRate=[0.1,0.5]'
          : studiesTable(studies),
      );
    return exit.finished;
  });
}

/** Prints one study with its runs. @throws ValleywalkError kind `missing` */
function showStudy(meant: string, options: JsonOption): Promise<number> {
  return withWorkbench(options, async (terminal) => {
    const study = await meantBy(terminal, meant);
    const runs = await runsOf(terminal, study.study);
    if (options.json) printJson({ ...study, runs });
    else printText(studyText(study, runs, terminal.store));
    return exit.finished;
  });
}

/** How long to wait for another process to pause or stop its runs, in milliseconds. */
const timeout = 60_000;

/**
 * Pauses or stops a study, of this or another process, and waits until it has happened.
 * @throws ValleywalkError kind `missing`; `internal` when the other process does not answer
 */
function haltStudy(meant: string, how: 'pause' | 'stop', options: JsonOption): Promise<number> {
  return withWorkbench(options, async (terminal) => {
    const { ask } = terminal;
    const { study, name } = await meantBy(terminal, meant);
    let now = await ask(`studies.${how}`, { study });
    const elsewhere = now.machine !== undefined;
    for (const end = performance.now() + (elsewhere ? 3 : 1) * timeout; studyIsActive(now);) {
      if (performance.now() > end)
        throw new ValleywalkError(
          'internal',
          elsewhere
            ? `study ${study} (${name}): Slurm was told to end its jobs and still has some (squeue shows them); look again with: valleywalk studies collect`
            : `study ${study} (${name}) was asked to ${how}, but the Valleywalk that runs it has not done so; look there`,
        );
      await new Promise((resolve) => setTimeout(resolve, 200));
      now = await ask('studies.get', { study });
    }
    if (options.json) printJson(now);
    else
      print(
        `${now.name} is ${studyStatusText(now)}${['finished', 'empty'].includes(now.status) ? '' : `; go on with: valleywalk studies resume ${study}`}`,
      );
    return exit.finished;
  });
}

/**
 * Resumes a study in this terminal, what was stopped and what failed, and follows it to its end.
 * @throws ValleywalkError kind `missing`; `input` when nothing of it can be resumed
 */
function resumeStudy(meant: string, options: JsonOption & MachineFlags): Promise<number> {
  return withWorkbench(options, async (terminal) => {
    const { study } = await meantBy(terminal, meant);
    const resumed = await terminal.ask('studies.resume', { study, ...machineChanges(options) });
    return followStudy(terminal, resumed, { ...options, detached: resumed.machine !== undefined });
  });
}

/**
 * Follows a study to its end, wherever it is computed; Ctrl C leaves its runs alone.
 * @throws ValleywalkError kind `missing`
 */
function watchStudy(meant: string, options: JsonOption): Promise<number> {
  return withWorkbench(options, async (terminal) => {
    const study = await meantBy(terminal, meant);
    for (const trouble of (await terminal.ask('studies.collect', {})).troubles) tell(`valleywalk: ${trouble}`);
    return followStudy(terminal, await terminal.ask('studies.get', { study: study.study }), {
      ...options,
      detached: true,
    });
  });
}

/** Takes in what other machines have finished. @returns 0, or 1 where something kept it from seeing all */
function collect(options: JsonOption): Promise<number> {
  return withWorkbench(options, async ({ ask }) => {
    const { troubles } = await ask('studies.collect', {});
    const studies = (await ask('studies.list', {})).filter(({ machine }) => machine !== undefined);
    if (options.json) printJson({ studies, troubles });
    else printText(studies.length === 0 ? 'no study is on another machine' : studiesTable(studies));
    for (const trouble of troubles) tell(`valleywalk: ${trouble}`);
    return troubles.length === 0 ? exit.finished : exit.failed;
  });
}

/** Options of `studies extend`. */
interface ExtendOptions extends JsonOption, MachineFlags {
  seeds?: string;
  draws?: string;
  add?: string[];
  yes?: boolean;
}

/**
 * Extends a study by seeds, values and draws, and follows it to its end.
 * @throws ValleywalkError kind `missing`; `input` with every problem by path
 */
function extendStudy(meant: string, options: ExtendOptions): Promise<number> {
  const sweep: Record<string, unknown[]> = {};
  for (const addition of options.add ?? []) {
    const [, path, text] = /^([^=]+)=(.*)$/s.exec(addition) ?? [];
    const values = text === undefined ? undefined : json(text);
    if (path === undefined || !Array.isArray(values))
      throw new ValleywalkError(
        'input',
        `--add takes PATH=LIST, as in optimizer.learningRate=[0.2,0.3]; it is "${addition}"`,
      );
    sweep[path] = values;
  }
  const seeds =
    options.seeds === undefined ? {} : { seeds: json(options.seeds) as Parameters<'studies.extend'>['seeds'] };
  const draws = options.draws === undefined ? {} : { draws: json(options.draws) as number };
  return withWorkbench(options, async (terminal) => {
    const { study } = await meantBy(terminal, meant);
    const more = { sweep, ...seeds, ...draws, ...machineChanges(options) };
    const longer = await terminal.ask('studies.extend', { study, ...more, confirm: options.yes ?? false });
    return followStudy(terminal, longer, { ...options, detached: longer.machine !== undefined });
  });
}

/** A text as JSON; the text itself where it is none, for the workbench to say what is wrong with it. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Renames a study. @throws ValleywalkError kind `missing` or `input` */
function renameStudy(meant: string, name: string, options: JsonOption): Promise<number> {
  return withWorkbench(options, async (terminal) => {
    const { study } = await meantBy(terminal, meant);
    const renamed = await terminal.ask('studies.rename', { study, name });
    print(`${study} is now called ${renamed.name}`);
    return exit.finished;
  });
}

/** Deletes a study, with its runs unless they are to stay. @throws ValleywalkError kind `missing` or `input` */
function deleteStudy(meant: string, options: JsonOption & { keepRuns?: boolean }): Promise<number> {
  return withWorkbench(options, async (terminal) => {
    const { study, name, runs } = await meantBy(terminal, meant);
    await terminal.ask('studies.delete', { study, keepRuns: options.keepRuns ?? false });
    print(`deleted ${name}${options.keepRuns ? '' : ` and its ${runs} ${runs === 1 ? 'run' : 'runs'}`}`);
    return exit.finished;
  });
}
