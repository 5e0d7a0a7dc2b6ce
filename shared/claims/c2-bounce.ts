/** C2: SGD bounces off valley walls at a height above the floor. */
import type { Claim } from './claim.ts';
import {
  at,
  distinct,
  isSgd,
  isWellProbed,
  probedCount,
  probedRows,
  settingKey,
  settingLabels,
  wellProbed,
} from './evidence.ts';
import type { ClaimRun } from './evidence.ts';
import { meanOfFirst, share, testStatistic } from './test-statistic.ts';
import type { LabelledSample } from './test-statistic.ts';

/** Losses of about 1 carry float32 rounding below this; a lower height is none. */
const rounding = 2 ** -20;

export const bounces: Claim = {
  claim: 'C2',
  title: 'Bouncing between walls',
  words:
    'SGD moves by bouncing off valley walls at a height above the valley floor: consecutive gradients point in opposed directions.',
  preset: 'sgd-walk-desk',
  needsTraining: true,
  comparesSettings: false,
  test({ runs }) {
    const sgd = runs.filter(isSgd);
    const used = distinct(sgd.filter(isWellProbed), probedCount);
    const shown = used.length > 0 ? used : sgd.filter((run) => probedRows(run).length > 0);
    const labels = settingLabels(shown);
    const samples = (series: (run: ClaimRun, rows: number[]) => Float64Array): LabelledSample[] =>
      shown
        .map((run) => ({
          setting: settingKey(run),
          label: labels.get(run)!,
          series: [series(run, probedRows(run)).filter((value) => !Number.isNaN(value))],
        }))
        .filter((sample) => sample.series[0]!.length > 0);
    const missing = used.length > 0 ? null : `${wellProbed}, by SGD with batches smaller than the training set`;
    return [
      testStatistic(
        {
          key: 'bounces',
          title: 'Share of iterations that bounce',
          symbol: 'p₂',
          formula: 'mean over probed iterations of [0 < α*_t < 1 and cos(g_{t−1}, g_t) < 0], then over runs',
          unit: null,
          threshold: 0.5,
          expected: 'above',
        },
        samples(({ iterations }, rows) => at(iterations.bounce, rows)),
        meanOfFirst,
        missing,
        { bounds: share },
      ),
      testStatistic(
        {
          key: 'cosine',
          title: 'Mean cosine of consecutive gradients',
          symbol: 'c̄',
          formula: 'mean over probed iterations of cos(g_{t−1}, g_t), then over runs',
          unit: null,
          threshold: 0,
          expected: 'below',
        },
        samples(({ iterations }, rows) => at(iterations.gradient_cosine, rows)),
        meanOfFirst,
        missing,
        { bounds: { low: -1, high: 1 } },
      ),
      testStatistic(
        {
          key: 'height',
          title: 'Mean height above the floor',
          symbol: 'h̄',
          formula:
            'mean over probed iterations of min(ℓ_t(0), ℓ_t(1)) − f_t, then over runs; the threshold is rounding',
          unit: 'nats',
          threshold: rounding,
          expected: 'above',
        },
        samples(({ iterations }, rows) => {
          const after = at(iterations.height_after, rows);
          return at(iterations.height_before, rows).map((before, index) => Math.min(before, after[index]!));
        }),
        meanOfFirst,
        missing,
        { bounds: { low: 0, high: Infinity, log: true } },
      ),
    ];
  },
};
