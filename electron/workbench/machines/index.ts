/** The kinds of machines, each declared in a file of its own; `local`, the queue of this machine, is the jobs' own (../jobs/). */
import type { RemoteMachine } from '../../../shared/machines.ts';
import type { MachineKind } from './kind.ts';
import { slurm } from './slurm.ts';

/** Every kind by its name. */
export const machineKinds: Readonly<Record<RemoteMachine, MachineKind>> = { slurm };
