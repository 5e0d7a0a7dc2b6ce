import { describe, expect, it } from 'vitest';
import { GrowingColumns } from './columns.ts';

interface Row {
  iteration: number;
  alpha: number;
}
const batch = (...rows: [number, number][]) => ({
  iteration: Float64Array.from(rows, (row) => row[0]),
  alpha: Float64Array.from(rows, (row) => row[1]),
});
const make = () => new GrowingColumns<Row>(['iteration', 'alpha'], ['iteration', 'alpha']);

describe('GrowingColumns', () => {
  it('keeps what it had when it grows', () => {
    const columns = make();
    for (let t = 0; t < 1000; t++) columns.append(batch([t, 0], [t, 1]));
    const { iteration, alpha } = columns.view();
    expect(iteration).toHaveLength(2000);
    expect(iteration[1999]).toBe(999);
    expect([...alpha.subarray(0, 4)]).toEqual([0, 1, 0, 1]);
  });

  it('leaves out records that it has', () => {
    const columns = make();
    columns.append(batch([0, 0], [0, 1]));
    expect(columns.append(batch([0, 0.5], [0, 1], [1, 0]))).toBe(1);
    expect(columns.append(batch([0, 0], [0, 1], [1, 0]))).toBe(0);
    expect([...columns.view().iteration]).toEqual([0, 0, 1]);
    expect(columns.last('iteration')).toBe(1);
  });

  it('gives the same view until there is more', () => {
    const columns = make();
    columns.append(batch([0, 0]));
    const view = columns.view();
    columns.append(batch([0, 0]));
    expect(columns.view()).toBe(view);
    columns.append(batch([0, 1]));
    expect(columns.view().iteration).toHaveLength(2);
    expect(view.iteration).toHaveLength(1);
  });

  it('takes a large first batch and an empty one', () => {
    const columns = make();
    columns.append(batch(...Array.from({ length: 500 }, (_, t): [number, number] => [t, 0])));
    expect(columns.append(batch())).toBe(0);
    expect(columns.length).toBe(500);
  });
});
