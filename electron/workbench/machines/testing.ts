/** A Slurm that only says what a test tells it: commands in a folder that stands first in PATH. The real one is tried by e2e/cluster/. */
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Such a Slurm. */
export interface FakeSlurm {
  /** Has a command say something on standard error and fail; null has it work again. */
  fails(command: string, message: string | null): void;
  /** Has sbatch give the job to Slurm, and fail then as where the answer is lost; null has it work again. */
  answerIsLost(message: string | null): void;
  /** Has sbatch give the job to Slurm and not end, until it may. */
  holds(does: boolean): void;
  /** Says what squeue tells of tasks from now on. */
  tells(
    jobs: readonly { job: number; task: number; state: string; reason?: string; node?: string; restarts?: number }[],
  ): void;
  /** It takes so many submissions, and no more. */
  takes(most: number): void;
  /** What sacct says of jobs from now on; until then there is no accounting. */
  accounts(lines: string): void;
  /** The scripts that were submitted, oldest first. */
  scripts(): string[];
  /** What was given to scancel, a line a call. */
  cancelled(): string;
  /** PATH with it, and PATH without any. */
  path: string;
}

/** Has so much time pass for whoever waits in this process. @returns what ends it */
export function timePasses(milliseconds: number): () => void {
  const now = performance.now.bind(performance);
  performance.now = () => now() + milliseconds;
  return () => void (performance.now = now);
}

/** The directives that it knows, as patterns. */
const known = [
  '--(job-name|partition|account|output)=.+',
  '--array=0-[0-9]+(%[0-9]+)?',
  '--(time|nodes|ntasks|cpus-per-task|gpus)=[0-9]+',
  '--mem=[0-9]+M',
  '--requeue',
  '--signal=B:USR2@[0-9]+',
  '--open-mode=append',
];

/** Writes one into a folder. @param mostTasks as MaxArraySize */
export function fakeSlurm(folder: string, mostTasks = 1001): FakeSlurm {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(folder, 'squeue.json'), '{"jobs":[]}');
  writeFileSync(join(folder, 'cancelled'), '');
  const command = (name: string, body: string): void => {
    const file = join(bin, name);
    writeFileSync(
      file,
      `#!/bin/bash\ncd ${JSON.stringify(folder)}\n[ -f ${name}.fails ] && { cat ${name}.fails >&2; exit 1; }\n${body}\n`,
    );
    chmodSync(file, 0o755);
  };
  command(
    'sbatch',
    [
      'script=$(cat)',
      // as sbatch does: directives stand before the first line of the shell, and each is an option that there is
      `wrong=$(awk 'NR > 1 && !/^#SBATCH / { exit } NR > 1' <<<"$script" | sed 's/^#SBATCH //' | grep -vE '^(${known.join('|')})$')`,
      '[ -n "$wrong" ] && { echo "sbatch: unrecognized option $wrong" >&2; exit 1; }',
      '[ "$1" = --test-only ] && exit 0',
      'n=$(ls script-* 2>/dev/null | wc -l); n=$((n + 1))',
      '[ -f most ] && [ $n -gt $(cat most) ] && { echo "sbatch: error: Job violates QOS policy (job submit limit)" >&2; exit 1; }',
      'printf "%s\\n" "$script" >script-$n',
      'while [ -f sbatch.holds ]; do sleep 0.02; done; [ -f sbatch.late ] && { cat sbatch.late >&2; exit 1; }; echo $((100 + n))',
    ].join('\n'),
  );
  command(
    'squeue',
    `for given in "$@"; do case $given in --name=*) name=\${given#--name=};; esac; done
[ -z "$name" ] && exec cat squeue.json
for script in script-*; do grep -qs "job-name=$name\$" $script && echo $((100 + \${script#script-})); done; exit 0`,
  );
  command('scancel', 'echo "$@" >>cancelled');
  command('scontrol', `echo "MaxArraySize            = ${mostTasks}"`);
  command('sinfo', 'echo main; echo urgent');
  command('sacct', '[ -f accounts ] && exec cat accounts; echo "Slurm accounting storage is disabled" >&2; exit 1');
  return {
    fails(name, message) {
      const file = join(folder, `${name}.fails`);
      if (message === null) rmSync(file, { force: true });
      else writeFileSync(file, message);
    },
    holds(does) {
      const file = join(folder, 'sbatch.holds');
      if (does) writeFileSync(file, '');
      else rmSync(file, { force: true });
    },
    answerIsLost(message) {
      const file = join(folder, 'sbatch.late');
      if (message === null) rmSync(file, { force: true });
      else writeFileSync(file, message);
    },
    tells(jobs) {
      const list = jobs.map(({ job, task, state, reason = 'None', node = '', restarts = 0 }) => ({
        ...{ array_job_id: job, array_task_id: task, array_task_string: '', job_id: job + task, job_state: state },
        ...{ state_reason: reason, nodes: node, restart_cnt: restarts },
      }));
      writeFileSync(join(folder, 'squeue.json'), JSON.stringify({ jobs: list }));
    },
    takes: (most) => writeFileSync(join(folder, 'most'), String(most)),
    accounts: (lines) => writeFileSync(join(folder, 'accounts'), lines),
    scripts() {
      const scripts: string[] = [];
      for (let number = 1; ; number++)
        try {
          scripts.push(readFileSync(join(folder, `script-${number}`), 'utf8'));
        } catch {
          return scripts;
        }
    },
    cancelled: () => readFileSync(join(folder, 'cancelled'), 'utf8'),
    path: `${bin}${delimiter}${process.env['PATH']}`,
  };
}
