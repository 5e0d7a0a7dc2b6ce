/** C6: the floor has barriers, and walking above it avoids them. */
import {
  convexFloors,
  crossingATenth,
  equallyRough,
  longerSegments,
  roughFloors,
  unsettledFloors,
} from './calibration/floors.ts';
import type { Claim } from './claim.ts';
import {
  answersAt,
  distinct,
  isSgd,
  isWellProbed,
  probedCount,
  probedRows,
  settingKey,
  settingLabels,
  wellProbed,
} from './evidence.ts';
import type { ClaimRun, FloorSegment, FloorStudy } from './evidence.ts';
import { shareBasis, tested } from './statistic.ts';
import type { Answered, Measured } from './statistic.ts';

/** Crossing barriers in fewer steps than this share is "hardly any". */
const hardlyAny = 0.1;

/** Fewest segments between settled floor points in a run. */
const fewestSegments = 20;

export const floorHasBarriers: Claim = {
  claim: 'C6',
  title: 'Barriers on the floor',
  words: 'The valley floor itself has barriers; walking above it avoids them: SGD crosses hardly any.',
  preset: 'valley-floor-desk',
  needs: 'sgd',
  comparesSettings: false,
  test({ runs, floors }) {
    const sgd = runs.filter(isSgd);
    const well = distinct(sgd.filter(isWellProbed), probedCount);
    const probed = well.length > 0 ? well : sgd.filter((run) => probedRows(run).length > 0);
    const labels = settingLabels(sgd);
    const named = (run: ClaimRun) => ({ setting: settingKey(run), label: labels.get(run)! });
    const studies = studiesOf(sgd, floors);
    return [
      tested(
        {
          key: 'barriers_crossed',
          role: 'decides',
          title: 'Share of steps that cross a barrier',
          symbol: 'p(walk)',
          formula: 'mean over probed iterations of [barrier], then over runs',
          unit: null,
          share: true,
          threshold: hardlyAny,
          expected: 'below',
          null_words: 'a convex loss has no barrier; a loss that goes up and down at random nearly always has one',
        },
        {
          ...shareBasis(
            probed.map((run) => ({ ...named(run), answers: answersAt(run.iterations.barrier, probedRows(run)) })),
            well.length > 0 ? null : wellProbed,
          ),
          nulls: [0],
        },
      ),
      tested(
        {
          key: 'floor_barriers',
          role: 'decides',
          title: 'Barriers on the settled floor beyond those of the walk above it',
          symbol: 'p(floor) − p(above)',
          formula:
            'share of segments between consecutive floor points with a barrier, less that of the segments between the points of the walk from which the floor was reached; where both descents settled, and the segment of the floor is not the longer one',
          unit: null,
          threshold: 0,
          expected: 'above',
          null_words:
            'a convex loss has no barrier anywhere; bumps that are equally likely on both paths cancel, though a segment that sags across a valley hides small ones',
        },
        {
          ...floorBasis(
            studies.map(([run, study]) => ({ ...named(run), segments: study.segments.filter(compares) })),
            studies,
          ),
          nulls: [0],
        },
      ),
      tested(
        {
          key: 'floor_barriers_all',
          role: 'paper',
          title: 'The same between all floor points, settled or not',
          symbol: 'p(floor) − p(above), all',
          formula:
            'share of segments between consecutive floor points with a barrier, less that of the segments above them',
          unit: null,
          threshold: 0,
          expected: 'above',
          null_words:
            'descents that did not settle end on the walls, and longer segments meet more barriers on any rough loss',
        },
        {
          ...floorBasis(
            studies.map(([run, { segments }]) => ({ ...named(run), segments })),
            studies,
          ),
          nulls: [],
        },
      ),
    ];
  },
  calibration: {
    nulls: [crossingATenth, convexFloors, equallyRough, longerSegments, unsettledFloors],
    truths: [roughFloors],
  },
};

/** Of every walk the study with the most segments that compare. */
function studiesOf(runs: readonly ClaimRun[], floors: readonly FloorStudy[]): [ClaimRun, FloorStudy][] {
  const weight = ({ segments }: FloorStudy): number => segments.filter(compares).length + segments.length / 1e6;
  const best = new Map<ClaimRun, FloorStudy>();
  for (const run of runs)
    for (const study of floors)
      if (study.run === run.run && (!best.has(run) || weight(study) > weight(best.get(run)!))) best.set(run, study);
  return distinct([...best.keys()], (run) => weight(best.get(run)!)).map((run) => [run, best.get(run)!]);
}

/** Whether a segment tells of the floor: both descents settled, and it is no longer than the one above, which alone would meet more barriers. */
function compares({ settled, floor_length, walk_length }: FloorSegment): boolean {
  return settled && floor_length <= walk_length;
}

function floorBasis(
  samples: readonly (Pick<Answered, 'setting' | 'label'> & { segments: readonly FloorSegment[] })[],
  studies: readonly (readonly [ClaimRun, FloorStudy])[],
): Measured<Answered> {
  const long = samples.filter(({ segments }) => segments.length >= fewestSegments);
  const shown = long.length > 0 ? long : samples;
  return shareBasis(
    shown.map(({ segments, ...named }) => ({
      ...named,
      answers: segments.map(({ floor }) => floor),
      less: segments.map(({ walk }) => walk),
    })),
    long.length > 0 ? null : floorMissing(studies.map(([, study]) => study)),
  );
}

/** What the valley-floor studies lack, with how many of their segments compare and why the others do not. */
function floorMissing(studies: readonly FloorStudy[]): string {
  const needed = `a valley-floor study of a run by SGD with at least ${fewestSegments} segments between settled floor points (${fewestSegments + 1} checkpoints)`;
  const segments = studies.flatMap((study) => study.segments);
  if (segments.length === 0) return needed;
  const settled = segments.filter((segment) => segment.settled);
  const longer = settled.filter((segment) => !compares(segment)).length;
  return `${needed}; of ${segments.length} segments here ${settled.length} lie between descents that settled${longer > 0 ? `, and ${longer} of these are longer than the segment above` : ''}: more steps or a larger rate let descents settle`;
}
