import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromColumns, iterationColumns, sliceColumns } from '../../records.ts';
import type { IterationRecord, SliceRecord } from '../../records.ts';
import { buildChart, paperStyle, screenStyle } from '../index.ts';
import { drawnPoints, syntheticWalk, testData, testIteration, testRun, testSlice } from '../testing.ts';
import { walkNumbers } from './walk.ts';

/** Iterations 0 and 1 probed, 2 and 3 not, 4 probed with a barrier at α = 0.5. */
function handMade() {
  const zero = testSlice(0, [2, 1.5, 1.25, 1.5, 1.75]);
  const one = testSlice(1, [1.75, 1.5, 1, 0.75, 0.5]);
  const four = testSlice(4, [0.5, 0.6, 0.9, 0.4, 0.7]);
  const iterations: IterationRecord[] = [
    testIteration(0, { batch_loss: 2.1, ...zero.probed }),
    testIteration(1, { batch_loss: 1.7, ...one.probed }),
    testIteration(2, { batch_loss: 0.6 }),
    testIteration(3, { batch_loss: 0.55 }),
    testIteration(4, { batch_loss: 0.52, ...four.probed }),
  ];
  const slices: SliceRecord[] = [...zero.slices, ...one.slices, ...four.slices];
  return testData(testRun('hand made'), iterations, slices);
}

test('slice points lie at t + α, and gaps between probed windows are gaps in the line', () => {
  const chart = buildChart({ chart: 'walk' }, [handMade()], paperStyle('light'));
  expect(drawnPoints(chart, 'walk.slices.0').map(([x]) => x)).toEqual([0, 0.25, 0.5, 0.75, 1, 1, 1.25, 1.5, 1.75, 2]);
  expect(drawnPoints(chart, 'walk.slices.1')).toEqual([
    [4, 0.5],
    [4.25, 0.6],
    [4.5, 0.9],
    [4.75, 0.4],
    [5, 0.7],
  ]);
  expect(chart.empty).toBeNull();
});

test('the floor joins the minima at t + α*, broken like the slices', () => {
  const chart = buildChart({ chart: 'walk' }, [handMade()], paperStyle('light'));
  expect(drawnPoints(chart, 'walk.floor.0')).toEqual([
    [0.5, 1.25],
    [2, 0.5],
  ]);
  expect(drawnPoints(chart, 'walk.floor.1')).toEqual([[4.75, 0.4]]);
});

test('a barrier is marked at its highest interior point; batch loss is drawn only where nothing was probed', () => {
  const chart = buildChart({ chart: 'walk' }, [handMade()], paperStyle('light'));
  expect(drawnPoints(chart, 'walk.barriers')).toEqual([[4.5, expect.closeTo(0.9, 12)]]);
  expect(drawnPoints(chart, 'walk.batch')).toEqual([
    [2, 0.6],
    [3, 0.55],
  ]);
  expect(chart.description).toContain('1 barrier crossed');
  expect(chart.description).toContain('2 of 3 steps pass over an interior valley floor');
});

