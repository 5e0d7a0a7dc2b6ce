/** Who hears what a walk finds. */
import type { CurvatureRecord, EpochRecord, IterationRecord, SliceRecord } from '../../../shared/records.ts';
import type { ParameterFile } from '../../../shared/trainer-messages.ts';

/** Is told everything in order. */
export interface Observer {
  iteration: (record: IterationRecord) => void;
  /** A whole slice, α ascending. */
  slice: (records: SliceRecord[]) => void;
  epoch: (record: EpochRecord) => void;
  /** The eigenvalues at one iteration, by rising rank; before that iteration's record, after the epoch's that ends there. */
  curvature: (records: CurvatureRecord[]) => void;
  parameters: (file: ParameterFile) => void;
  /** Called after every piece of work, several times an iteration where it is probed. */
  tick: (iterationsDone: number) => void;
  /** Waits until there is room for more records. */
  room?: () => Promise<void>;
}

/** How a walk ended. */
export interface Outcome {
  status: 'finished' | 'stopped' | 'diverged';
  /** What happened, where, what to do; null unless diverged. */
  message: string | null;
}
