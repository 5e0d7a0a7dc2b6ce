/** C4: a large learning rate keeps a large height above the floor. */
import { meanOf } from './autocorrelation.ts';
import { heightsOfTheirOwn, planeAcross, valleyAcross } from './calibration/contrasts.ts';
import type { Claim } from './claim.ts';
import { isSgd } from './evidence.ts';
import { slopeOverSettings } from './intervals.ts';
import type { Estimate } from './intervals.ts';
import { heightsOf, probedContrast } from './probed-contrast.ts';
import { tested } from './statistic.ts';

export const rateKeepsHeight: Claim = {
  claim: 'C4',
  title: 'Learning rate sets the height',
  words:
    'Learning rate and batch size play qualitatively different roles: a large learning rate keeps a large height above the valley floor.',
  preset: 'learning-rate-roles-desk',
  needsTraining: true,
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
            'slope of ln(h + ν) on ln η, h the mean of min(ℓ_t(0), ℓ_t(1)) − f_t, 0 where the floor is not interior, ν what the losses resolve, at the same probed iterations, all other settings equal',
          unit: null,
          threshold: 0,
          expected: 'above',
          null_words: 'a loss that is straight along every step has no lower wall, whatever the learning rate',
        },
        {
          ...common,
          estimate: measured ? slope(({ above, resolution }) => Math.log(above + resolution)) : null,
          unresolved,
          nulls: [0],
          group: (members) => meanOf(members.map(({ above }) => above)),
        },
      ),
    ];
  },
  calibration: {
    nulls: [planeAcross, heightsOfTheirOwn],
    truths: [valleyAcross],
  },
};
