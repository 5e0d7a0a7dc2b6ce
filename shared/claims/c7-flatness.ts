/** C7: SGD reaches flatter regions, which generalise better. */
import { batchSizeOf } from '../experiment.ts';
import { meanOf } from './autocorrelation.ts';
import { accuracyOfItsOwn, curvatureOfItsOwn, flatterIsBetter } from './calibration/curvature.ts';
import type { Claim } from './claim.ts';
import { contrastMissing, wellSeeded } from './contrast.ts';
import type { Contrasted } from './contrast.ts';
import { distinct, isSgd, settingKey, settingLabels } from './evidence.ts';
import type { ClaimRun } from './evidence.ts';
import { correlationOverSettings, slopeOverSettings } from './intervals.ts';
import { tested } from './statistic.ts';

const steps = ['optimizer.learningRate', 'optimizer.batchSize'];

/** A run: `y` is ln λ_max, `x` ln(η/B), `norm` ln ‖H‖₂, NaN where only one end of the spectrum was measured. */
type CurvatureSample = Contrasted & { accuracy: number; norm: number };

/** What decides between settings where neither claim holds. */
const nulls = 'settings that differ for reasons of their own, in whatever order';

export const flatGeneralises: Claim = {
  claim: 'C7',
  title: 'Flatter regions generalise',
  words:
    'SGD so reaches flatter regions (a smaller largest Hessian eigenvalue), which generalise better (validation accuracy).',
  preset: 'spectral-norm-desk',
  needs: 'training',
  comparesSettings: true,
  test({ runs }) {
    const samples = wellSeeded(samplesOf(runs.filter(isSgd)));
    const lacking = contrastMissing(samples, 'learning rates or batch sizes');
    const missing =
      lacking === null
        ? null
        : `${lacking}, each with the largest Hessian eigenvalue measured at the end of the same epoch`;
    const measured = samples.length > 0;
    const normed = samples.filter(({ norm }) => Number.isFinite(norm)).map((sample) => ({ ...sample, y: sample.norm }));
    return [
      tested(
        {
          key: 'curvature_step',
          role: 'decides',
          title: 'Growth of the curvature with the step',
          symbol: 'κ',
          formula: 'slope of ln λ_max on ln(η/B) at the end of the same epoch, all other settings equal',
          unit: null,
          threshold: 0,
          expected: 'below',
          null_words: nulls,
        },
        {
          samples,
          estimate: measured ? slopeOverSettings(samples) : null,
          missing,
          nulls: [0],
          group: (members) => Math.exp(meanOf(members.map(({ y }) => y))),
        },
      ),
      tested(
        {
          key: 'curvature_accuracy',
          role: 'decides',
          title: 'Correlation of curvature and validation accuracy over settings',
          symbol: 'r',
          formula:
            "Pearson's r of the settings' means of ln λ_max and of validation accuracy, at the end of the same epoch",
          unit: null,
          threshold: 0,
          expected: 'below',
          null_words: nulls,
        },
        {
          samples,
          estimate: measured
            ? correlationOverSettings(samples.map((sample) => ({ ...sample, x: sample.y, y: sample.accuracy })))
            : null,
          missing,
          nulls: [0],
          group: (members) => meanOf(members.map(({ accuracy }) => accuracy)),
        },
      ),
      tested(
        {
          key: 'spectral_norm_step',
          role: 'paper',
          title: 'Growth of the spectral norm with the step',
          symbol: 'κ(‖H‖)',
          formula: 'slope of ln ‖H‖₂ on ln(η/B) at the end of the same epoch, all other settings equal',
          unit: null,
          threshold: 0,
          expected: 'below',
          null_words: nulls,
        },
        {
          samples: normed,
          estimate: normed.length > 0 ? slopeOverSettings(normed) : null,
          missing,
          nulls: [0],
          group: (members) => Math.exp(meanOf(members.map(({ y }) => y))),
        },
      ),
    ];
  },
  calibration: {
    nulls: [accuracyOfItsOwn, curvatureOfItsOwn],
    truths: [flatterIsBetter],
  },
};

/** ln λ_max and validation accuracy at the last epoch at which every run of its family has both. */
function samplesOf(runs: readonly ClaimRun[]): CurvatureSample[] {
  const labels = settingLabels(runs);
  const byFamily = new Map<string, ClaimRun[]>();
  const measuredRuns = runs.filter((run) => measuredEpochs(run).size > 0);
  for (const run of distinct(measuredRuns, (each) => measuredEpochs(each).size)) {
    const key = settingKey(run, steps);
    byFamily.set(key, [...(byFamily.get(key) ?? []), run]);
  }
  return [...byFamily].flatMap(([family, members]) => {
    const measured = members.map(measuredEpochs);
    const epoch = Math.max(...[...measured[0]!.keys()].filter((each) => measured.every((epochs) => epochs.has(each))));
    if (!Number.isFinite(epoch)) return [];
    return members.map((run, index) => {
      const row = measured[index]!.get(epoch)!;
      const rate = run.experiment.optimizer.learningRate;
      return {
        setting: settingKey(run),
        label: labels.get(run)!,
        family,
        x: Math.log(rate / batchSizeOf(run.experiment)),
        y: Math.log(run.epochs.lambda_max[row]!),
        accuracy: run.epochs.validation_accuracy[row]!,
        norm: Math.log(run.epochs.spectral_norm[row]!),
      };
    });
  });
}

/** Rows of the epochs after the initialisation with an eigenvalue above 0 and a validation accuracy. */
function measuredEpochs({ epochs }: ClaimRun): Map<number, number> {
  const rows = new Map<number, number>();
  epochs.epoch.forEach((epoch, row) => {
    if (epoch > 0 && epochs.lambda_max[row]! > 0 && !Number.isNaN(epochs.validation_accuracy[row]!))
      rows.set(epoch, row);
  });
  return rows;
}
