/** Words of the chart of the step curvature: its lines, its notes, and what it says where it is empty. */
import { clippingWords } from '../../clipping/index.ts';
import { batchSizeOf } from '../../experiment.ts';
import { formatNumber } from '../../format.ts';
import { isKinked } from '../../networks/activations.ts';
import { hasBatchNorm } from '../../networks/index.ts';
import { edgeFactorOf, edgeOf } from '../../optimizers/edge.ts';
import { drawsBatches, optimizerTitle } from '../../optimizers/index.ts';
import { nothingRecorded } from '../../runs/status-words.ts';
import type { RunData } from '../chart.ts';
import type { Polyline } from '../drawing/polyline.ts';
import type { endsAround } from '../drawing/series.ts';
import { counted } from '../drawing/text.ts';
import { nothingMeasured } from '../drawing/view.ts';

/** The largest eigenvalue in words: that of a ReLU network is without its kinks, which the step curvature has. */
export function largestName({ run }: Pick<RunData, 'run'>): string {
  return isKinked(run.experiment.model.activation) ? 'λₘₐₓ, without kinks' : 'λₘₐₓ';
}

/** What is drawn as a line with its error, in the order of the legend: its column, who measures it beside the slices, name, and look among lines. */
export const measuredLines = [
  { key: 'step_curvature', measuredBy: null, id: 'curvature', name: 'step curvature', marker: 'circle', place: 0 },
  {
    key: 'batch_sharpness',
    measuredBy: 'batchSharpness',
    id: 'batch',
    name: 'batch sharpness',
    marker: 'rect',
    place: 2,
  },
  {
    key: 'critical_sharpness',
    measuredBy: 'criticalSharpness',
    id: 'critical',
    name: 'critical sharpness',
    marker: 'triangle',
    place: 3,
  },
] as const;

/** A line as it was measured. */
export type MeasuredLine = (typeof measuredLines)[number] & {
  line: Polyline;
  /** Half width of its band at each point. */
  errors: number[];
  /** The ends of its band. */
  ends: ReturnType<typeof endsAround>;
  /** Steps at which it was measured and is not told. */
  untold: number;
};

/** What is told of. */
export interface Told {
  /** Those of {@link measuredLines}, in their order. */
  lines: MeasuredLine[];
  /** λ_max at the iterations before which it was measured. */
  largest: Polyline;
}

/** The curvature at the edge of stability at a learning rate; null where the run has none. */
export function edgeAt({ imported, experiment }: RunData['run'], learningRate: number): number | null {
  return imported === null ? edgeOf(experiment.optimizer, learningRate) : null;
}

/** The edge in words: 2/η, or what momentum makes of it. */
export function edgeWords({ run }: Pick<RunData, 'run'>): string {
  const factor = run.imported === null ? edgeFactorOf(run.experiment.optimizer) : null;
  const { weightDecay } = run.experiment.optimizer;
  return `${formatNumber(factor ?? 2)}/learning rate${factor !== null && weightDecay > 0 ? ' − weight decay' : ''}`;
}

/** Of which lines batch norm makes numbers by running statistics, of which training descends no loss: not of the batches'. */
export function byRunningStatistics({
  run,
}: Pick<RunData, 'run'>): Record<(typeof measuredLines)[number]['id'], boolean> {
  const batchNorm = run.imported === null && hasBatchNorm(run.experiment.model);
  return {
    curvature: batchNorm && run.experiment.probes.interpolation.batchNorm === 'running',
    batch: false,
    critical: batchNorm,
  };
}

/** What is to be known of what is drawn, a phrase each. */
export function notesOf(data: RunData, { lines, largest }: Told): string[] {
  const { run } = data;
  const { optimizer } = run.experiment;
  const drawn = lines.filter(({ line }) => line.count > 0);
  return [
    ...lines.map(({ measuredBy, name, untold }) => {
      if (untold === 0) return null;
      return measuredBy === null
        ? `of ${counted(untold, 'probed step')} the curvature does not exceed its error`
        : `${name} was measured and is not told at ${counted(untold, 'step')}`;
    }),
    drawn.length > 0 && run.imported === null && edgeFactorOf(optimizer) === null
      ? `${clippingWords(optimizer.clipping) ?? optimizerTitle(optimizer)}: the edge of stability is no multiple of 1/learning rate, and not drawn`
      : null,
    drawn.some(({ id }) => id === 'batch') ? plateauNote(data) : null,
    statisticsNote(data, drawn, largest.count > 0),
  ].filter((note) => note !== null);
}

/**
 * Where batch sharpness is found to stay, where that is not at the edge that is drawn: with momentum, in batches, at 2(1 − μ)/η in small ones and only in
 * large ones at 2(1 + μ)/η (Andreyev et al., 2026, arXiv 2604.14108); and that augmented training descends another loss.
 */
function plateauNote({ run }: Pick<RunData, 'run'>): string | null {
  const { optimizer, data } = run.experiment;
  if (run.imported !== null || edgeFactorOf(optimizer) === null) return null;
  // of the whole set it is the curvature along the gradient
  const inBatches = drawsBatches(optimizer) && batchSizeOf(run.experiment) < data.train;
  if (inBatches && 'nesterov' in optimizer && optimizer.momentum > 0) {
    const { momentum, dampening, nesterov } = optimizer;
    return nesterov || dampening > 0
      ? 'with momentum in batches the edge drawn is not where batch sharpness is known to stay'
      : `with momentum batch sharpness is found to stay at ${formatNumber(2 * (1 - momentum))}/learning rate in small batches, and at the edge drawn only in large ones (arXiv 2604.14108)`;
  }
  return data.augment
    ? 'batch sharpness is of images without augmentation, whose loss is not the one that training descends'
    : null;
}

/** What is by running statistics, of which training descends no loss. */
function statisticsNote(
  data: Pick<RunData, 'run'>,
  drawn: readonly Pick<MeasuredLine, 'id' | 'name'>[],
  largest: boolean,
): string | null {
  const running = byRunningStatistics(data);
  const names = [
    ...(largest && running.critical ? ['λₘₐₓ'] : []),
    ...drawn.filter(({ id }) => running[id]).map(({ name }) => name),
  ];
  if (names.length === 0) return null;
  const listed = new Intl.ListFormat('en').format(names);
  return `batch norm: ${listed} ${names.length === 1 ? 'is' : 'are'} by running statistics, which says nothing of the stability of training`;
}

/** A name as a sentence or a row begins with it. */
export function capitalised(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1);
}

/** Why nothing is drawn: what would fill it, and what was measured and is told at no step. */
export function emptyReason(data: RunData, { lines }: Pick<Told, 'lines'>): string {
  if (data.iterations.iteration.length === 0) return nothingRecorded(data.run, 'its first probed iterations fill it');
  const untold = lines.flatMap(({ measuredBy, name, untold: count }) =>
    measuredBy === null || count === 0
      ? []
      : [` ${capitalised(name)} was measured and is not told at ${counted(count, 'step')}.`],
  );
  return nothingMeasured('step_curvature', [data]) + untold.join('');
}
