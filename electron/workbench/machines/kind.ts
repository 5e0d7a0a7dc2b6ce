/** What a kind of machine declares; the service (service.ts) does everything else. */
import type { MachineOptions } from '../../../shared/machines.ts';

/** What is asked of a machine for each run: the person's options, completed from the study's estimate. */
export interface Needs {
  /** Minutes, mebibytes, threads and GPUs that each run may take. */
  minutes: number;
  memory: number;
  threads: number;
  gpus: number;
  partition: string | null;
  /** How many runs of one submission compute at the same time at most; null for as many as the machine lets. */
  atOnce: number | null;
  /** Lines of a shell that make a node ready, before the program is started. */
  before: readonly string[];
  /** Directives of the person, as they are. */
  extra: readonly string[];
}

/** Runs that are given to a machine together. */
export interface Submission {
  /** What it is called among the machine's jobs. */
  name: string;
  /** The study's folder. */
  folder: string;
  /** File that names its runs by the index of their task. */
  file: string;
  runs: number;
  /** How Valleywalk is started there, as one shell command. */
  program: string;
  needs: Needs;
}

/** What a submission of a study is called among the machine's jobs: no two have the same name. @param number as in its file */
export function submissionName(study: string, number: string): string {
  return `valleywalk-${study}-${number}`;
}

/** The word for a job that a machine knows no more. */
export const unknown = 'unknown';

/** What a machine says of one job. */
export interface JobState {
  /** Whether it waits, computes, or is over. */
  phase: 'waits' | 'runs' | 'over';
  /** The machine's own word. */
  word: string;
  /** The machine's own word for why; null where it gives none. */
  reason: string | null;
  node: string | null;
  restarts: number;
}

/** A kind of machine. What fails is told by a ValleywalkError of one sentence: what, where, and what to do. */
export interface MachineKind {
  /** As in a list to choose from. */
  title: string;
  /** What it is, in a sentence. */
  help: string;
  /** The exact text that it is given. @throws ValleywalkError kind `input` for what cannot be asked of it */
  script(submission: Submission): string;
  /** Asks whether it would take a script, without giving it. @throws ValleywalkError kind `input` */
  test(script: string, environment: Environment): Promise<void>;
  /** Gives it a script. @returns the ids of its jobs, in the order of the tasks */
  submit(script: string, runs: number, environment: Environment): Promise<string[]>;
  /**
   * Looks for a submission by its name, the newest of that name.
   * @returns the ids of its jobs, as {@link MachineKind.submit} gives them; null where the machine knows none, or none any more
   * @throws ValleywalkError kind `internal` where it does not answer
   */
  find(name: string, runs: number): Promise<string[] | null>;
  /** How many runs one submission may have at most. */
  mostRuns(): Promise<number>;
  /** What it says of jobs; one that it knows no more is left out. @throws ValleywalkError kind `internal` where it does not answer */
  states(jobs: readonly string[]): Promise<Map<string, JobState>>;
  /** Ends jobs, those that wait too. */
  cancel(jobs: readonly string[]): Promise<void>;
  /** Path of the log of a job's task. */
  log(folder: string, job: string): string;
  /** What follows when a job is over without the run having come to its end: its word in a sentence's clause, and what to do. */
  fault(word: string): { clause: string; next: string };
}

/** Variables beside those of this process. */
export type Environment = Readonly<Record<string, string>>;

/** Completes what a person asks of a machine. @param most seconds and bytes of memory that the largest run is estimated to take here */
export function needsOf(
  { minutes, memory, threads = 1, gpus, partition, atOnce, before = [], extra = [] }: MachineOptions,
  most: { seconds: number; memoryBytes: number },
  backend: string,
): Needs {
  return {
    // a node may be slower than this machine, and a run has fewer threads there
    minutes: minutes ?? 10 + Math.ceil((4 * most.seconds) / 60),
    // what libraries and two processes take beside the estimate
    memory: memory ?? 256 * Math.ceil((1.5 * most.memoryBytes) / 2 ** 28 + 3),
    threads,
    gpus: gpus ?? (backend === 'cuda' || backend === 'webgpu' ? 1 : 0),
    partition: partition ?? null,
    atOnce: atOnce ?? null,
    before,
    extra,
  };
}
