/** The panels of a comparison. */
import { describe, expect, it } from 'vitest';
import { ref, shallowRef } from 'vue';
import type { RunData } from '../../shared/charts/index.ts';
import { chartSpecSchema } from '../../shared/charts/request.ts';
import type { ComparisonSpec } from '../../shared/charts/request.ts';
import { syntheticWalk, testRun } from '../../shared/charts/testing.ts';
import { experimentSchema } from '../../shared/experiment.ts';
import { noRecords } from '../runs/run-data.ts';
import type { ComparisonChoices, QuantityChart } from './choices.ts';
import { measuredOf } from './metrics.ts';
import { gridOf, liveSpan, panelsBy, usefulGroupings, useComparisonPanels } from './panels.ts';

const runs = [
  { name: 'a', rate: 0.5 },
  { name: 'b', rate: 0.1 },
  { name: 'c', rate: 0.5 },
].map(({ name, rate }) =>
  testRun(name, { run: name, experiment: experimentSchema.parse({ name, optimizer: { learningRate: rate } }) }),
);
const data = runs.map((run) => ({ run, ...noRecords }));

describe('panelsBy', () => {
  const namesBy = (by: string, baseline: string | null): [string, string[]][] =>
    panelsBy(by, data, { baseline, group: null }).map(({ title, runs: own }) => [
      title,
      own.map(({ run }) => run.name),
    ]);

  it('is one panel without a grouping, or with one that is unknown', () => {
    expect(namesBy('', null)).toEqual([['', ['a', 'b', 'c']]]);
    expect(namesBy('colour', null)).toEqual([['', ['a', 'b', 'c']]]);
  });
  it('is one panel a value', () =>
    expect(namesBy('optimizer.learningRate', null)).toEqual([
      ['Learning rate 0.1', ['b']],
      ['Learning rate 0.5', ['a', 'c']],
    ]));
  it('has the baseline in each panel, last', () =>
    expect(namesBy('optimizer.learningRate', 'a')).toEqual([
      ['Learning rate 0.1', ['b', 'a']],
      ['Learning rate 0.5', ['c', 'a']],
    ]));
  it('has the runs of a baseline group that belong to it, or all where none does', () => {
    const grouped = [...runs, testRun('d', { run: 'd', experiment: runs[1]!.experiment, status: 'failed' })];
    const panels = (by: string, group: string[], values: string[]) =>
      panelsBy(
        by,
        grouped.map((run) => ({ run, ...noRecords })),
        { baseline: { group: values }, group },
      ).map(({ title, runs: own }) => [title, own.map(({ run }) => run.name)]);
    expect(panels('optimizer.learningRate', ['status'], ['finished'])).toEqual([['Learning rate 0.1', ['d', 'b']]]);
    expect(panels('status', ['optimizer.learningRate'], ['0.5'])).toEqual([
      ['failed', ['d', 'a', 'c']],
      ['finished', ['b', 'a', 'c']],
    ]);
  });
});

it('runs are grouped by what they differ in', () => {
  expect(usefulGroupings(runs).map(({ key }) => key)).toEqual(['optimizer.learningRate']);
  expect(usefulGroupings(runs.slice(0, 1))).toEqual([]);
});

describe('the horizontal axis while runs go on', () => {
  const { run, ...records } = syntheticWalk({ name: 'a', seed: 1 });
  const going = (status: 'running' | 'finished' | 'queued', planned: number) => ({
    ...records,
    run: { ...run, status, iterations_total: planned },
  });
  const endsAt = (reached: number[], data: Parameters<typeof liveSpan>[1], against: ComparisonSpec['against']) => [
    ...new Set(reached.map((to) => liveSpan([0, to], data, against)[1])),
  ];
  const reached = Array.from({ length: 600 }, (_, done) => done + 1);

  it('takes few lengths, the last one as planned', () => {
    expect(endsAt(reached, [going('running', 600)], 'iteration')).toEqual([75, 150, 300, 600]);
    expect(endsAt(reached, [going('running', 600), going('finished', 600)], 'distance').length).toBeLessThan(12);
  });
  it('is what is there where none goes on, or has begun', () => {
    expect(endsAt(reached, [going('finished', 600)], 'iteration')).toEqual(reached);
    const queued = { ...going('running', 600), iterations: noRecords.iterations };
    expect(endsAt(reached, [queued, going('queued', 600)], 'iteration')).toEqual(reached);
  });
});

