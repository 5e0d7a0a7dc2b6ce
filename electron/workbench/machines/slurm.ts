/** Slurm as a kind of machine: an array job of a study, submitted, asked about and cancelled by Slurm's own commands. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { ValleywalkError } from '../../../shared/errors.ts';
import { studyPaths } from './files.ts';
import { unknown } from './kind.ts';
import type { Environment, JobState, MachineKind } from './kind.ts';
import { sbatchEnvironment, slurmScript } from './slurm-script.ts';
import { readSacct, readSqueue, SilentController } from './slurm-states.ts';

/** Milliseconds that a command of Slurm may take: where its controller does not answer, it tries for long. */
const timeout = 30_000;
/** Jobs that are named in one command at most. */
const most = 500;

/** What a command said. */
interface Said {
  code: number;
  out: string;
  err: string;
}

/** Runs a command of Slurm. @param env all its variables. @throws ValleywalkError kind `internal` where it is not there or does not answer */
function command(
  name: string,
  given: readonly string[],
  input = '',
  env: NodeJS.ProcessEnv = process.env,
): Promise<Said> {
  return new Promise((resolve, reject) => {
    const child = execFile(name, [...given], { timeout, maxBuffer: 2 ** 28, env }, (error, out, err) => {
      if (error && (error as NodeJS.ErrnoException).code === 'ENOENT')
        reject(
          new ValleywalkError(
            'input',
            `there is no ${name} on this machine; install Slurm's client, or start Valleywalk on a login node of the cluster`,
          ),
        );
      else if (error?.killed)
        reject(
          new ValleywalkError(
            'internal',
            `${name} did not answer within ${timeout / 1000} s; Slurm's controller may be down (sinfo), jobs go on meanwhile`,
          ),
        );
      else resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, out, err });
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** The last line that says something, without the name of the command before it. */
function lastWords({ out, err }: Said): string {
  const lines = `${out}\n${err}`.split('\n').filter((line) => line.trim() !== '');
  return (lines.at(-1) ?? 'it said nothing').replace(/^\w+: (error: )?/, '').trim();
}

/** The error for what a command refused, in a sentence. */
async function refused(what: string, said: Said): Promise<ValleywalkError> {
  const whole = `${said.out}\n${said.err}`;
  if (/munge/i.test(whole))
    return new ValleywalkError(
      'internal',
      `${what}: munge, by which Slurm knows who asks, does not answer on this machine; start munged (systemctl start munge), or ask who runs the cluster`,
    );
  if (/unable to contact slurm controller|connection refused|socket timed out/i.test(whole))
    return new ValleywalkError(
      'internal',
      `${what}: Slurm's controller does not answer (${lastWords(said)}); jobs that it has go on meanwhile`,
    );
  if (/invalid partition/i.test(whole)) {
    const known = await command('sinfo', ['-h', '-o', '%R']).catch(() => null);
    const names = known ? [...new Set(known.out.split('\n').filter(Boolean))] : [];
    return new ValleywalkError(
      'input',
      `${what}: Slurm has no such partition${names.length > 0 ? `; it has ${names.join(', ')}` : '; sinfo lists those that it has'}`,
    );
  }
  return new ValleywalkError('input', `${what}: Slurm says "${lastWords(said)}"`);
}

/** How each word for an end that is none of the run's is told, and what follows. */
const faults: Readonly<Record<string, { clause: string; next: string }>> = {
  TIMEOUT: {
    clause: 'its time limit was reached',
    next: 'resume the study, which goes on from the newest checkpoint; give more time with --minutes',
  },
  OUT_OF_MEMORY: {
    clause: 'it took more memory than it was given',
    next: 'resume the study with more (--memory)',
  },
  NODE_FAIL: { clause: 'its node failed', next: 'resume the study, which goes on from the newest checkpoint' },
  BOOT_FAIL: { clause: 'its node could not be started', next: 'resume the study' },
  DEADLINE: { clause: 'its deadline passed', next: 'resume the study, which goes on from the newest checkpoint' },
  [unknown]: {
    clause: 'Slurm has forgotten the job without its run having come to its end',
    next: 'see the log, and resume the study',
  },
  PREEMPTED: {
    clause: 'another job took its place, and Slurm did not queue it again',
    next: 'resume the study, which goes on from the newest checkpoint',
  },
};

/** Ids in pieces that a command line takes. */
function inPieces(jobs: readonly string[]): string[][] {
  const unique = [...new Set(jobs)];
  return Array.from({ length: Math.ceil(unique.length / most) }, (_, at) => unique.slice(at * most, (at + 1) * most));
}

/** The ids of the tasks of an array. */
function tasks(job: string, runs: number): string[] {
  return Array.from({ length: runs }, (_, task) => `${job}_${task}`);
}

/** Whether this cluster was found to have no accounting, or this machine no sacct. */
let unaccounted = false;

/** What sacct says; null where there is no accounting. @throws ValleywalkError where it does not answer: that is no answer */
async function sacct(given: readonly string[]): Promise<string | null> {
  if (unaccounted) return null;
  const said = await command('sacct', ['-n', '-P', '-X', ...given]).catch((error: unknown) => {
    if (error instanceof ValleywalkError && error.kind === 'input') return null;
    throw error;
  });
  unaccounted = said === null || (said.code !== 0 && /storage is disabled/i.test(said.err));
  if (said === null || unaccounted) return null;
  if (said.code !== 0) throw await refused('accounting cannot be asked about jobs (sacct)', said);
  return said.out;
}

/** What accounting says of jobs; nothing where there is none. @throws ValleywalkError as {@link sacct} */
async function accounted(jobs: ReadonlySet<string>): Promise<Map<string, JobState>> {
  const states = new Map<string, JobState>();
  for (const some of inPieces([...jobs])) {
    const said = await sacct(['-o', 'JobID,State,NodeList', '-j', some.join(',')]);
    if (said === null) break;
    for (const [id, state] of readSacct(said, jobs)) states.set(id, state);
  }
  return states;
}

/** Runs sbatch with a script, and without variables that would come before what the script says. */
function sbatch(given: readonly string[], script: string, environment: Environment): Promise<Said> {
  return command('sbatch', given, script, sbatchEnvironment(script, { ...process.env, ...environment }));
}

/** The kind. */
export const slurm: MachineKind = {
  title: 'Slurm',
  help: 'An array job of the cluster that this machine submits to: each run on a node of its own choosing.',
  script: slurmScript,
  async test(text, environment) {
    const said = await sbatch(['--test-only'], text, environment);
    if (said.code !== 0) throw await refused('the study cannot be submitted', said);
  },
  async submit(text, runs, environment) {
    const said = await sbatch(['--parsable'], text, environment);
    const job = /^(\d+)(;|$)/m.exec(said.out)?.[1];
    if (said.code !== 0 || job === undefined) throw await refused('the study could not be submitted', said);
    return tasks(job, runs);
  },
  async find(name, runs) {
    const said = await command('squeue', ['-h', '--states=all', `--name=${name}`, '-o', '%F']);
    if (said.code !== 0) throw await refused('the jobs cannot be asked about', said);
    let jobs = [...said.out.matchAll(/^\s*(\d+)/gm)];
    if (jobs.length === 0) jobs = [...((await sacct(['-o', 'JobID', `--name=${name}`])) ?? '').matchAll(/^(\d+)/gm)];
    return jobs.length === 0 ? null : tasks(String(Math.max(...jobs.map(([, job]) => Number(job)))), runs);
  },
  async mostRuns() {
    const said = await command('scontrol', ['show', 'config']);
    if (said.code !== 0) throw await refused('the study cannot be submitted', said);
    // indices of tasks lie below it
    return Math.max(1, Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(said.out)?.[1] ?? 1001) - 1);
  },
  async states(jobs) {
    const arrays = new Set(jobs.map((job) => job.split('_')[0]!));
    const asked = new Set(jobs);
    const states = new Map<string, JobState>();
    for (const some of inPieces([...arrays])) {
      const said = await command('squeue', ['--json', '--states=all', `--jobs=${some.join(',')}`], '', {
        ...process.env,
        // lists of tasks are not cut
        SLURM_BITSTR_LEN: '0',
      });
      // of jobs that it has forgotten altogether squeue says that there are none such
      if (said.code !== 0 && /invalid job id/i.test(said.err)) continue;
      if (said.code !== 0) throw await refused('the jobs cannot be asked about', said);
      try {
        for (const [id, state] of readSqueue(said.out, asked)) states.set(id, state);
      } catch (error) {
        if (error instanceof SilentController)
          throw new ValleywalkError(
            'internal',
            `the jobs cannot be asked about: Slurm's controller does not answer (${error.message}); jobs that it has go on meanwhile`,
          );
        throw new ValleywalkError(
          'internal',
          `squeue --json cannot be read (${(error as Error).message}); Slurm must be 21.08 or newer`,
        );
      }
    }
    const forgotten = new Set(jobs.filter((job) => !states.has(job)));
    return new Map([...states, ...(await accounted(forgotten))]);
  },
  async cancel(jobs) {
    for (const some of inPieces(jobs)) {
      const said = await command('scancel', some);
      // it also fails, without a word, where a job ended that moment
      if (said.code !== 0 && said.err.trim() !== '' && !/invalid job id/i.test(said.err))
        throw await refused('the jobs could not be cancelled', said);
    }
  },
  log: (folder, job) => join(studyPaths(folder).logs, `${job}.log`),
  fault: (word) => faults[word] ?? { clause: `Slurm calls it ${word}`, next: 'see the log, and resume the study' },
};

/** The job that this process is a task of, as Slurm tells it by variables; null outside of one. */
export function ownJob({ env } = process): { job: string; id: string; node: string | null } | null {
  const id = env['SLURM_JOB_ID'];
  if (id === undefined) return null;
  const [array, task] = [env['SLURM_ARRAY_JOB_ID'], env['SLURM_ARRAY_TASK_ID']];
  return {
    job: array === undefined || task === undefined ? id : `${array}_${task}`,
    id,
    node: env['SLURMD_NODENAME'] ?? null,
  };
}

/** Has Slurm begin the job of this process again. @returns whether it will */
export async function requeueOwn(id: string): Promise<boolean> {
  const said = await command('scontrol', ['requeue', id]).catch(() => null);
  return said?.code === 0;
}
