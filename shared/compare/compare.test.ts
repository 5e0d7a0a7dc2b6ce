import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { experimentSchema } from '../experiment.ts';
import { syntheticWalk, testData, testIteration, testRun } from '../charts/testing.ts';
import { smooth } from './smoothing.ts';
import { summariseMetric, summaryRows, summaryTable } from './summary.ts';
import type { SummaryChoices, TableNumber } from './summary.ts';
import { escapeLatex, tableText } from './table-text.ts';

describe('smoothing', () => {
  it('is the exponential kernel average, whatever the spacing and the gaps', () => {
    const points = fc.array(
      fc.tuple(
        fc.double({ min: 0.1, max: 5, noNaN: true }),
        fc.option(fc.double({ min: -10, max: 10, noNaN: true }), { nil: NaN }),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(points, fc.double({ min: 0.1, max: 50, noNaN: true }), (steps, width) => {
        let at = 0;
        const x = Float64Array.from(steps, ([step]) => (at += step));
        const y = Float64Array.from(steps, ([, value]) => value);
        const smoothed = smooth(x, y, width);
        for (let i = 0; i < y.length; i++) {
          let [sum, weight] = [0, 0];
          for (let j = 0; j < y.length; j++) {
            if (Number.isNaN(y[j])) continue;
            const w = Math.exp(-Math.abs(x[i]! - x[j]!) / width);
            sum += w * y[j]!;
            weight += w;
          }
          if (Number.isNaN(y[i])) expect(smoothed[i]).toBeNaN();
          else expect(smoothed[i]).toBeCloseTo(sum / weight, 9);
        }
      }),
    );
  });

  it('keeps a constant, and leaves values as they are at width 0', () => {
    const x = Float64Array.from([0, 1, 5]);
    expect([...smooth(x, Float64Array.from([2, 2, 2]), 3)]).toEqual([2, 2, 2]);
    const y = Float64Array.from([1, NaN, 3]);
    expect(smooth(x, y, 0)).toBe(y);
  });
});

const choices: SummaryChoices = { record: 'iteration', metric: 'distance', group: null, band: 'none', baseline: null };

describe('the summary of a metric', () => {
  const run = testRun('r', {
    experiment: experimentSchema.parse({ data: { train: 200 }, optimizer: { batchSize: 100 } }),
  });
  const iterations = [3, 5, 1, 2, 4, 6].map((distance, t) =>
    testIteration(t, { distance, epoch: 1 + Math.floor(t / 2) }),
  );
  const epochs = syntheticWalk({ iterations: 6, perEpoch: 2 }).epochs;
  epochs.validation_accuracy.set([0.5, 0.9, 0.9]);
  const data = { ...testData(run, iterations), epochs };

  it('has least, greatest, last and the value where validation was best first', () => {
    // the second epoch ends with iteration 3
    expect(summariseMetric(data, 'iteration', 'distance')).toEqual({ minimum: 1, maximum: 6, last: 6, at_best: 2 });
    expect(summariseMetric(data, 'epoch', 'validation_accuracy')).toEqual({
      minimum: 0.5,
      maximum: 0.9,
      last: 0.9,
      at_best: 0.9,
    });
    expect(summariseMetric(data, 'iteration', 'floor_loss')).toEqual({
      minimum: null,
      maximum: null,
      last: null,
      at_best: null,
    });
  });

  it('takes an imported trajectory that tells no batch size as one epoch', () => {
    const imported = { learning_rate: null, batch_size: null, seed: null, notes: null };
    const one = syntheticWalk({ iterations: 6, perEpoch: 6 }).epochs;
    one.validation_accuracy.fill(0.5);
    const given = testData({ ...run, kind: 'imported', imported, iterations_total: 6 }, iterations);
    expect(summariseMetric({ ...given, epochs: one }, 'iteration', 'distance').at_best).toBe(6);
  });

  it('is the mean over a group, with its spread', () => {
    const other = testData(testRun('s'), [testIteration(0, { distance: 4 }), testIteration(1, { distance: 8 })]);
    const [row] = summaryRows([data, other], { ...choices, group: [] });
    expect(row).toMatchObject({
      label: 'all runs (2 runs)',
      values: { last: { middle: 7, count: 2 }, at_best: { middle: 2, count: 1 } },
      difference: null,
    });
    expect(row!.values.last.deviation).toBeCloseTo(Math.SQRT2, 12);
  });
});

/** A number of a table. */
function number(middle: number, half: number, count: number, changes: Partial<TableNumber> = {}): TableNumber {
  return { middle, low: middle - half, high: middle + half, half, deviation: half, count, written: 'half', ...changes };
}

describe('tables as text', () => {
  const table = {
    caption: 'Loss, 100% & more',
    columns: ['Run', 'Min_loss'],
    rows: [
      ['a_b & c%, "x"', number(-0.00012346, NaN, 1)],
      ['β|γ', number(2, 0.5, 3)],
      ['none', number(NaN, NaN, 0)],
    ],
  };

  it('escapes what LaTeX reads as its own', () => {
    expect(escapeLatex('\\ { } $ & # % _ ^ ~')).toBe(
      '\\textbackslash{} \\{ \\} \\$ \\& \\# \\% \\_ \\textasciicircum{} \\textasciitilde{}',
    );
    const latex = tableText(table, 'latex');
    expect(latex).toContain('\\caption{Loss, 100\\% \\& more}');
    expect(latex).toContain('a\\_b \\& c\\%, "x" & $-1.235 \\times 10^{-4}$ \\\\');
    expect(latex).toContain('β\\textbar{}γ & $2.000 \\pm 0.5000$ \\\\');
    expect(latex).toContain('none & -- \\\\');
    expect(latex).toContain('\\begin{tabular}{lr}');
    for (const rule of ['toprule', 'midrule', 'bottomrule']) expect(latex).toContain(`\\${rule}`);
  });

  it('leaves no special character bare in LaTeX, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const rest = escapeLatex(text)
          .replaceAll(/\\(textbackslash|textasciitilde|textasciicircum|textless|textgreater|textbar|ldots)\{\}/g, '')
          .replaceAll(/\$\\[a-z]+\$|\$-\$/g, '')
          .replaceAll(/\\[&%$#_{}]/g, '');
        expect(rest).not.toMatch(/[\\&%$#_{}~^]/);
      }),
    );
  });

  it('keeps every digit in CSV, and one line a row in Markdown', () => {
    expect(tableText(table, 'csv').split('\r\n')).toEqual([
      'Run,Min_loss,Min_loss standard deviation,Min_loss low,Min_loss high,Min_loss runs',
      '"a_b & c%, ""x""",-0.00012346,,,,1',
      'β|γ,2,0.5,1.5,2.5,3',
      'none,,,,,0',
      '',
    ]);
    const lines = tableText(table, 'markdown').trim().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[3]).toContain('β\\|γ');
    expect(lines[1]).toMatch(/^\| -+ \| -+: \|$/);
  });

  it('is made of the summary', () => {
    const asked = { ...choices, record: 'epoch', metric: 'train_loss' } as const;
    const made = summaryTable(summaryRows([syntheticWalk()], asked), [syntheticWalk()], asked);
    expect(made.columns).toEqual(['Run', 'Min', 'Max', 'Last', 'At best']);
    expect(tableText(made, 'latex')).toContain('quick walk');
  });

  it('has ends that are not as far on both sides, and words of the baseline itself', () => {
    const value = number(2, NaN, 3, { low: 1, high: 4, deviation: 1.5, written: 'ends' });
    const both = {
      caption: 'median (first to third quartile)',
      columns: ['Group', 'Last', 'Difference', 'Pairs'],
      rows: [
        ['a', value, { ...value, pairs: 3 }, 'paired by seed, 3 of 3 pairs'],
        ['b', value, 'baseline', ''],
      ],
    };
    expect(tableText(both, 'latex')).toContain('$2.000 (1.000$ to $4.000)$');
    expect(tableText(both, 'markdown')).toContain('2.000 (1.000 to 4.000)');
    expect(tableText(both, 'csv').split('\r\n').slice(0, 3)).toEqual([
      'Group,Last,Last standard deviation,Last low,Last high,Last runs,Difference,Difference standard deviation,Difference low,Difference high,Difference pairs,Pairs',
      'a,2,1.5,1,4,3,2,1.5,1,4,3,"paired by seed, 3 of 3 pairs"',
      'b,2,1.5,1,4,3,baseline,,,,,',
    ]);
  });
});
