/**
 * Every metric once: its key (the column's name), words, symbol, formula, unit and how to read it. Charts, tables, export
 * and help are drawn from this table; adding a metric touches the probe that measures it and this table.
 */
import type { EpochRecord, IterationRecord } from './records.ts';
import type { SliceFlag } from './resolution.ts';

/** Where metrics come from, in words. */
export const metricSources = {
  paper: '“A Walk with SGD” (Xing, Arpit, Tsirigotis, Bengio, 2018)',
  standard: 'standard in the field',
  here: 'Valleywalk’s own count of what the paper describes in words; docs/definitions.md',
} as const;

/** How a metric is called, written and read. */
export interface Metric {
  /** Column in the record. */
  key: string;
  record: 'iteration' | 'epoch' | 'curvature';
  /** The quantity in words, as an axis or table heading. */
  title: string;
  /** Its symbol in the paper's notation, Unicode. */
  symbol: string;
  /** Definition in one line. */
  formula: string;
  /** Unit: nats for losses, null for pure numbers. */
  unit: string | null;
  /** What high and low mean, in one sentence. */
  reading: string;
  better: 'lower' | 'higher' | null;
  /** Where the quantity comes from: a key of `metricSources`. */
  source: keyof typeof metricSources;
  /** Whether a log axis makes sense (values above zero). */
  log: boolean;
}

type IterationMetric = Metric & {
  record: 'iteration';
  key: Exclude<keyof IterationRecord, 'iteration' | 'epoch' | SliceFlag>;
};
type EpochMetric = Metric & {
  record: 'epoch';
  key: Exclude<keyof EpochRecord, 'epoch' | 'iterations' | 'probed_iterations'>;
};
type CurvatureMetric = Metric & { record: 'curvature'; key: 'eigenvalue' | 'spectral_norm' | 'alignment' };