describe('the panels of a figure', () => {
  const walks = ['a', 'b'].map((name) => {
    const { run, ...records } = syntheticWalk({ name, seed: 1 });
    return { run: { ...run, run: name }, ...records };
  });
  const chart = (name: string, changes: Partial<QuantityChart> = {}): QuantityChart => ({
    ...{ name, title: name, canLog: true, log: false, large: false },
    spec: chartSpecSchema.parse({ chart: 'comparison', ...measuredOf(name)! }) as ComparisonSpec,
    ...changes,
  });
  const charts = [
    chart('iteration.distance', { log: true }),
    chart('curvature.eigenvalue'),
    chart('epoch.train_loss', { large: true }),
  ];
  const ends = (): [number, number] => [0, 3];

  it('are those of the quantities, with their log axes and sizes; what is empty is told', () => {
    const all = { key: 'all', title: '', runs: walks };
    const grid = gridOf(charts, [all], 2, true, ends);
    expect(grid.columns).toBe(2);
    expect(grid.empty).toEqual(['curvature.eigenvalue']);
    expect(grid.panels.map(({ log, logX, row, title, ends: own }) => ({ log, logX, row, title, own }))).toEqual([
      { log: true, logX: true, row: undefined, title: '', own: undefined },
      { log: false, logX: true, row: 'whole', title: '', own: undefined },
    ]);
    expect(grid.panels[0]!.runs.map(({ run }) => run)).toEqual(['a', 'b']);
  });
  it('leave none out before everything is read', () => {
    const grid = gridOf(charts, [{ key: 'all', title: '', runs: walks }], 2, true, ends, false);
    expect(grid.empty).toEqual([]);
    expect(grid.panels).toHaveLength(charts.length);
  });
  it('of several values are a row a quantity, each with the ends that it shares', () => {
    const values = walks.map((walk) => ({ key: walk.run.run, title: `value ${walk.run.run}`, runs: [walk] }));
    const grid = gridOf(charts.slice(0, 1), values, 9, false, ends);
    expect(grid.columns).toBe(6);
    expect(grid.panels.map(({ row, title, ends: own }) => ({ row, title, own }))).toEqual([
      { row: 'new', title: 'value a', own: [0, 3] },
      { row: undefined, title: 'value b', own: [0, 3] },
    ]);
    expect(gridOf(charts.slice(1, 2), values, 2, false, ends).empty).toEqual([
      'curvature.eigenvalue (value a)',
      'curvature.eigenvalue (value b)',
    ]);
  });
  it('have nothing to zoom into until something that they draw was measured', () => {
    const read = shallowRef<RunData[]>([]);
    const drawn = shallowRef(charts);
    const { isEmpty } = useComparisonPanels(() => read.value, {
      ...{ charts: drawn, spec: ref(charts[0]!.spec), multiples: ref(''), logX: ref(false), sameRange: ref(false) },
    } as unknown as ComparisonChoices);
    expect(isEmpty.value).toBe(true);
    read.value = walks.map(({ run }) => ({ run, ...noRecords }));
    expect(isEmpty.value).toBe(true);
    read.value = walks;
    expect(isEmpty.value).toBe(false);
    drawn.value = charts.slice(1, 2);
    expect(isEmpty.value).toBe(true);
  });
  it('have nothing to zoom into where values have no place, lie beyond a log axis, or only differ from themselves', () => {
    const [distance] = charts;
    const measured = walks[0]!;
    const isEmpty = (of: readonly RunData[], change: Partial<ComparisonSpec>, log = false, logX = false): boolean => {
      const spec: ComparisonSpec = { ...distance!.spec, ...change };
      return useComparisonPanels(() => [...of], {
        ...{ charts: ref([{ ...distance!, spec, log }]), spec: ref(spec), multiples: ref('') },
        ...{ logX: ref(logX), sameRange: ref(false) },
      } as unknown as ComparisonChoices).isEmpty.value;
    };
    expect(isEmpty([measured], {})).toBe(false);
    expect(isEmpty([measured], {}, true, true)).toBe(false);
    const { iterations } = measured;
    const flat = { ...measured, iterations: { ...iterations, distance: iterations.distance.map(() => 0) } };
    expect(isEmpty([flat], {})).toBe(false);
    expect(isEmpty([flat], {}, true)).toBe(true);
    expect(isEmpty([{ ...measured, times: undefined }], { against: 'elapsed_seconds' })).toBe(true);
    const first = { ...measured, iterations: { ...iterations, iteration: iterations.iteration.map(() => 0) } };
    expect(isEmpty([first], {}, false, true)).toBe(true);
    expect(isEmpty([measured], { baseline: measured.run.run })).toBe(true);
    expect(isEmpty(walks, { baseline: measured.run.run }, true)).toBe(false);
  });
});
