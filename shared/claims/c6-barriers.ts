/** C6: the floor has barriers, and walking above it avoids them. */
import type { Claim } from './claim.ts';
import {
  distinct,
  isSgd,
  isWellProbed,
  probedCount,
  probedRows,
  settingKey,
  settingLabels,
  wellProbed,
  at,
} from './evidence.ts';
import type { ClaimRun, FloorBarriers } from './evidence.ts';
import { meanOfFirst, share, testStatistic } from './test-statistic.ts';

/** Crossing barriers in fewer steps than this share is "hardly any". */
const hardlyAny = 0.1;

/** Fewest segments between floor points in a run. */
const fewestSegments = 20;

export const floorHasBarriers: Claim = {
  claim: 'C6',
  title: 'Barriers on the floor',
  words: 'The valley floor itself has barriers; walking above it avoids them: SGD crosses hardly any.',
  preset: 'valley-floor-desk',
  needsTraining: false,
  comparesSettings: false,
  test({ runs, floors }) {
    const sgd = runs.filter(isSgd);
    const well = distinct(sgd.filter(isWellProbed), probedCount);
    const probed = well.length > 0 ? well : sgd.filter((run) => probedRows(run).length > 0);
    const labels = settingLabels(sgd);
    const walked = probed.map((run) => ({
      setting: settingKey(run),
      label: labels.get(run)!,
      series: [at(run.iterations.barrier_height, probedRows(run)).map((height) => Number(height > 0))],
    }));
    const indicator = (answers: readonly (boolean | null)[]): Float64Array =>
      Float64Array.from(answers, (answer) => Number(answer === true));
    // of every walk the study with the most segments
    const longest = new Map<ClaimRun, FloorBarriers>();
    for (const run of sgd)
      for (const study of floors)
        if (study.run === run.run && study.floor.length === study.walk.length)
          if (study.floor.length > (longest.get(run)?.floor.length ?? 0)) longest.set(run, study);
    const studied = distinct([...longest.keys()], (run) => longest.get(run)!.floor.length).map((run) => {
      const { floor, walk } = longest.get(run)!;
      const below = indicator(walk);
      return {
        setting: settingKey(run),
        label: labels.get(run)!,
        series: [indicator(floor).map((barrier, index) => barrier - below[index]!)],
      };
    });
    const long = studied.filter(({ series }) => series[0]!.length >= fewestSegments);
    return [
      testStatistic(
        {
          key: 'barriers_crossed',
          title: 'Share of steps that cross a barrier',
          symbol: 'p(walk)',
          formula: 'mean over probed iterations of [barrier height > 0], then over runs',
          unit: null,
          threshold: hardlyAny,
          expected: 'below',
        },
        walked,
        meanOfFirst,
        well.length > 0 ? null : wellProbed,
        { bounds: share },
      ),
      testStatistic(
        {
          key: 'floor_barriers',
          title: 'Barriers on the floor beyond those of the walk above it',
          symbol: 'p(floor) − p(above)',
          formula:
            'share of segments between consecutive floor points with a barrier, less that of the segments between the points of the walk from which the floor was reached',
          unit: null,
          threshold: 0,
          expected: 'above',
        },
        long.length > 0 ? long : studied,
        meanOfFirst,
        long.length > 0
          ? null
          : `a valley-floor study of a run by SGD with at least ${fewestSegments} segments between floor points (${fewestSegments + 1} checkpoints)`,
        { bounds: { low: -1, high: 1 } },
      ),
    ];
  },
};
