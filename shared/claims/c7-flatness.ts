/** C7: SGD reaches flatter regions, which generalise better. */
import type { Claim } from './claim.ts';
import { bySetting, method } from './bootstrap.ts';
import type { Draw } from './bootstrap.ts';
import { contrastMissing, slope, wellSeeded } from './contrast.ts';
import type { ContrastSample } from './contrast.ts';
import { distinct, isSgd, settingKey, settingLabels } from './evidence.ts';
import type { ClaimRun } from './evidence.ts';
import { batchSizeOf } from '../experiment.ts';
import { ranks } from './ranks.ts';
import { testStatistic } from './test-statistic.ts';

const steps = ['optimizer.learningRate', 'optimizer.batchSize'];

/** Fewest settings over which a rank correlation says anything. */
const fewestSettings = 3;

export const flatGeneralises: Claim = {
  claim: 'C7',
  title: 'Flatter regions generalise',
  words:
    'SGD so reaches flatter regions (a smaller largest Hessian eigenvalue), which generalise better (validation accuracy).',
  preset: 'spectral-norm-desk',
  needsTraining: true,
  comparesSettings: true,
  test({ runs }) {
    const samples = wellSeeded(samplesOf(runs.filter(isSgd)));
    const few = bySetting(samples).size < fewestSettings;
    const missing =
      contrastMissing(samples, 'learning rates or batch sizes') !== null || few
        ? `${fewestSettings} or more learning rates or batch sizes with at least ${method.seedsPerSetting} seeds each, everything else equal, each with the largest Hessian eigenvalue measured at the end of the same epoch`
        : null;
    return [
      testStatistic(
        {
          key: 'curvature_step',
          title: 'Growth of the curvature with the step',
          symbol: 'κ',
          formula: 'slope of ln λ_max on ln(η/B) at the end of the same epoch, all other settings equal',
          unit: null,
          threshold: 0,
          expected: 'below',
        },
        samples,
        (draws) => slope(draws),
        missing,
        {
          group: (members) => Math.exp(members.reduce((sum, { means }) => sum + means[0]!, 0) / members.length),
        },
      ),
      testStatistic(
        {
          key: 'curvature_accuracy',
          title: 'Rank correlation of curvature and validation accuracy',
          symbol: 'ρ',
          formula: "Spearman's ρ of λ_max and validation accuracy over runs, at the end of the same epoch",
          unit: null,
          threshold: 0,
          expected: 'below',
        },
        samples,
        rankCorrelation,
        missing,
        {
          bounds: { low: -1, high: 1 },
          group: (members) => members.reduce((sum, { means }) => sum + means[1]!, 0) / members.length,
        },
      ),
    ];
  },
};

/** ln λ_max and validation accuracy at the last epoch at which every run of its family has both. */
function samplesOf(runs: readonly ClaimRun[]): ContrastSample[] {
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
        series: [
          Float64Array.of(Math.log(run.epochs.lambda_max[row]!)),
          Float64Array.of(run.epochs.validation_accuracy[row]!),
        ],
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

/** Spearman's ρ within families, weighted by their runs. */
function rankCorrelation(draws: readonly Draw<ContrastSample>[]): number {
  const members = new Map<string, (readonly number[])[]>();
  for (const { sample, means } of draws) members.set(sample.family, [...(members.get(sample.family) ?? []), means]);
  let [sum, runs] = [0, 0];
  for (const points of members.values()) {
    const rho = correlation(ranks(points.map((means) => means[0]!)), ranks(points.map((means) => means[1]!)));
    if (!Number.isFinite(rho)) continue;
    sum += rho * points.length;
    runs += points.length;
  }
  return sum / runs;
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (a.length + 1) / 2;
  let [both, ofA, ofB] = [0, 0, 0];
  for (let index = 0; index < a.length; index++) {
    both += (a[index]! - mean) * (b[index]! - mean);
    ofA += (a[index]! - mean) ** 2;
    ofB += (b[index]! - mean) ** 2;
  }
  return both / Math.sqrt(ofA * ofB);
}
