/** Machines: where the runs of a study compute. What a person chooses, what is asked of each kind, and what is known of a run there. */
import { z } from 'zod';

/** The kinds of machines; electron/workbench/machines/index.ts declares what each does. `local` is the queue of this machine. */
export const machineNames = ['local', 'slurm'] as const;
/** One of them. */
type MachineName = (typeof machineNames)[number];
/** Those whose runs another program computes, beside this workbench. */
export type RemoteMachine = Exclude<MachineName, 'local'>;
const remoteMachines = ['slurm'] as const satisfies readonly RemoteMachine[];

const line = (what: string): z.ZodString =>
  z
    .string()
    .min(1, `${what} is empty; leave it out instead`)
    .max(500, `${what} has more than 500 characters`)
    .regex(/^[^\p{Cc}]*$/u, `${what} must stand on one line`);

/** What can be asked of a machine for every run; what is left out follows from the study's estimate. */
const machineOptionsSchema = z.strictObject({
  /** Folder that this machine and every node see under the same path; a folder for the study is made in it. */
  folder: line('the shared folder').optional(),
  /** Slurm's partition; its default one where left out. */
  partition: line('the partition')
    .regex(/^[\w,.-]+$/, 'a partition is named by letters, digits, "_", "-" and "."')
    .optional(),
  /** Minutes that a run may take. */
  minutes: z.int('must be whole minutes').min(1, 'must be at least a minute').max(1_000_000).optional(),
  /** Mebibytes of memory that a run may take. */
  memory: z
    .int('must be whole mebibytes')
    .min(64, 'must be at least 64 MB')
    .max(10_000_000, 'must be at most 10,000,000 MB')
    .optional(),
  /** Threads that each run computes with, and CPUs that it has. */
  threads: z.int('must be a whole number').min(1, 'must be at least one').max(1024, 'must be at most 1024').optional(),
  /** GPUs that each run has. */
  gpus: z.int('must be a whole number').min(0, 'must be 0 or more').max(64, 'must be at most 64').optional(),
  /** Folder on a node's own disk; the node's `SLURM_TMPDIR`, `TMPDIR` or temporary folder where left out. */
  scratch: line('the folder on the node').optional(),
  /** How many runs compute at the same time at most, of each array; as many as Slurm lets where left out. */
  atOnce: z
    .int('must be a whole number')
    .min(1, 'must be at least one')
    .max(100_000, 'must be at most 100,000')
    .optional(),
  /** Lines of a shell that make a node ready, as in `module load node`, before Valleywalk is started. */
  before: z.array(line('a line')).max(50, 'at most 50 lines').optional(),
  /** How Valleywalk is started on a node, as one shell command; as this one was where left out. */
  program: line('the program').optional(),
  /** More directives, each as it stands after `#SBATCH`, as in `--account=lab`. */
  extra: z
    .array(line('a directive').regex(/^-/, 'a directive begins with "-", as in --account=lab'))
    .max(50, 'at most 50 directives')
    .optional(),
});
export type MachineOptions = z.output<typeof machineOptionsSchema>;

/** What of it names programs and folders of the machine that submits, or of nodes. */
const places = ['folder', 'scratch', 'before', 'program', 'extra'] as const satisfies readonly (keyof MachineOptions)[];

/** Whether parameters of a request name such (`on` or `changes`): only clients on the workbench's own machine may choose them. */
export function namesPrograms(parameters: unknown): boolean {
  const { on, changes } = Object(parameters) as { on?: unknown; changes?: unknown };
  const { options } = Object(on) as { options?: unknown };
  return [options, changes].some((asked) => places.some((name) => name in (Object(asked) as object)));
}

/** What can be asked anew when runs are given to their machine again; folder and threads stay those of the study. */
export const machineChangesSchema = machineOptionsSchema.omit({ folder: true, threads: true });
export type MachineChanges = z.output<typeof machineChangesSchema>;

/** A machine that was chosen for a study, with what is asked of it. */
export const machineChoiceSchema = z.strictObject({
  machine: z.enum(remoteMachines),
  options: machineOptionsSchema.default(() => ({})),
});
export type MachineChoice = z.output<typeof machineChoiceSchema>;

