import { describe, expect, it } from 'vitest';
import { blankIteration, blankSlice } from '../../shared/blank-records.ts';
import { fromColumns, iterationColumns, sliceColumns } from '../../shared/records.ts';
import type { IterationRecord } from '../../shared/records.ts';
import type { RecordBatch } from '../../shared/trainer-messages.ts';
import { recordBufferFor } from './record-buffer.ts';

function record(iteration: number): IterationRecord {
  return blankIteration({
    iteration,
    learning_rate: 0.1,
    batch_loss: 2,
    gradient_norm: 1,
    update_norm: 0.1,
    distance: 0.1,
    path_length: 0.1,
  });
}

const point = blankSlice({ alpha: 0.5, loss: 2, accuracy: 0.5 });

describe('record buffer', () => {
  it('sends what waited 100 ms, all of it once and in order', () => {
    const sent: RecordBatch[] = [];
    let now = 0;
    const buffer = recordBufferFor(
      (batch) => sent.push(batch),
      () => null,
      () => now,
    );
    buffer.iteration(record(0));
    buffer.slice([point, { ...point, alpha: 1 }]);
    now = 99;
    buffer.tick();
    expect(sent).toEqual([]);
    now = 100;
    buffer.iteration(record(1));
    buffer.tick();
    buffer.flush();
    expect(sent).toHaveLength(1);
    expect(fromColumns(iterationColumns, sent[0]!.iterations)).toEqual([record(0), record(1)]);
    expect(fromColumns(sliceColumns, sent[0]!.slices)).toEqual([point, { ...point, alpha: 1 }]);
    expect(sent[0]!.epochs.epoch).toHaveLength(0);
    expect(sent[0]!.times.iteration).toHaveLength(0);
  });

  it('tells the time at the first and the last iteration of a batch', () => {
    const sent: RecordBatch[] = [];
    let seconds = 10;
    const buffer = recordBufferFor(
      (batch) => sent.push(batch),
      () => seconds,
      () => 0,
    );
    for (let iteration = 5; iteration < 9; iteration++, seconds += 0.5) buffer.iteration(record(iteration));
    buffer.flush();
    buffer.iteration(record(9));
    buffer.flush();
    const reported = sent.map(({ times }) => [[...times.iteration], [...times.elapsed_seconds]]);
    expect(reported).toEqual([
      [
        [5, 8],
        [10, 11.5],
      ],
      [[9], [12]],
    ]);
  });

  it('sends 200 iterations at once, however fast they came', () => {
    const sent: RecordBatch[] = [];
    const buffer = recordBufferFor(
      (batch) => sent.push(batch),
      () => null,
      () => 0,
    );
    for (let iteration = 0; iteration < 450; iteration++) {
      buffer.iteration(record(iteration));
      buffer.tick();
    }
    expect(sent.map(({ iterations }) => iterations.iteration.length)).toEqual([200, 200]);
  });
});
