import { describe, expect, it } from 'vitest';
import { blankCurvature } from '../../blank-records.ts';
import { measurements } from '../../compare/measurements.ts';
import { experimentSchema } from '../../experiment.ts';
import { epochColumns, fromColumns } from '../../records.ts';
import type { CurvatureRecord, EpochRecord } from '../../records.ts';
import { buildChart, paperStyle, screenStyle } from '../index.ts';
import { drawnPoints, syntheticWalk, testData, testRun } from '../testing.ts';

const records = (alignment: number | null = 0.25): CurvatureRecord[] =>
  [0, 1, 2].flatMap((epoch) =>
    [1, 2].map((rank) =>
      blankCurvature({
        iteration: 60 * epoch,
        epoch,
        rank,
        eigenvalue: 10 * (epoch + 1) - 5 * rank,
        residual: 0.5,
        alignment: epoch === 2 ? null : alignment === null ? null : alignment / rank,
      }),
    ),
  );
const measured = testRun('curved', {});
const data = (name = 'curved') => testData({ ...measured, ...testRun(name) }, [], [], [], records());
const style = screenStyle('light');
const syntheticEpoch = fromColumns<EpochRecord>(epochColumns, syntheticWalk().epochs)[0]!;

describe('the eigenvalue chart', () => {
  it('draws every eigenvalue of one run, with its residual', () => {
    const chart = buildChart({ chart: 'curvature', metric: 'eigenvalue' }, [data()], style);
    expect(chart.empty).toBeNull();
    expect(drawnPoints(chart, 'run.0')).toEqual([
      [0, 5],
      [1, 15],
      [2, 25],
    ]);
    expect(drawnPoints(chart, 'run.1')).toEqual([
      [0, 0],
      [1, 10],
      [2, 20],
    ]);
    expect((chart.option.series as { id: string }[]).map(({ id }) => id)).toContain('residual.1');
    expect(chart.table).toMatchObject({ columns: ['curve', 'epoch', 'eigenvalue', 'residual'] });
    expect(chart.table.rows).toHaveLength(6);
    expect(chart.table.rows[1]).toEqual(['λ₁', 1, 15, 0.5]);
    expect(chart.readout(1.2)).toEqual({
      title: 'Epoch 1',
      rows: [
        { label: 'λ₁', value: '15, residual 0.5' },
        { label: 'λ₂', value: '10, residual 0.5' },
      ],
    });
  });

  it('draws the edge of stability of gradient descent where asked, within its axis, and of nothing else', () => {
    const of = (optimizer: object, model: object = {}) =>
      testData(testRun('edge', { experiment: experimentSchema.parse({ optimizer, model }) }), [], [], [], records());
    const drawn = (runs: [ReturnType<typeof of>, ...ReturnType<typeof of>[]], edge = true) => {
      const chart = buildChart({ chart: 'curvature', metric: 'eigenvalue', edge }, runs, style);
      const line = (chart.option.series as { id: string; markLine?: { data: { yAxis: number }[] } }[]).find(
        ({ id }) => id === 'edge',
      );
      const legend = (chart.option.legend as { data: { name: string }[] }).data.map(({ name }) => name);
      return { at: line?.markLine?.data[0]?.yAxis ?? null, notes: chart.notes, axis: chart.option.yAxis, legend };
    };
    const gd = of({ kind: 'gd', learningRate: 0.05 });
    expect(drawn([gd]).at).toBe(40);
    expect(drawn([gd]).notes[0]).toMatch(/^dashed: 2\/learning rate = 40, /);
    expect((drawn([gd]).axis as { max: number }).max).toBeGreaterThanOrEqual(40);
    // a figure has no notes under it: its legend tells the line
    expect(drawn([gd]).legend).toEqual(['2/learning rate', 'λ₁', 'λ₂']);
    expect(drawn([gd], false).at).toBeNull();
    expect(drawn([gd], false).legend).toEqual(['λ₁', 'λ₂']);
    for (const others of [
      of({ kind: 'gd', learningRate: 0.05, momentum: 0.9 }),
      of({ kind: 'gd', learningRate: 0.05, schedule: { kind: 'step' } }),
      of({ kind: 'gd', learningRate: 0.05, warmup: { kind: 'linear', iterations: 1 } }),
      of({ kind: 'gd', learningRate: 0.05, clipping: { kind: 'norm' } }),
      of({ kind: 'gd', learningRate: 0.05, weightDecay: 0.1 }),
      of({ kind: 'sgd' }),
      of({ kind: 'gd', learningRate: 0.05 }, { batchNorm: true }),
    ])
      expect(drawn([others]).at).toBeNull();
    expect(drawn([gd, of({ kind: 'gd' })]).at).toBeNull();
    expect(drawn([of({ kind: 'gd' }, { batchNorm: true })]).notes).toContainEqual(
      expect.stringMatching(/^batch norm by/),
    );
    expect(drawn([gd]).notes).not.toContainEqual(expect.stringMatching(/^batch norm/));
  });

  it('draws the largest of several runs, on paper too', () => {
    const chart = buildChart({ chart: 'curvature', metric: 'eigenvalue' }, [data('a'), data('b')], paperStyle('light'));
    expect(drawnPoints(chart, 'run.1')).toHaveLength(3);
    expect(chart.table.columns).toEqual(['run', 'name', 'epoch', 'eigenvalue', 'residual']);
    expect(chart.table.rows).toHaveLength(6);
  });

  it('leaves out of a log axis what is not above zero, and says so', () => {
    const chart = buildChart({ chart: 'curvature', metric: 'eigenvalue' }, [data()], style, { log: true });
    expect(chart.notes.join()).toMatch(/1 /);
    expect(chart.table.rows).toHaveLength(5);
  });

  it('says what would fill it', () => {
    const chart = buildChart({ chart: 'curvature', metric: 'eigenvalue' }, [testData(testRun())], style);
    expect(chart.empty).toMatch(/not measured in this run; choose a method/);
  });
});

