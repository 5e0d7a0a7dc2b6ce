/** Studies on another machine, in a terminal: what is asked of it, a dry run, and the study given to it. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ValleywalkError } from '../../shared/errors.ts';
import { machineNames } from '../../shared/machines.ts';
import type { MachineChanges, MachineChoice, MachineOptions } from '../../shared/machines.ts';
import { expandHome } from '../files/home.ts';
import { exit } from './session.ts';
import type { Terminal } from './session.ts';
import { followStudy } from './study.ts';
import type { StudyRunOptions } from './study.ts';
import { printLine } from './records.ts';
import { printText, tell } from './print.ts';
import { several } from './declare.ts';

/** Options by which a machine is chosen, as commander gives them. */
export interface MachineFlags {
  on?: string;
  folder?: string;
  partition?: string;
  minutes?: string;
  memory?: string;
  threads?: string;
  gpus?: string;
  atOnce?: string;
  scratch?: string;
  before?: string[];
  program?: string;
  sbatch?: string[];
  dryRun?: boolean;
  detach?: boolean;
}

/** An option: how it is written, its help, and whether it may be given again when runs are given to their machine again. */
interface Flag {
  flags: string;
  help: string;
  again: boolean;
  repeatable?: true;
}

/** The options that choose a machine, and say what is asked of it. */
const machineFlags: Readonly<Record<keyof MachineFlags, Flag>> = {
  on: {
    flags: '--on <machine>',
    help: `where its runs compute: ${machineNames.join(' or ')} (docs/machines.md; default: ${machineNames[0]})`,
    again: false,
  },
  folder: {
    flags: '--folder <folder>',
    help: 'folder that this machine and every node see (default: ~/valleywalk-jobs)',
    again: false,
  },
  partition: { flags: '--partition <name>', help: "partition (default: the cluster's own)", again: true },
  minutes: {
    flags: '--minutes <count>',
    help: 'time limit of a run (default: four times its estimate and ten minutes)',
    again: true,
  },
  memory: { flags: '--memory <MB>', help: 'memory of a run (default: from its estimate)', again: true },
  threads: { flags: '--threads <count>', help: 'threads and CPUs of a run (default: 1)', again: false },
  gpus: {
    flags: '--gpus <count>',
    help: 'GPUs of a run (default: 1 for the backends cuda and webgpu)',
    again: true,
  },
  atOnce: {
    flags: '--at-once <count>',
    help: 'how many runs of an array compute at the same time at most (default: as many as Slurm lets)',
    again: true,
  },
  scratch: {
    flags: '--scratch <folder>',
    help: "folder on a node's own disk (default: SLURM_TMPDIR, TMPDIR or /tmp there)",
    again: true,
  },
  before: {
    flags: '--before <line>',
    help: "a line of a shell that makes a node ready, as in 'module load node'; repeatable",
    again: true,
    repeatable: true,
  },
  program: {
    flags: '--program <command>',
    help: 'how Valleywalk is started on a node, as one command (default: as here)',
    again: true,
  },
  sbatch: {
    flags: '--sbatch <directive>',
    help: 'one more directive, as in --sbatch=--account=lab; repeatable',
    again: true,
    repeatable: true,
  },
  dryRun: { flags: '--dry-run', help: 'print the exact job scripts, and submit nothing', again: false },
  detach: {
    flags: '--detach',
    help: 'end once it is submitted; follow with valleywalk studies watch',
    again: false,
  },
};

/** Declares them, each but `--on` with what it goes with. @param again only those for runs that are given to their machine again */
export function declareMachineFlags(command: Command, again = false): Command {
  for (const [name, flag] of Object.entries(machineFlags)) {
    if (again && !flag.again) continue;
    const help = name === 'on' ? flag.help : again ? `on another machine: ${flag.help}` : `with --on: ${flag.help}`;
    if (flag.repeatable) command.option(flag.flags, help, several);
    else command.option(flag.flags, help);
  }
  return command;
}

/** What is asked of a machine. What of it is none is told by the protocol, as of what comes from a window. */
function askedOf(flags: MachineFlags): MachineOptions {
  const options: Partial<Record<keyof MachineOptions, unknown>> = {};
  for (const name of ['partition', 'scratch', 'program'] as const)
    if (flags[name] !== undefined) options[name] = flags[name];
  // a window's own folder may be another than the terminal's
  if (flags.folder !== undefined) options.folder = resolve(expandHome(flags.folder));
  for (const name of ['minutes', 'memory', 'threads', 'gpus', 'atOnce'] as const)
    if (flags[name] !== undefined) options[name] = Number(flags[name]);
  if (flags.before !== undefined) options.before = flags.before;
  if (flags.sbatch !== undefined) options.extra = flags.sbatch;
  return options as MachineOptions;
}

/**
 * The machine that was chosen; null for this one.
 * @throws ValleywalkError kind `input` for one that there is not, and for what cannot be asked of this one
 */
export function machineChoice(flags: MachineFlags): MachineChoice | null {
  const { on = machineNames[0] } = flags;
  const machine = machineNames.find((name) => name === on);
  if (machine === undefined)
    throw new ValleywalkError('input', `there is no machine "${on}"; there are: ${machineNames.join(', ')}`);
  if (machine !== 'local') return { machine, options: askedOf(flags) };
  const given = (Object.keys(machineFlags) as (keyof MachineFlags)[])
    .filter((name) => name !== 'on' && flags[name] !== undefined)
    .map((name) => machineFlags[name].flags.split(' ')[0]);
  if (given.length === 0) return null;
  throw new ValleywalkError(
    'input',
    `${given.join(', ')} ${given.length === 1 ? 'is' : 'are'} for a study on another machine; choose it with --on ${machineNames.slice(1).join(' or ')}, or leave ${given.length === 1 ? 'it' : 'them'} out`,
  );
}

/** What is asked anew of a machine, as a parameter of the request that gives runs to it again; nothing where nothing is. */
export function machineChanges(flags: MachineFlags): { changes?: MachineChanges } {
  const changes = askedOf(flags);
  return Object.keys(changes).length === 0 ? {} : { changes };
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
    const { scripts } = await ask('studies.script', { study, backend, on });
    for (const [at, script] of scripts.entries()) {
      if (json) printLine({ type: 'script', script });
      else {
        if (scripts.length > 1) tell(`array ${at + 1} of ${scripts.length}:`);
        printText(script);
      }
    }
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
