/** What every kind of job works with. */
import type { Dataset } from '../../../shared/datasets.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import type { Publish } from '../../../shared/protocol.ts';
import type { RunRecord } from '../../../shared/records.ts';
import type { Fork } from '../../processes/child.ts';
import type { Store } from '../store/store.ts';
import type { TrainerTimeouts } from './session.ts';

/** The workbench as jobs see it. */
export interface JobContext {
  store: Store;
  /** Starts a trainer process. */
  fork: Fork;
  publish: Publish;
  timeouts: TrainerTimeouts;
  /** The data sets as they are now. */
  datasets: () => readonly Dataset[];
  /** Called when a run has finished, before that is told. */
  runFinished: (run: RunRecord) => void;
  /** How many runs of this process are queued or running. */
  activeRuns: () => number;
  /** Called when records of a run were taken in that another machine computes: whoever watches the store tells them. */
  recordsTaken: (run: string) => void;
  /** What other machines are told. */
  machines: MachineContext;
}

/** What other machines are told of this program. */
interface MachineContext {
  version: string;
  /** How Valleywalk is started, as a shell command. */
  program: string;
  /** Variables by which trainers find the store's libraries. */
  environment: () => Readonly<Record<string, string>>;
  /** What a run would take on this machine; null where it cannot be told. */
  estimate: (experiment: Experiment, backend: string) => { seconds: number; memoryBytes: number } | null;
  /** Milliseconds between two looks at what they have done, for tests. */
  interval?: number;
}

/** What every kind of job can be asked for. */
export interface JobService {
  /** How many jobs of it are queued or running in this process. */
  active: () => number;
  /** Starts what may start, after the settings have changed. */
  settle: () => void;
  /** Stops everything and waits until nothing computes. */
  close: () => Promise<void>;
}