/** Metrics measured at every iteration or every probed iteration. */
export const iterationMetrics = [
  {
    key: 'batch_loss',
    record: 'iteration',
    title: 'Batch loss',
    symbol: 'ℓ_B(θ_t)',
    formula: 'mean cross-entropy of the batch before the update',
    unit: 'nats',
    reading: 'Lower is a better fit of this batch; ln(classes) is guessing.',
    better: 'lower',
    source: 'standard',
    log: true,
  },
  {
    key: 'gradient_norm',
    record: 'iteration',
    title: 'Gradient norm',
    symbol: '‖g_t‖',
    formula: '‖∇ℓ_B(θ_t)‖₂, without weight decay',
    unit: null,
    reading: 'High on steep walls, low where the surface is flat.',
    better: null,
    source: 'standard',
    log: true,
  },
  {
    key: 'gradient_cosine',
    record: 'iteration',
    title: 'Cosine of consecutive gradients',
    symbol: 'cos(g_{t−1}, g_t)',
    formula: '⟨g_{t−1}, g_t⟩ / (‖g_{t−1}‖ ‖g_t‖)',
    unit: null,
    reading: 'Below 0 the walk bounces between valley walls; above 0 it keeps its direction.',
    better: null,
    source: 'paper',
    log: false,
  },
  {
    key: 'update_norm',
    record: 'iteration',
    title: 'Update norm',
    symbol: '‖θ_{t+1} − θ_t‖',
    formula: '‖θ_{t+1} − θ_t‖₂',
    unit: null,
    reading: 'Length of one step.',
    better: null,
    source: 'standard',
    log: true,
  },
  {
    key: 'distance',
    record: 'iteration',
    title: 'Distance from initialisation',
    symbol: '‖θ_{t+1} − θ_0‖',
    formula: '‖θ_{t+1} − θ_0‖₂',
    unit: null,
    reading: 'High when the walk explored far; a random walk grows like log t or √t.',
    better: null,
    source: 'paper',
    log: true,
  },
  {
    key: 'path_length',
    record: 'iteration',
    title: 'Path length',
    symbol: 'Σ‖θ_{s+1} − θ_s‖',
    formula: 'sum of update norms',
    unit: null,
    reading: 'Much longer than the distance when steps cancel, as in bouncing.',
    better: null,
    source: 'standard',
    log: true,
  },
  {
    key: 'loss_before',
    record: 'iteration',
    title: 'Training loss before the update',
    symbol: 'ℓ_t(0)',
    formula: 'L(θ_t)',
    unit: 'nats',
    reading: 'The height at which the walk stands.',
    better: 'lower',
    source: 'paper',
    log: true,
  },
  {
    key: 'loss_after',
    record: 'iteration',
    title: 'Training loss after the update',
    symbol: 'ℓ_t(1)',
    formula: 'L(θ_{t+1})',
    unit: 'nats',
    reading: 'Below the loss before it when the step went down overall.',
    better: 'lower',
    source: 'paper',
    log: true,
  },
  {
    key: 'floor_loss',
    record: 'iteration',
    title: 'Valley floor',
    symbol: 'f_t',
    formula: 'min over k of ℓ_t(α_k)',
    unit: 'nats',
    reading: 'The lowest loss on the segment of this step.',
    better: 'lower',
    source: 'paper',
    log: true,
  },
  {
    key: 'floor_alpha',
    record: 'iteration',
    title: 'Position of the floor',
    symbol: 'α*_t',
    formula: 'the α_k at the floor',
    unit: null,
    reading: 'Strictly between 0 and 1: the step overshot the floor.',
    better: null,
    source: 'paper',
    log: false,
  },
  {
    key: 'height_before',
    record: 'iteration',
    title: 'Height above the floor before the update',
    symbol: 'ℓ_t(0) − f_t',
    formula: 'ℓ_t(0) − f_t',
    unit: 'nats',
    reading: 'How high on the wall the step starts.',
    better: null,
    source: 'paper',
    log: true,
  },
  {
    key: 'height_after',
    record: 'iteration',
    title: 'Height above the floor after the update',
    symbol: 'ℓ_t(1) − f_t',
    formula: 'ℓ_t(1) − f_t',
    unit: 'nats',
    reading: 'How high on the opposite wall it lands; 0 when the floor is at the end.',
    better: null,
    source: 'paper',
    log: true,
  },
  {
    key: 'barrier_height',
    record: 'iteration',
    title: 'Barrier height',
    symbol: 'b_t',
    formula: 'max(0, max over interior k of ℓ_t(α_k) − max(ℓ_t(0), ℓ_t(1)))',
    unit: 'nats',
    reading: 'A barrier where it exceeds the loss resolution; below that it may be rounding.',
    better: null,
    source: 'paper',
    log: true,
  },
  {
    key: 'loss_resolution',
    record: 'iteration',
    title: 'Loss resolution',
    symbol: 'ν_t',
    formula:
      'what rounding may do to differences of these losses: from the sizes of losses and logits, and measured anew',
    unit: 'nats',
    reading: 'Differences within the slice that are smaller say nothing: they may be rounding.',
    better: null,
    source: 'here',
    log: true,
  },
  {
    key: 'learning_rate',
    record: 'iteration',
    title: 'Learning rate',
    symbol: 'η',
    formula: 'learning rate of this update',
    unit: null,
    reading: 'Large rates keep the walk high above the floor.',
    better: null,
    source: 'standard',
    log: true,
  },
  {
    key: 'noise_deviation',
    record: 'iteration',
    title: 'Noise standard deviation',
    symbol: 'σ',
    formula:
      'standard deviation of the Gaussian noise added to every component of the gradient; as told, or √(0.02 · V) with V the greatest variance of a component over single examples, cross-fitted at initialisation',
    unit: null,
    reading:
      'Only gradient descent with isotropic noise has it; the same for every parameter and iteration. Where it was measured: chosen on one half of the micro-batches and estimated on the other, it is not too large on average, and too small where many variances lie close to the greatest.',
    better: null,
    source: 'paper',
    log: true,
  },
] as const satisfies readonly IterationMetric[];

