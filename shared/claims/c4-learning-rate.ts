/** C4: a large learning rate keeps a large height above the floor. */
import { meanOf } from './autocorrelation.ts';
import {
  heightsByRate,
  heightsOfTheirOwn,
  planeAcross,
  resolutionsOfTheirOwn,
  valleyAcross,
} from './calibration/contrasts.ts';
import type { Claim } from './claim.ts';
import type { Contrasted } from './contrast.ts';
import { isSgd } from './evidence.ts';
import { slopeOverSettings, slopeWithin } from './intervals.ts';
import type { Estimate, PlacedWithin } from './intervals.ts';
import { heightsOf, probedContrast } from './probed-contrast.ts';
import type { Heights } from './probed-contrast.ts';
import { tested } from './statistic.ts';

export const rateKeepsHeight: Claim = {
  claim: 'C4',
  title: 'Learning rate sets the height',
  words:
    'Learning rate and batch size play qualitatively different roles: a large learning rate keeps a large height above the valley floor.',
  preset: 'learning-rate-roles-desk',
  needs: 'training',
  comparesSettings: true,
  test({ runs }) {
    const { samples, missing } = probedContrast(
      runs.filter(isSgd),
      'optimizer.learningRate',
      'learning rates',
      (run, rows) => ({
        ...heightsOf(run, rows),
      }),
    );
    /** A run of the contrast, with its heights. */
    type Sample = (typeof samples)[number];
    const slope = (y: (sample: Sample) => number): Estimate =>
      slopeOverSettings(samples.map((sample) => ({ ...sample, y: y(sample) })));
    const common = { samples, missing, iterations: ({ iterations }: Sample) => iterations };
    const unresolved = samples.reduce((total, sample) => total + sample.unresolved, 0);
    const measured = samples.length > 0;
    return [
      tested(
        {
          key: 'height_learning_rate',
          role: 'paper',
          title: 'Growth of the height with the learning rate',
          symbol: 'γ(η)',
          formula:
            'slope of the mean of ℓ_t(1) − f_t on log₂ η at the same probed iterations, all other settings equal',
          unit: 'nats per doubling',
          threshold: 0,
          expected: 'above',
          null_words:
            'a loss that is straight between the ends of every step, which goes up with some of them: max(0, ℓ_t(1) − ℓ_t(0))',
        },
        {
          ...common,
          estimate: measured ? slope(({ after }) => after) : null,
          nulls: [slope(({ straight }) => straight).value],
          group: (members) => meanOf(members.map(({ after }) => after)),
        },
      ),
      tested(
        {
          key: 'height_above_learning_rate',
          role: 'decides',
          title: 'Growth of the lower wall with the learning rate',
          symbol: 'γ(η) − γ₀',
          formula:
            'slope of ln(h + ν) on ln η, h the mean of min(ℓ_t(0), ℓ_t(1)) − f_t, known within ν, the most that losses at any of these rates do not resolve, at the same probed iterations, all other settings equal',
          unit: null,
          threshold: 0,
          expected: 'above',
          null_words: 'a loss that is straight along every step has no lower wall, whatever the learning rate',
        },
        {
          ...common,
          estimate: measured ? slopeWithin(withinResolution(samples)) : null,
          unresolved,
          nulls: [0],
          group: (members) => meanOf(members.map(({ above }) => above)),
        },
      ),
    ];
  },
  calibration: {
    nulls: [planeAcross, heightsOfTheirOwn, resolutionsOfTheirOwn],
    truths: [valleyAcross, heightsByRate],
  },
};

/** Runs with ln(h + ν) on ln η, and the ends between which it lies; ν is the same in all of a family, so that it makes no slope of its own. */
function withinResolution<S extends Contrasted & Heights>(samples: readonly S[]): PlacedWithin[] {
  const coarsest = new Map<string, number>();
  for (const { family, resolution } of samples) coarsest.set(family, Math.max(resolution, coarsest.get(family) ?? 0));
  return samples.map((sample) => {
    const nu = coarsest.get(sample.family)!;
    return {
      ...sample,
      x: sample.x * Math.LN2,
      y: Math.log(sample.above + nu),
      least: Math.log(Math.max(0, sample.above - nu) + nu),
      most: Math.log(sample.above + 2 * nu),
    };
  });
}
