/** C1: the loss between consecutive parameters is roughly convex with a minimum in between. */
import type { Claim } from './claim.ts';
import {
  at,
  distinct,
  isWellProbed,
  probedCount,
  probedRows,
  settingKey,
  settingLabels,
  wellProbed,
} from './evidence.ts';
import { meanOfFirst, share, testStatistic } from './test-statistic.ts';

export const convexWithFloor: Claim = {
  claim: 'C1',
  title: 'A valley floor between the steps',
  words:
    'The loss interpolated between the parameters before and after an update is roughly convex, with a minimum (the valley floor) in between, for most of training.',
  preset: 'sgd-walk-desk',
  needsTraining: false,
  comparesSettings: false,
  test({ runs }) {
    const used = distinct(runs.filter(isWellProbed), probedCount);
    const shown = used.length > 0 ? used : runs.filter((run) => probedRows(run).length > 0);
    const labels = settingLabels(shown);
    const samples = shown.map((run) => {
      const rows = probedRows(run);
      const alpha = at(run.iterations.floor_alpha, rows);
      const convex = at(run.iterations.convex, rows);
      return {
        setting: settingKey(run),
        label: labels.get(run)!,
        series: [alpha.map((floor, index) => Number(floor > 0 && floor < 1 && convex[index] === 1))],
      };
    });
    return [
      testStatistic(
        {
          key: 'convex_with_floor',
          title: 'Share of slices that are roughly convex with an interior floor',
          symbol: 'p₁',
          formula: 'mean over probed iterations of [all second differences ≥ −ε and 0 < α*_t < 1], then over runs',
          unit: null,
          threshold: 0.5,
          expected: 'above',
        },
        samples,
        meanOfFirst,
        used.length > 0 ? null : wellProbed,
        { bounds: share },
      ),
    ];
  },
};
