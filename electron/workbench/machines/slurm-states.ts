/** What Slurm says of jobs: `squeue --json` of every version from 21.08 on, and `sacct` where a job is known there only. */
import type { JobState } from './kind.ts';

/** Words of Slurm for a job that waits; any other that is not in {@link running} says that it is over. */
const waiting = new Set(['PENDING', 'REQUEUED', 'REQUEUE_FED', 'REQUEUE_HOLD', 'SPECIAL_EXIT', 'RESV_DEL_HOLD']);
const running = new Set([
  'RUNNING',
  'COMPLETING',
  'CONFIGURING',
  'RESIZING',
  'SIGNALING',
  'STAGE_OUT',
  'STOPPED',
  'SUSPENDED',
  'POWER_UP_NODE',
]);

/** Flags that newer versions tell beside the state, in the order in which they say more than it. */
const flags = ['COMPLETING', 'REQUEUED', 'REQUEUE_HOLD', 'CONFIGURING', 'STOPPED', 'SIGNALING'];

/** The controller did not answer squeue. */
export class SilentController extends Error {}

/** A number as squeue writes it: as it is, or with whether it is set. */
function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'object' || value === null) return null;
  const { set, number } = value as { set?: unknown; number?: unknown };
  return set === true && typeof number === 'number' ? number : null;
}

const wordOf = (value: unknown): string | null =>
  typeof value === 'string' && !['', 'None', '(null)'].includes(value) ? value : null;

/** The state of a job in one word: older versions write a word, newer a list of the state and its flags. */
function stateOf(value: unknown): string {
  const words = (Array.isArray(value) ? value : [value]).filter((word): word is string => typeof word === 'string');
  const flag = flags.find((each) => words.includes(each) && !words.includes('RUNNING'));
  return flag ?? words[0] ?? 'UNKNOWN';
}

/** Whether a job with this word waits, computes or is over. */
export function phaseOf(word: string): JobState['phase'] {
  return waiting.has(word) ? 'waits' : running.has(word) ? 'runs' : 'over';
}

/** The indices of tasks that wait, as Slurm writes them: `0,3-5,8-12:2%4`. */
export function tasksOf(text: string): number[] {
  return text
    .replace(/%.*$/, '')
    .replaceAll(/[[\]]/g, '')
    .split(',')
    .flatMap((part) => {
      const [, first, last = first, step = '1'] = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(part.trim()) ?? [];
      if (first === undefined) return [];
      const tasks: number[] = [];
      for (let task = Number(first); task <= Number(last); task += Math.max(1, Number(step))) tasks.push(task);
      return tasks;
    });
}

/** The tasks of an array that are asked about and stand nowhere else: those of an entry whose list was cut. */
function others(array: number, jobs: ReadonlySet<string>, listed: ReadonlyMap<string, JobState>): string[] {
  return [...jobs].filter((id) => id.startsWith(`${array}_`) && !listed.has(id));
}

/**
 * Reads the output of `squeue --json`.
 * @param jobs ids that are asked about, `12_3`; others are left out
 * @throws SilentController where Slurm did not answer; Error where it is no such output
 */
export function readSqueue(text: string, jobs: ReadonlySet<string>): Map<string, JobState> {
  const { jobs: all, errors } = JSON.parse(text) as { jobs?: unknown; errors?: unknown };
  if (!Array.isArray(all)) throw new Error('it lists no jobs');
  // where the controller does not answer, squeue lists none, and ends well
  const problem = Array.isArray(errors) ? (errors[0] as Record<string, unknown> | undefined) : undefined;
  if (problem && all.length === 0) {
    const words = [problem['source'], problem['description'], problem['error']].filter((word) => wordOf(word) !== null);
    throw new SilentController(words.join(': '));
  }
  const states = new Map<string, JobState>();
  const cut: [array: number, state: JobState][] = [];
  for (const job of all as Record<string, unknown>[]) {
    const array = numberOf(job['array_job_id']);
    const task = numberOf(job['array_task_id']);
    const several = wordOf(job['array_task_string']);
    const tasks = several !== null && task === null ? tasksOf(several) : [task];
    const word = stateOf(job['job_state']);
    const phase = phaseOf(word);
    const state: JobState = {
      phase,
      word,
      // a longer text says more, and is what squeue shows
      reason: wordOf(job['state_description']) ?? wordOf(job['state_reason']),
      node: phase === 'waits' ? null : wordOf(job['nodes']),
      restarts: numberOf(job['restart_cnt']) ?? 0,
    };
    // lists of tasks end with "..." where they are longer than SLURM_BITSTR_LEN
    if (several?.includes('...') && task === null && array !== null) cut.push([array, state]);
    for (const each of tasks) {
      const id = array !== null && array > 0 && each !== null ? `${array}_${each}` : String(numberOf(job['job_id']));
      if (jobs.has(id)) states.set(id, state);
    }
  }
  for (const [array, state] of cut) for (const id of others(array, jobs, states)) states.set(id, state);
  return states;
}

/** Reads the output of `sacct -n -P -X -o JobID,State,NodeList`: what accounting remembers of jobs that squeue has forgotten. */
export function readSacct(text: string, jobs: ReadonlySet<string>): Map<string, JobState> {
  const states = new Map<string, JobState>();
  for (const line of text.split('\n')) {
    const [id, state, node] = line.split('|');
    if (id === undefined || state === undefined || !jobs.has(id)) continue;
    // CANCELLED by 1000
    const word = state.trim().split(' ')[0]!;
    const named = wordOf(node?.trim());
    states.set(id, {
      phase: phaseOf(word),
      word,
      reason: null,
      node: named === 'None assigned' ? null : named,
      restarts: 0,
    });
  }
  return states;
}
