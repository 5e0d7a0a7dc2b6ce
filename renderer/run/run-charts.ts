/** The charts of a run's page. */
import { edgeIn } from '../../shared/charts/kinds/curvature.ts';
import { withLossUnit } from '../../shared/charts/drawing/loss-unit.ts';
import type { RunData } from '../../shared/charts/index.ts';
import type { ChartSpec } from '../../shared/charts/request.ts';
import { charted } from '../../shared/quantities/index.ts';
import type { ChartedKey } from '../../shared/quantities/index.ts';
import type { RunRecord } from '../../shared/records.ts';
import type { Explained } from '../ui/explained.ts';

/** The chart that the page is about, the paper's figure. */
export const walk: ChartSpec = { chart: 'walk' };
/** What explains it. */
export const walkHelp: Explained = {
  help: 'Training loss on the straight line between the parameters before (α = 0) and after (α = 1) each update; the dashed line joins the minima, the valley floor. Walls are the grey lines at the iterations.',
};

/** A chart below the walk, linked to it. */
interface SmallChart {
  id: string;
  letter: string;
  spec: ChartSpec;
  /** Words instead of the chart's own title. */
  title?: string;
  /** Whether what it shows is in the unit of the loss, which the title then names. */
  ofLoss?: true;
  help: Explained;
  /** Metrics whose values stand in the heading. */
  headline: ChartedKey<'iteration'>[];
  canLog: boolean;
}

/** What a chart of the page is called, with the unit of the runs' losses where it shows that; undefined where the chart has a title of its own. */
export function titleOf(
  { title, ofLoss }: Pick<SmallChart, 'title' | 'ofLoss'>,
  runs: readonly RunData[],
): string | undefined {
  return title !== undefined && ofLoss ? withLossUnit(title, runs) : title;
}

/** The charts below the walk, in their order. */
export const smallCharts: readonly SmallChart[] = [
  {
    id: 'heights',
    letter: 'b',
    spec: { chart: 'heights' },
    title: 'Height above the floor',
    ofLoss: true,
    help: { metric: { record: 'iteration', key: 'height_before' } },
    headline: ['height_before', 'height_after'],
    canLog: true,
  },
  {
    id: 'cosine',
    letter: 'c',
    spec: { chart: 'iteration-metric', metric: 'gradient_cosine' },
    help: { metric: { record: 'iteration', key: 'gradient_cosine' } },
    headline: ['gradient_cosine'],
    canLog: false,
  },
  {
    id: 'distance',
    letter: 'd',
    spec: { chart: 'iteration-metric', metric: 'distance' },
    help: { metric: { record: 'iteration', key: 'distance' } },
    headline: ['distance'],
    canLog: true,
  },
];

/** A chart by epoch, of training and validation. */
interface EpochChart {
  id: string;
  spec: ChartSpec;
  title: string;
  /** What it shows, within a sentence. */
  words: string;
  /** Whether what it shows is in the unit of the loss, which the title then names. */
  ofLoss?: true;
  help: Explained;
  canLog: boolean;
}

const lossByEpoch: EpochChart = {
  id: 'epoch-loss',
  spec: { chart: 'epoch-metric', metric: 'train_loss', beside: 'validation_loss' },
  title: 'Loss',
  words: 'loss',
  ofLoss: true,
  help: { metric: { record: 'epoch', key: 'train_loss' } },
  canLog: true,
};
const accuracyByEpoch: EpochChart = {
  id: 'epoch-accuracy',
  spec: { chart: 'epoch-metric', metric: 'train_accuracy', beside: 'validation_accuracy' },
  title: 'Accuracy',
  words: 'accuracy',
  help: { metric: { record: 'epoch', key: 'train_accuracy' } },
  canLog: false,
};
const fitByEpoch: EpochChart = {
  id: 'epoch-r-squared',
  spec: { chart: 'epoch-metric', metric: 'train_r_squared', beside: 'validation_r_squared' },
  title: 'R²',
  words: 'R²',
  help: { metric: { record: 'epoch', key: 'train_r_squared' } },
  canLog: false,
};

/** The charts by epoch, in their order: the loss, and accuracy or, of targets that are real numbers, R². */
export function epochCharts(run: Pick<RunData, 'epochs'> | null | undefined): readonly EpochChart[] {
  const predicts = run?.epochs.train_r_squared.some(Number.isFinite) === true;
  return [lossByEpoch, predicts ? fitByEpoch : accuracyByEpoch];
}

/** A chart of eigenvalues. */
export interface CurvatureChart {
  key: ChartedKey<'curvature'>;
  spec: ChartSpec;
  help: Explained;
}

/** Charts of the Hessian's eigenvalues; none where they are not measured. */
export function curvatureCharts(run: RunRecord | undefined): CurvatureChart[] {
  if (!run || run.experiment.probes.hessian.method === 'none') return [];
  return charted.curvature.map(({ key }) => ({
    key,
    spec: {
      chart: 'curvature',
      metric: key,
      ...(edgeIn(key, [{ run }]) === null ? {} : { edge: true }),
    },
    help: { metric: { record: 'curvature', key } },
  }));
}
