/** Studies on another machine, in a terminal: what is asked of it, a dry run, and the study given to it. */
import { resolve } from 'node:path';
import { ValleywalkError } from '../../shared/errors.ts';
import { machineNames } from '../../shared/machines.ts';
import type { MachineChoice, MachineOptions } from '../../shared/machines.ts';
import { expandHome } from '../files/home.ts';
import { exit } from './session.ts';
import type { Terminal } from './session.ts';
import { followStudy } from './study.ts';
import type { StudyRunOptions } from './study.ts';
import { printLine } from './records.ts';
import { printText, tell } from './print.ts';

/** Options by which a machine is chosen, as commander gives them. */
export interface MachineFlags {
  on?: string;
  folder?: string;
  partition?: string;
  minutes?: string;
  memory?: string;
  threads?: string;
  gpus?: string;
  scratch?: string;
  program?: string;
  sbatch?: string[];
  dryRun?: boolean;
  detach?: boolean;
}

/** The options with their help; `--sbatch`, which is repeatable, comes beside them. */
export const machineFlags: readonly (readonly [flags: string, description: string])[] = [
  ['--on <machine>', `where its runs compute: ${machineNames.join(' or ')} (docs/machines.md)`],
  ['--folder <folder>', 'with --on: folder that this machine and every node see (default: ~/valleywalk-jobs)'],
  ['--partition <name>', "with --on: partition (default: the cluster's own)"],
  ['--minutes <count>', 'with --on: time limit of a run (default: four times its estimate and ten minutes)'],
  ['--memory <MB>', 'with --on: memory of a run (default: from its estimate)'],
  ['--threads <count>', 'with --on: threads and CPUs of a run (default: 1)'],
  ['--gpus <count>', 'with --on: GPUs of a run (default: 1 for the backends cuda and webgpu)'],
  ['--scratch <folder>', "with --on: folder on a node's own disk (default: SLURM_TMPDIR, TMPDIR or /tmp there)"],
  ['--program <command>', 'with --on: how Valleywalk is started on a node (default: as here)'],
  ['--dry-run', 'with --on: print the exact job script, and submit nothing'],
  ['--detach', 'with --on: end once it is submitted; follow with valleywalk studies watch'],
];

/** The machine that was chosen. @throws ValleywalkError kind `input` for one that there is not */
export function machineChoice(flags: MachineFlags): MachineChoice {
  const { on, sbatch } = flags;
  if (on !== 'slurm')
    throw new ValleywalkError(
      'input',
      `there is no machine "${on}"; there are: ${machineNames.join(', ')} (local is where runs compute without --on)`,
    );
  const options: Partial<Record<keyof MachineOptions, unknown>> = {};
  for (const name of ['partition', 'scratch', 'program'] as const)
    if (flags[name] !== undefined) options[name] = flags[name];
  // a window's own folder may be another than the terminal's
  if (flags.folder !== undefined) options.folder = resolve(expandHome(flags.folder));
  for (const name of ['minutes', 'memory', 'threads', 'gpus'] as const)
    if (flags[name] !== undefined) options[name] = Number(flags[name]);
  if (sbatch !== undefined) options.extra = sbatch;
  // checked by the protocol, as what comes from a window is
  return { machine: on, options: options as MachineOptions };
}

/**
 * Gives a study to another machine, and follows it unless told otherwise; Ctrl C ends the following only.
 * @returns the exit code, as `run` of a study; 0 once it is submitted with `--detach`, and for a dry run
 * @throws ValleywalkError in a sentence
 */
export async function runStudyOn(
  terminal: Terminal,
  on: MachineChoice,
  study: unknown,
  options: StudyRunOptions & MachineFlags,
): Promise<number> {
  const { ask, store } = terminal;
  const { backend, yes = false, json = false } = options;
  if (options.dryRun) {
    const { script } = await ask('studies.script', { study, backend, on });
    if (json) printLine({ type: 'script', script });
    else printText(script);
    return exit.finished;
  }
  const started = await ask('studies.start', { study, backend, confirm: yes, on });
  const jobs = new Set<string>();
  for (const { study: of, machine } of await ask('runs.list', {}))
    if (of === started.study && machine?.job) jobs.add(machine.job.split('_')[0]!);
  tell(`submitted to Slurm as job ${[...jobs].join(', ')}; the jobs go on without this terminal`);
  if (!options.detach) return followStudy(terminal, started, { json, detached: true });
  if (json) printLine({ type: 'started', study: started });
  else
    printText(
      `study ${started.study} in ${store}: ${started.runs} runs; follow it with: valleywalk studies watch ${started.study}\n`,
    );
  return exit.finished;
}
