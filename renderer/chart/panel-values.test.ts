/** Values at a place, and what is said of a range. */
import { describe, expect, it } from 'vitest';
import { blankIteration } from '../../shared/blank-records.ts';
import type { Chart } from '../../shared/charts/index.ts';
import { iterationColumns, sliceColumns, toColumns } from '../../shared/records.ts';
import type { IterationRecord, SliceRecord } from '../../shared/records.ts';
import { blankReason, isMerePlace, linkedReadout, rowsInView, valuesAt } from './panel-values.ts';

/** Iterations from a first one, those in `probed` with a height above the floor. */
function iterationsOf(from: number, count: number, probed: readonly number[] = []) {
  const rows = Array.from({ length: count }, (_, row): IterationRecord => {
    const iteration = from + row;
    return blankIteration({
      iteration,
      distance: iteration / 2,
      height_before: probed.includes(iteration) ? 0.5 : null,
    });
  });
  return toColumns<IterationRecord>(iterationColumns, rows);
}

describe('valuesAt', () => {
  const iterations = iterationsOf(3, 4);
  it('reads the iteration whose step the place is in', () => {
    expect(valuesAt(iterations, 4, ['distance'])).toEqual([{ key: 'distance', text: '2.000' }]);
    expect(valuesAt(iterations, 4.99, ['distance'])).toEqual([{ key: 'distance', text: '2.000' }]);
  });
  it('keeps the order of the metrics, and says of one that was not measured that it was not', () =>
    expect(valuesAt(iterations, 5, ['height_before', 'distance'])).toEqual([
      { key: 'height_before', text: '–' },
      { key: 'distance', text: '2.500' },
    ]));
  it('is null before the first and after the last iteration', () => {
    expect(valuesAt(iterations, 2.5, ['distance'])).toBeNull();
    expect(valuesAt(iterations, 7, ['distance'])).toBeNull();
    expect(valuesAt(iterationsOf(0, 0), 0, ['distance'])).toBeNull();
  });
});

describe('isMerePlace', () => {
  const [there, none] = [[{ iterations: iterationsOf(3, 4) }], [{ iterations: iterationsOf(0, 0) }]];
  it('is of a comparison what is drawn', () => {
    const spec = { chart: 'comparison' } as const;
    expect(isMerePlace({ spec, runs: there }, null)).toBe(true);
    expect(isMerePlace({ spec, runs: there }, { empty: 'nothing was measured' })).toBe(true);
    expect(isMerePlace({ spec, runs: there }, { empty: null })).toBe(false);
  });
  it('is of a run whether it has iterations, which its charts share, drawn here or beside', () => {
    const spec = { chart: 'walk' } as const;
    expect(isMerePlace({ spec, runs: there }, { empty: 'no losses' })).toBe(false);
    expect(isMerePlace({ spec, runs: none }, { empty: 'no losses' })).toBe(true);
    expect(isMerePlace({ spec, runs: [] }, null)).toBe(true);
  });
});

describe('blankReason', () => {
  const iterations = iterationsOf(0, 10, [6]);
  it('is null where one metric was measured in view', () => {
    expect(blankReason(iterations, ['height_before'], { from: 5, to: 8 })).toBeNull();
    expect(blankReason(iterations, ['height_after', 'height_before'], { from: 6.5, to: 7 })).toBeNull();
  });
  it('says what to do where none was', () => {
    expect(blankReason(iterations, ['height_before'], { from: 0, to: 6 })).toMatch(/zoom out/);
    expect(blankReason(iterations, ['height_before'], { from: 7, to: 10 })).toMatch(/zoom out/);
  });
});

describe('rowsInView', () => {
  const slices = toColumns<SliceRecord>(
    sliceColumns,
    [0, 0, 1, 2].map((iteration, alpha) => ({
      iteration,
      alpha,
      loss: 1,
      accuracy: null,
      standard_error: null,
      batch_loss: null,
    })),
  );
  const runs = [
    { iterations: iterationsOf(0, 5), slices },
    { iterations: iterationsOf(0, 3), slices },
  ];
  it('counts every row without a range', () => {
    expect(rowsInView(runs, null, false)).toBe(8);
    expect(rowsInView(runs, undefined, true)).toBe(16);
  });
  it('counts the rows of the range', () => {
    expect(rowsInView(runs, { from: 1, to: 3 }, false)).toBe(4);
    expect(rowsInView(runs, { from: 1, to: 3 }, true)).toBe(8);
    expect(rowsInView([], { from: 1, to: 3 }, true)).toBe(0);
  });
});

describe('linkedReadout', () => {
  const rows = Array.from({ length: 10 }, (_, index) => ({ label: `run ${index}`, value: String(index) }));
  const chartOf = (readout: Chart['readout']): Chart => ({ readout }) as Chart;
  it('shows the first rows and counts the others', () => {
    const read = linkedReadout(
      chartOf(() => ({ title: '', rows })),
      1,
    );
    expect(read?.rows).toEqual(rows.slice(0, 8));
    expect(read?.more).toBe(2);
  });
  it('counts none where all are shown', () =>
    expect(
      linkedReadout(
        chartOf(() => ({ title: '', rows: rows.slice(0, 2) })),
        1,
      )?.more,
    ).toBe(0));
  it('is null where the chart has nothing', () =>
    expect(
      linkedReadout(
        chartOf(() => null),
        1,
      ),
    ).toBeNull());
});
