import { describe, expect, it } from 'vitest';
import type { CurvatureRecord } from '../records.ts';
import { buildChart, paperStyle, screenStyle } from './index.ts';
import { drawnPoints, testData, testRun } from './testing.ts';

const records = (alignment: number | null = 0.25): CurvatureRecord[] =>
  [0, 1, 2].flatMap((epoch) =>
    [1, 2].map((rank) => ({
      iteration: 60 * epoch,
      epoch,
      rank,
      eigenvalue: 10 * (epoch + 1) - 5 * rank,
      residual: 0.5,
      alignment: epoch === 2 ? null : alignment === null ? null : alignment / rank,
    })),
  );
const measured = testRun('curved', {});
const data = (name = 'curved') => testData({ ...measured, ...testRun(name) }, [], [], [], records());
const style = screenStyle('light');

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