/** A choice with what is asked anew; what is not stays as it was. */
export function changedChoice({ machine, options }: MachineChoice, changes: MachineChanges): MachineChoice {
  return { machine, options: { ...options, ...changes } };
}

/** Where a run is on a machine that computes it; absent for a run of the local queue. */
export const machineStateSchema = z.strictObject({
  machine: z.enum(remoteMachines),
  /** The study's folder that both see. */
  folder: z.string(),
  /** Id of the job, as the machine's own commands take it: `1234_7`; null until it was submitted. */
  job: z.string().nullable(),
  /** Number of the submission that it is given to the machine with, written down before that is; absent until then. */
  submission: z.string().optional(),
  /** Finished pieces that were taken in. */
  taken: z.int().min(0),
  /** SHA-256 of the last of them, which the next one names; absent before the first. */
  last: z.string().optional(),
  /** The machine's own word for its state. */
  state: z.string(),
  /** The machine's own word for why it waits or ended; null where it gives none. */
  reason: z.string().nullable(),
  /** The node that it computes on, or did last. */
  node: z.string().nullable(),
  /** How often the machine has begun it again by itself. */
  restarts: z.int().min(0),
});
export type MachineState = z.output<typeof machineStateSchema>;

/** What to do about words of Slurm for jobs that wait and never begin by themselves, by the word without spaces. */
const stuck: Readonly<Record<string, string>> = {
  PartitionTimeLimit:
    'the partition allows less time: stop the study, and resume it with less (--minutes) or another --partition',
  PartitionNodeLimit: 'the partition allows fewer nodes: stop the study, and resume it with another --partition',
  PartitionDown: 'the partition takes no jobs now: wait, or stop the study and resume it with another --partition',
  PartitionInactive: 'the partition is closed: stop the study, and resume it with another --partition',
  PartitionConfig:
    'the partition cannot give what was asked: stop the study, and resume it with less, or another --partition',
  BadConstraints:
    'no node has what was asked: stop the study, and resume it with less --memory or --gpus, or other directives (--sbatch)',
  JobHeldUser: 'it is held: let it go with scontrol release JOB',
  JobHeldAdmin: 'who runs the cluster holds it: ask them',
  launch_failed_requeued_held:
    'it could not be started on its node, and is held: see its log and the node, then scontrol release JOB',
  REQUEUE_HOLD: 'it is held: see its log, then scontrol release JOB',
  SPECIAL_EXIT: 'it is held: see its log, then scontrol release JOB',
  DependencyNeverSatisfied:
    'what it depends on failed: stop the study, and resume it without that directive (--sbatch)',
  InvalidAccount: 'its account is not known: stop the study, and resume it with --sbatch=--account=NAME',
  InvalidQOS: 'its quality of service is not known: stop the study, and resume it with --sbatch=--qos=NAME',
  QOSMaxWallDurationPerJobLimit:
    'its quality of service allows less time: stop the study, and resume it with less (--minutes)',
  AssocMaxWallDurationPerJobLimit: 'its account allows less time: stop the study, and resume it with less (--minutes)',
};

/** What to do where a job waits for something that does not come by itself, in a sentence; null where waiting helps. */
export function stuckWords(state: string, reason: string | null): string | null {
  for (const word of [reason, state]) {
    const next = word === null ? undefined : stuck[word.replaceAll(' ', '_')];
    if (next !== undefined) return `Slurm says ${state}${reason === null ? '' : ` (${reason})`}: ${next}`;
  }
  return null;
}

/** What is known of a run on a machine, on one line: `Slurm: PENDING (Priority), job 12_3`. */
export function machineStateText({ state, reason, node, job, restarts }: MachineState): string {
  return [
    `Slurm: ${state}${reason === null ? '' : ` (${reason})`}`,
    ...(node === null ? [] : [`on ${node}`]),
    ...(job === null ? [] : [`job ${job}`]),
    ...(restarts > 0 ? [`begun again ${restarts === 1 ? 'once' : `${restarts} times`}`] : []),
  ].join(', ');
}

/** What a machine would be told to do, for a dry run. */
export const machineScriptSchema = z.strictObject({
  /** The whole texts, one for each submission: a long array is cut into several. Where the machine does not say how long one may be, one. */
  scripts: z.array(z.string()),
  /** Runs that it computes. */
  runs: z.int().min(0),
});
