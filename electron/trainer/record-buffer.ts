/** Collects records and sends them in batches, so that a fast run does not drown its listeners in messages. */
import {
  curvatureColumns,
  epochColumns,
  iterationColumns,
  sliceColumns,
  timeColumns,
  toColumns,
} from '../../shared/records.ts';
import type { CurvatureRecord, EpochRecord, IterationRecord, SliceRecord, TimeRecord } from '../../shared/records.ts';
import type { RecordBatch } from '../../shared/trainer-messages.ts';

/** Records waiting to be sent. */
export interface RecordBuffer {
  iteration: (record: IterationRecord) => void;
  slice: (records: readonly SliceRecord[]) => void;
  epoch: (record: EpochRecord) => void;
  curvature: (records: readonly CurvatureRecord[]) => void;
  /** Sends what waits when it has waited long enough or is much. */
  tick: () => void;
  /** Sends what waits. */
  flush: () => void;
}

/** Milliseconds that a record waits at most, and iterations that wait at most. */
const limits = { wait: 100, iterations: 200 };

/**
 * Makes a record buffer.
 * @param send is given each batch
 * @param elapsed seconds that the run has been computed; told of the first and last iteration of each batch, unless null
 * @param now a clock in milliseconds
 */
export function recordBufferFor(
  send: (batch: RecordBatch) => void,
  elapsed: () => number | null = () => null,
  now: () => number = () => performance.now(),
): RecordBuffer {
  let iterations: IterationRecord[] = [];
  let slices: SliceRecord[] = [];
  let epochs: EpochRecord[] = [];
  let curvature: CurvatureRecord[] = [];
  let times: TimeRecord[] = [];
  let sent = now();

  function flush(): void {
    sent = now();
    if (iterations.length + slices.length + epochs.length + curvature.length === 0) return;
    const batch: RecordBatch = {
      iterations: toColumns<IterationRecord>(iterationColumns, iterations),
      slices: toColumns<SliceRecord>(sliceColumns, slices),
      epochs: toColumns<EpochRecord>(epochColumns, epochs),
      curvature: toColumns<CurvatureRecord>(curvatureColumns, curvature),
      times: toColumns<TimeRecord>(timeColumns, times),
    };
    [iterations, slices, epochs, curvature, times] = [[], [], [], [], []];
    send(batch);
  }

  return {
    iteration(record) {
      iterations.push(record);
      const seconds = elapsed();
      // the first stays, the last follows the newest
      if (seconds !== null) times.splice(1, 1, { iteration: record.iteration, elapsed_seconds: seconds });
    },
    slice: (records) => void slices.push(...records),
    epoch: (record) => void epochs.push(record),
    curvature: (records) => void curvature.push(...records),
    tick() {
      if (iterations.length >= limits.iterations || now() - sent >= limits.wait) flush();
    },
    flush,
  };
}
