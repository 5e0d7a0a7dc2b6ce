import { describe, expect, it } from 'vitest';
import { fromColumns, iterationColumns, sliceColumns } from '../../shared/records.ts';
import type { IterationRecord, SliceRecord } from '../../shared/records.ts';
import type { RecordBatch } from '../../shared/trainer-messages.ts';
import { outboxFor } from './outbox.ts';
import { noSlice } from './walk/probes/slice.ts';

function record(iteration: number): IterationRecord {
  return {
    iteration,
    epoch: 1,
    learning_rate: 0.1,
    noise_deviation: null,
    batch_loss: 2,
    gradient_norm: 1,
    gradient_cosine: null,
    update_norm: 0.1,
    distance: 0.1,
    path_length: 0.1,
    ...noSlice,
  };
}

const point: SliceRecord = { iteration: 0, alpha: 0.5, loss: 2, accuracy: 0.5, standard_error: null };

describe('outbox', () => {
  it('sends what waited 100 ms, all of it once and in order', () => {
    const sent: RecordBatch[] = [];
    let now = 0;
    const outbox = outboxFor(
      (batch) => sent.push(batch),
      () => null,
      () => now,
    );
    outbox.iteration(record(0));
    outbox.slice([point, { ...point, alpha: 1 }]);
    now = 99;
    outbox.tick();
    expect(sent).toEqual([]);
    now = 100;
    outbox.iteration(record(1));
    outbox.tick();
    outbox.flush();
    expect(sent).toHaveLength(1);
    expect(fromColumns(iterationColumns, sent[0]!.iterations)).toEqual([record(0), record(1)]);
    expect(fromColumns(sliceColumns, sent[0]!.slices)).toEqual([point, { ...point, alpha: 1 }]);
    expect(sent[0]!.epochs.epoch).toHaveLength(0);
    expect(sent[0]!.times.iteration).toHaveLength(0);
  });

  it('tells the time at the first and the last iteration of a batch', () => {
    const sent: RecordBatch[] = [];
    let seconds = 10;
    const outbox = outboxFor(
      (batch) => sent.push(batch),
      () => seconds,
      () => 0,
    );
    for (let iteration = 5; iteration < 9; iteration++, seconds += 0.5) outbox.iteration(record(iteration));
    outbox.flush();
    outbox.iteration(record(9));
    outbox.flush();
    const told = sent.map(({ times }) => [[...times.iteration], [...times.elapsed_seconds]]);
    expect(told).toEqual([
      [
        [5, 8],
        [10, 11.5],
      ],
      [[9], [12]],
    ]);
  });

  it('sends 200 iterations at once, however fast they came', () => {
    const sent: RecordBatch[] = [];
    const outbox = outboxFor(
      (batch) => sent.push(batch),
      () => null,
      () => 0,
    );
    for (let iteration = 0; iteration < 450; iteration++) {
      outbox.iteration(record(iteration));
      outbox.tick();
    }
    expect(sent.map(({ iterations }) => iterations.iteration.length)).toEqual([200, 200]);
  });
});
