/** C1: the loss between consecutive parameters is roughly convex with a minimum in between. */
import { answering, plane, unresolved, valley } from './calibration/walks.ts';
import type { Claim } from './claim.ts';
import {
  answersAt,
  both,
  distinct,
  isWellProbed,
  probedCount,
  probedRows,
  settingKey,
  settingLabels,
} from './evidence.ts';
import { wellProbed } from './evidence.ts';
import { shareBasis, tested } from './statistic.ts';

/** The flags that the statistic reads. */
const flags = ['interior_floor', 'convex'] as const;

export const convexWithFloor: Claim = {
  claim: 'C1',
  title: 'A valley floor between the steps',
  words:
    'The loss interpolated between the parameters before and after an update is roughly convex, with a minimum (the valley floor) in between, for most of training.',
  preset: 'sgd-walk-desk',
  needs: 'points',
  comparesSettings: false,
  test({ runs }) {
    const used = distinct(runs.filter(isWellProbed), probedCount);
    const shown = used.length > 0 ? used : runs.filter((run) => probedRows(run).length > 0);
    const labels = settingLabels(shown);
    const samples = shown.map((run) => {
      const rows = probedRows(run);
      const [interior, convex] = flags.map((flag) => answersAt(run.iterations[flag], rows));
      return {
        setting: settingKey(run),
        label: labels.get(run)!,
        answers: interior!.map((answer, index) => both(answer, convex![index]!)),
      };
    });
    return [
      tested(
        {
          key: 'convex_with_floor',
          role: 'decides',
          title: 'Share of slices that are roughly convex with an interior floor',
          symbol: 'p₁',
          formula: 'mean over probed iterations of [all second differences ≥ −ε and 0 < α*_t < 1], then over runs',
          unit: null,
          share: true,
          threshold: 0.5,
          expected: 'above',
          null_words:
            'a loss that is straight along every step has no interior floor, one that goes up and down at random is hardly ever convex',
        },
        { ...shareBasis(samples, used.length > 0 ? null : wellProbed), nulls: [0] },
      ),
    ];
  },
  calibration: {
    nulls: [
      answering(flags, { key: 'convex_with_floor', share: 0.5, correlation: 0 }),
      answering(flags, { key: 'convex_with_floor', share: 0.5, correlation: 0.8 }),
      answering(flags, { key: 'convex_with_floor', share: 0.5, correlation: 0.5, seedDeviation: 0.15 }),
      unresolved,
      { ...plane, mayContradict: true },
    ],
    truths: [answering(flags, { key: 'convex_with_floor', share: 0.8, correlation: 0.5, iterations: 120 }), valley],
  },
};