/** Metrics measured at the end of every epoch. */
export const epochMetrics = [
  {
    key: 'train_loss',
    record: 'epoch',
    title: 'Training loss',
    symbol: 'L',
    formula: 'mean cross-entropy over the whole training set',
    unit: 'nats',
    reading: 'Lower is a better fit.',
    better: 'lower',
    source: 'standard',
    log: true,
  },
  {
    key: 'train_accuracy',
    record: 'epoch',
    title: 'Training accuracy',
    symbol: '',
    formula: 'share of training examples classified correctly',
    unit: null,
    reading: 'Higher is a better fit.',
    better: 'higher',
    source: 'standard',
    log: false,
  },
  {
    key: 'validation_loss',
    record: 'epoch',
    title: 'Validation loss',
    symbol: '',
    formula: 'mean cross-entropy over the validation set',
    unit: 'nats',
    reading: 'Lower generalises better.',
    better: 'lower',
    source: 'standard',
    log: true,
  },
  {
    key: 'validation_accuracy',
    record: 'epoch',
    title: 'Validation accuracy',
    symbol: '',
    formula: 'share of validation examples classified correctly',
    unit: null,
    reading: 'Higher generalises better.',
    better: 'higher',
    source: 'standard',
    log: false,
  },
  {
    key: 'distance',
    record: 'epoch',
    title: 'Distance from initialisation',
    symbol: '‖θ − θ_0‖',
    formula: '‖θ − θ_0‖₂ at the end of the epoch',
    unit: null,
    reading: 'High when the walk explored far.',
    better: null,
    source: 'paper',
    log: true,
  },
  {
    key: 'barriers',
    record: 'epoch',
    title: 'Barriers',
    symbol: '',
    formula: 'probed iterations of the epoch with a barrier above what the evaluation resolves',
    unit: null,
    reading: 'The paper finds hardly any.',
    better: null,
    source: 'here',
    log: false,
  },
  {
    key: 'barriers_above_noise',
    record: 'epoch',
    title: 'Barriers above noise',
    symbol: '',
    formula: 'the same as barriers, which are counted above what the evaluation resolves',
    unit: null,
    reading: 'Kept for tables from when barriers counted every rise, rounding among them.',
    better: null,
    source: 'here',
    log: false,
  },
  {
    key: 'interior_floors',
    record: 'epoch',
    title: 'Interior floors',
    symbol: '',
    formula: 'probed iterations whose floor lies between the ends, by more than the evaluation resolves',
    unit: null,
    reading: 'Many: most steps overshoot the floor.',
    better: null,
    source: 'here',
    log: false,
  },
  {
    key: 'convex_slices',
    record: 'epoch',
    title: 'Roughly convex slices',
    symbol: '',
    formula: 'probed iterations without a second difference below −ε and with some above ε',
    unit: null,
    reading: 'Many: the valley is roughly convex along the steps.',
    better: null,
    source: 'here',
    log: false,
  },
  {
    key: 'unresolved_slices',
    record: 'epoch',
    title: 'Slices below resolution',
    symbol: '',
    formula: 'probed iterations of which barrier, interior floor or convexity lies below what the evaluation resolves',
    unit: null,
    reading: 'Many: the steps are too short, or the surface too flat, for float32 to tell.',
    better: null,
    source: 'here',
    log: false,
  },
  {
    key: 'lambda_max',
    record: 'epoch',
    title: 'Largest Hessian eigenvalue',
    symbol: 'λ_max',
    formula: 'algebraically largest eigenvalue of the Hessian of L at the end of the epoch',
    unit: null,
    reading: 'Lower is flatter. The spectral norm is larger where a negative eigenvalue has the larger magnitude.',
    better: 'lower',
    source: 'standard',
    log: true,
  },
  {
    key: 'spectral_norm',
    record: 'epoch',
    title: 'Spectral norm of the Hessian',
    symbol: '‖H‖₂',
    formula: 'max(|λ_max|, |λ_min|) of the Hessian of L at the end of the epoch',
    unit: null,
    reading: 'Lower is flatter; the paper’s measure of flatness.',
    better: 'lower',
    source: 'paper',
    log: true,
  },
] as const satisfies readonly EpochMetric[];

/** Metrics of both ends of the Hessian's spectrum. */
export const curvatureMetrics = [
  {
    key: 'eigenvalue',
    record: 'curvature',
    title: 'Hessian eigenvalue',
    symbol: 'λ',
    formula: '⟨v, Hv⟩ with H the Hessian of L and v its unit eigenvector; the residual is ‖Hv − λv‖',
    unit: null,
    reading:
      'Near 0 is flat; below 0 the surface curves down. With the largest above 2 / learning rate gradient descent is unstable.',
    better: 'lower',
    source: 'standard',
    log: true,
  },
  {
    key: 'spectral_norm',
    record: 'curvature',
    title: 'Spectral norm of the Hessian',
    symbol: '‖H‖₂',
    formula: 'max(|λ_max|, |λ_min|), the magnitude of the larger end of the spectrum, with that end’s residual',
    unit: null,
    reading: 'Lower is flatter; the paper’s measure of flatness.',
    better: 'lower',
    source: 'paper',
    log: true,
  },
  {
    key: 'alignment',
    record: 'curvature',
    title: 'Gradient along the top eigenvectors',
    symbol: 'Σ⟨g_t, v⟩² / ‖g_t‖²',
    formula: 'share of the squared norm of g_t that lies in the span of the measured eigenvectors',
    unit: null,
    reading: 'Near 1 the steps go along the sharpest directions; larger batches are found to align more.',
    better: null,
    source: 'standard',
    log: true,
  },
] as const satisfies readonly CurvatureMetric[];

/** Key of a curvature metric. */
export type CurvatureMetricKey = (typeof curvatureMetrics)[number]['key'];
/** Key of an iteration metric. */
export type IterationMetricKey = (typeof iterationMetrics)[number]['key'];
/** Key of an epoch metric. */
export type EpochMetricKey = (typeof epochMetrics)[number]['key'];

/**
 * Finds a metric by record and key.
 * @throws Error when there is none, listing what there is.
 */
export function metric(record: Metric['record'], key: string): Metric {
  const tables = { iteration: iterationMetrics, epoch: epochMetrics, curvature: curvatureMetrics };
  const table: readonly Metric[] = tables[record];
  const found = table.find((entry) => entry.key === key);
  if (!found) throw new Error(`no ${record} metric "${key}"; there are ${table.map((entry) => entry.key).join(', ')}`);
  return found;
}
