/** C2: SGD bounces off valley walls at a height above the floor. */
import { iterationsPerEpoch } from '../experiment.ts';
import { meanOf } from './autocorrelation.ts';
import {
  answering,
  fallingHeights,
  plane,
  shuffledFlat,
  turningAtRandom,
  unresolved,
  valley,
} from './calibration/walks.ts';
import type { Claim } from './claim.ts';
import {
  answersAt,
  at,
  distinct,
  isSgd,
  isWellProbed,
  probedCount,
  probedRows,
  resolutionsAt,
  settingKey,
  settingLabels,
  wellProbed,
} from './evidence.ts';
import type { ClaimRun } from './evidence.ts';
import { beyondResolution, meanBasis, shareBasis, tested } from './statistic.ts';

export const bounces: Claim = {
  claim: 'C2',
  title: 'Bouncing between walls',
  words:
    'SGD moves by bouncing off valley walls at a height above the valley floor: consecutive gradients point in opposed directions.',
  preset: 'sgd-walk-desk',
  needs: 'training',
  comparesSettings: false,
  test({ runs }) {
    const sgd = runs.filter(isSgd);
    const used = distinct(sgd.filter(isWellProbed), probedCount);
    const shown = used.length > 0 ? used : sgd.filter((run) => probedRows(run).length > 0);
    const labels = settingLabels(shown);
    const named = (run: ClaimRun) => ({ setting: settingKey(run), label: labels.get(run)! });
    /** Probed iterations that have a gradient before theirs. */
    const withCosine = (run: ClaimRun): number[] =>
      probedRows(run).filter((row) => !Number.isNaN(run.iterations.gradient_cosine[row]!));
    const missing = used.length > 0 ? null : `${wellProbed}, by SGD with batches smaller than the training set`;
    const interior = shown.map((run) =>
      meanOf(at(run.iterations.interior_floor, withCosine(run)).filter((each) => !Number.isNaN(each))),
    );
    const shuffled = Math.max(
      -1,
      ...shown.map(({ experiment }) => -1 / Math.max(1, iterationsPerEpoch(experiment) - 1)),
    );
    return [
      tested(
        {
          key: 'bounces',
          role: 'decides',
          title: 'Share of iterations that bounce',
          symbol: 'p₂',
          formula: 'mean over probed iterations of [0 < α*_t < 1 and cos(g_{t−1}, g_t) < 0], then over runs',
          unit: null,
          share: true,
          threshold: 0.5,
          expected: 'above',
          null_words: 'with cosines of random sign half of the interior floors would count',
        },
        {
          ...shareBasis(
            shown.map((run) => ({ ...named(run), answers: answersAt(run.iterations.bounce, withCosine(run)) })),
            missing,
          ),
          nulls: [meanOf(interior.filter(Number.isFinite)) / 2],
        },
      ),
      tested(
        {
          key: 'cosine',
          role: 'decides',
          title: 'Mean cosine of consecutive gradients',
          symbol: 'c̄',
          formula:
            'mean over probed iterations of cos(g_{t−1}, g_t), then over runs; the threshold is −1/(M − 1) of M batches in an epoch',
          unit: null,
          threshold: shuffled,
          expected: 'below',
          null_words:
            'batches of an epoch are drawn without replacement: what one of them has more of the others have less, so that their noises have a mean cosine of −1/(M − 1) on any loss; a slope that they share raises it',
        },
        {
          ...meanBasis(
            shown.map((run) => ({ ...named(run), series: at(run.iterations.gradient_cosine, withCosine(run)) })),
            missing,
            { low: -1, high: 1 },
          ),
          nulls: [shuffled],
        },
      ),
      tested(
        {
          key: 'height',
          role: 'decides',
          title: 'Mean height above the floor',
          symbol: 'h̄',
          formula:
            'mean over probed iterations of min(ℓ_t(0), ℓ_t(1)) − f_t, then over runs, less what the evaluation resolves',
          unit: 'nats',
          threshold: 0,
          expected: 'above',
          null_words: 'a loss that is straight along every step has its floor at an end',
        },
        {
          ...beyondResolution(
            shown.map((run) => ({ ...named(run), ...heights(run) })),
            missing,
          ),
          nulls: [0],
        },
      ),
    ];
  },
  calibration: {
    nulls: [
      answering(['bounce'], { key: 'bounces', share: 0.5, correlation: 0.5 }),
      turningAtRandom,
      unresolved,
      shuffledFlat,
      { ...plane, mayContradict: true },
    ],
    truths: [
      valley,
      fallingHeights,
      answering(['bounce'], { key: 'bounces', share: 0.8, correlation: 0.5, iterations: 120 }),
    ],
  },
};

/** Height of the lower wall at the probed iterations, and what their evaluations resolve. */
function heights(run: ClaimRun): { series: Float64Array; resolution: Float64Array } {
  const rows = probedRows(run);
  const after = at(run.iterations.height_after, rows);
  return {
    series: at(run.iterations.height_before, rows).map((before, index) => Math.min(before, after[index]!)),
    resolution: resolutionsAt(run.iterations, rows),
  };
}