test('what lies below the resolution is neither barrier nor interior floor, and is named', () => {
  const raised = testSlice(0, [1, 1 + 1e-7, 1]);
  const dented = testSlice(1, [1, 1 - 1e-7, 1]);
  const valley = testSlice(2, [1, 0.5, 1]);
  const slices = [raised, dented, valley];
  const data = testData(
    testRun(),
    slices.map(({ probed }, t) => testIteration(t, probed)),
    slices.flatMap(({ slices: points }) => points),
  );
  const chart = buildChart({ chart: 'walk' }, [data], paperStyle('light'));
  expect(drawnPoints(chart, 'walk.barriers')).toEqual([]);
  const words = 'in 2 steps floor or barrier lies below what this evaluation resolves';
  expect(chart.notes).toContain(words);
  expect(chart.description).toContain(`1 of 3 steps pass over an interior valley floor; no barrier crossed; ${words}.`);
  // the read-out and the slice say the same; the raw height stays in the records
  const below = { label: 'Barrier', value: 'below what this evaluation resolves' };
  expect(chart.readout(0)!.rows).toContainEqual(below);
  expect(chart.readout(2)!.rows).toContainEqual({ label: 'Barrier', value: 'none' });
  const slice = buildChart({ chart: 'slice', iteration: 0 }, [data], paperStyle('light'));
  expect(drawnPoints(slice, 'slice.barrier')).toEqual([]);
  expect(slice.description).toContain('a barrier lies below what this evaluation resolves');
  expect(data.iterations.barrier_height[0]).toBeGreaterThan(0);
  const floors = buildChart({ chart: 'floor-histogram', epoch: null }, [data], paperStyle('light'));
  expect(floors.notes[0]).toContain('1 of 3 inside the step, 2 below what this evaluation resolves');
  expect(floors.table.columns).toEqual(['floor_alpha', 'probed_iterations', 'below_resolution']);
  expect(floors.table.rows.filter((row) => row[1] !== 0)).toEqual([
    [0, 1, 1],
    [0.5, 2, 1],
  ]);
  const map = buildChart({ chart: 'slice-map', reference: 'floor', scale: 'linear' }, [data], paperStyle('light'));
  expect(map.description).toContain('1 floor between the ends, in 2 slices below what this evaluation resolves');
});

test('hairlines stand where slices meet or end', () => {
  expect([...walkNumbers(handMade(), {}).meetings]).toEqual([0, 1, 2, 4, 5]);
});

test('a range keeps its iterations and no others', () => {
  const chart = buildChart({ chart: 'walk' }, [handMade()], paperStyle('light'), { range: { from: 1, to: 2 } });
  expect(drawnPoints(chart, 'walk.slices').map(([x]) => x)).toEqual([1, 1.25, 1.5, 1.75, 2]);
  expect(drawnPoints(chart, 'walk.batch')).toEqual([[2, 0.6]]);
  expect(chart.table.rows).toHaveLength(6);
});

test('the table holds one row for each drawn point', () => {
  const { table } = buildChart({ chart: 'walk' }, [handMade()], paperStyle('light'));
  expect(table.columns).toEqual([
    'iteration',
    'alpha',
    'x',
    'loss',
    'standard_error',
    'floor_loss',
    'barrier_height',
    'batch_loss',
  ]);
  expect(table.rows).toHaveLength(17);
  expect(table.rows[2]).toEqual([0, 0.5, 0.5, 1.25, null, 1.25, null, null]);
  // the end of slice 1 is its floor; the row before it is not
  expect(table.rows[9]).toEqual([1, 1, 2, 0.5, null, 0.5, null, null]);
  expect(table.rows[10]).toEqual([2, null, 2, null, null, null, null, 0.6]);
  expect(table.rows[14]).toEqual([4, 0.5, 4.5, 0.9, null, null, expect.closeTo(0.2, 12), null]);
});

test('the table is exactly what is drawn, whatever was probed and on whichever axis', () => {
  const walk = fc.record({
    seed: fc.integer({ min: 1, max: 1e6 }),
    iterations: fc.integer({ min: 1, max: 40 }),
    probed: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
    barriers: fc.array(fc.integer({ min: 0, max: 39 })),
    standardError: fc.option(fc.double({ min: 1e-6, max: 0.1, noNaN: true })),
    // heights up to 5 nats push some losses below zero
    height: fc.double({ min: 0.001, max: 5, noNaN: true }),
    log: fc.boolean(),
    range: fc.option(
      fc
        .record({ from: fc.integer({ min: 0, max: 20 }), to: fc.integer({ min: 15, max: 45 }) })
        .filter((range) => range.from <= range.to),
    ),
  });
  fc.assert(
    fc.property(walk, ({ probed, log, range, ...settings }) => {
      const data = syntheticWalk({ ...settings, probed: (t) => probed[t]! });
      const chart = buildChart({ chart: 'walk' }, [data], screenStyle('light'), { log, range });
      const { columns, rows } = chart.table;
      const column = (name: string): (number | string | null)[] => rows.map((row) => row[columns.indexOf(name)]!);
      const xs = column('x');
      const points = (name: string): unknown[] =>
        column(name).flatMap((value, row) => (value === null ? [] : [[xs[row], value]]));
      expect(points('loss')).toEqual(drawnPoints(chart, 'walk.slices'));
      expect(points('floor_loss')).toEqual(drawnPoints(chart, 'walk.floor'));
      expect(points('batch_loss')).toEqual(drawnPoints(chart, 'walk.batch'));
      expect(points('barrier_height')).toHaveLength(drawnPoints(chart, 'walk.barriers').length);
      expect([...xs]).toEqual([...xs].sort((one, other) => Number(one) - Number(other)));
    }),
    { numRuns: 200 },
  );
});