/** Both ends at three epochs: λ_max 3, 3, 3 and λ_min −1, −4, −3.1, each with a residual of 0.2, rows as they are stored. */
const ends = (name = 'curved'): ReturnType<typeof data> =>
  testData(
    { ...measured, ...testRun(name) },
    [],
    [],
    [],
    [-1, -4, -3.1].flatMap((smallest, epoch) =>
      [-1, 1].map((rank) =>
        blankCurvature({
          iteration: 60 * epoch,
          epoch,
          rank,
          eigenvalue: rank === 1 ? 3 : smallest,
          residual: 0.2,
          alignment: rank === 1 ? 0.5 : 0.125,
        }),
      ),
    ),
  );

describe('both ends of the spectrum', () => {
  it('are drawn as λ_max and λ_min, and the alignment is that of the largest', () => {
    const chart = buildChart({ chart: 'curvature', metric: 'eigenvalue' }, [ends()], style);
    expect(chart.readout(1)!.rows).toEqual([
      { label: 'λₘₐₓ', value: '3, residual 0.2' },
      { label: 'λₘᵢₙ', value: '−4, residual 0.2' },
    ]);
    const alignment = buildChart({ chart: 'curvature', metric: 'alignment' }, [ends()], style);
    expect(drawnPoints(alignment, 'run.')).toEqual([0, 1, 2].map((epoch) => [epoch, 0.5]));
    expect([...measurements(ends(), 'curvature', 'alignment').y]).toEqual([0.5, 0.5, 0.5]);
    expect([...measurements(ends(), 'curvature', 'eigenvalue').y]).toEqual([3, 3, 3]);
  });

  it('make the spectral norm, which says which end it is where that is resolved', () => {
    const chart = buildChart({ chart: 'curvature', metric: 'spectral_norm' }, [ends()], style, { log: true });
    expect(drawnPoints(chart, 'run.')).toEqual([
      [0, 3],
      [1, 4],
      [2, 3.1],
    ]);
    expect(chart.table).toEqual({
      columns: ['curve', 'epoch', 'spectral_norm', 'residual', 'end'],
      rows: [
        ['‖H‖₂', 0, 3, 0.2, 'λ_max'],
        ['‖H‖₂', 1, 4, 0.2, 'λ_min'],
        ['‖H‖₂', 2, 3.1, 0.2, null],
      ],
    });
    expect(chart.readout(1)!.rows[0]!.value).toBe('4, residual 0.2, λₘᵢₙ');
    expect(chart.readout(2)!.rows[0]!.value).toBe('3.1, residual 0.2, which end is not resolved');
    expect(chart.notes.join()).toContain('At 1 of 3 points the residual exceeds the difference');
    const several = buildChart({ chart: 'curvature', metric: 'spectral_norm' }, [ends('a'), ends('b')], style);
    expect(several.table.columns).toEqual(['run', 'name', 'epoch', 'spectral_norm', 'residual', 'end']);
    expect([...measurements(ends(), 'curvature', 'spectral_norm').y]).toEqual([3, 4, 3.1]);
  });

  it('are told apart from a run that measured one of them', () => {
    const chart = buildChart({ chart: 'curvature', metric: 'spectral_norm' }, [data()], style);
    expect(chart.empty).toMatch(/Only the largest eigenvalues were measured in this run/);
    expect(measurements(data(), 'curvature', 'spectral_norm').y).toHaveLength(0);
    const epochs = [{ ...syntheticEpoch, lambda_max: 3 }];
    const old = testData(testRun(), [], [], epochs);
    expect(buildChart({ chart: 'epoch-metric', metric: 'spectral_norm' }, [old], style).empty).toMatch(
      /before the smallest eigenvalue was measured too/,
    );
  });

  it('say where an eigenvalue is below what is resolved', () => {
    const zero = testData(
      testRun(),
      [],
      [],
      [],
      [
        blankCurvature({ rank: -1, eigenvalue: 0, residual: 2e-20 }),
        blankCurvature({ rank: 1, eigenvalue: 2e-14, residual: 1e-20 }),
      ],
    );
    const chart = buildChart({ chart: 'curvature', metric: 'eigenvalue' }, [zero], style);
    expect(chart.readout(0)!.rows[1]).toEqual({ label: 'λₘᵢₙ', value: '0, below 2.000e−20 not resolved' });
  });
});

describe('the alignment chart', () => {
  it('draws the share in the span of all eigenvectors, and that along the first', () => {
    const chart = buildChart({ chart: 'curvature', metric: 'alignment' }, [data()], style);
    expect(drawnPoints(chart, 'run.0')).toEqual([
      [0, 0.375],
      [1, 0.375],
    ]);
    expect(drawnPoints(chart, 'run.1')).toEqual([
      [0, 0.25],
      [1, 0.25],
    ]);
    expect(chart.table.columns).toEqual(['curve', 'epoch', 'alignment']);
  });
});