test('a walk evaluated on a subset has a band and says so', () => {
  const chart = buildChart({ chart: 'walk' }, [syntheticWalk({ standardError: 0.01 })], paperStyle('light'));
  const band = (chart.option.series as { id: string; name: string }[]).find(({ id }) => id === 'walk.band');
  // the same as a slice's
  expect(band?.name).toBe('± 2 standard errors');
  expect(chart.notes.join()).toContain('subset');
  expect(chart.table.rows[0]![4]).toBe(0.01);
});

test('without probed iterations the batch loss alone is drawn, with a note', () => {
  const chart = buildChart({ chart: 'walk' }, [syntheticWalk({ probed: () => false })], paperStyle('light'));
  expect(chart.empty).toBeNull();
  expect(chart.notes).toEqual(['no iteration was probed here: only the batch loss is drawn']);
});

test('without iterations it says what would fill it', () => {
  const data = testData(testRun('waiting', { status: 'queued' }));
  const chart = buildChart({ chart: 'walk' }, [data], screenStyle('dark'));
  expect(chart.empty).toBe('“waiting” is waiting in the queue; the training loss of its first iterations fills it.');
  expect(chart.table.rows).toEqual([]);
});

test('the read-out tells the loss under the pointer and the values of its iteration', () => {
  const chart = buildChart({ chart: 'walk' }, [handMade()], screenStyle('light'));
  const read = chart.readout(4.5)!;
  expect(read.title).toBe('Iteration 4, α = 0.5');
  expect(read.rows[0]).toEqual({ label: 'Training loss at α = 0.5', value: '0.9 nats' });
  expect(read.rows).toContainEqual({ label: 'Valley floor', value: '0.4 nats at α = 0.75' });
  expect(chart.readout(5)?.title).toBe('Iteration 4, α = 1');
  expect(chart.readout(17)).toBeNull();
});

test('what was evaluated beyond the steps is not in the walk, and the batch along them is', () => {
  const { run, iterations, slices } = handMade();
  const zero = testSlice(0, [2, 1.5, 1.25, 1.5, 1.75]).slices;
  const plain = buildChart({ chart: 'walk' }, [{ ...handMade() }], paperStyle('light'));
  const around = [-0.25, 1.25].map((alpha) => ({ ...zero[0]!, alpha, loss: 9, batch_loss: 8 }));
  const own = zero.map((point) => ({ ...point, batch_loss: point.loss! + 0.25 }));
  const rest = fromColumns<SliceRecord>(sliceColumns, slices).slice(5);
  const wide = testData(run, fromColumns<IterationRecord>(iterationColumns, iterations), [
    around[0]!,
    ...own,
    around[1]!,
    ...rest,
  ]);
  const chart = buildChart({ chart: 'walk' }, [wide], paperStyle('light'));
  expect(drawnPoints(chart, 'walk.slices')).toEqual(drawnPoints(plain, 'walk.slices'));
  expect(drawnPoints(chart, 'walk.along')).toEqual(own.map(({ alpha, batch_loss }) => [alpha, batch_loss]));
  const row = chart.table.rows.find(([t, alpha]) => t === 0 && alpha === 0.25)!;
  expect(row.at(-1)).toBe(1.75);
  expect(
    buildChart({ chart: 'slice-map', reference: 'floor', scale: 'linear' }, [wide], paperStyle('light')).table,
  ).toEqual(
    buildChart({ chart: 'slice-map', reference: 'floor', scale: 'linear' }, [handMade()], paperStyle('light')).table,
  );
});
