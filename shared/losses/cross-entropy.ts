/** Softmax cross-entropy, `torch.nn.CrossEntropyLoss`, with label smoothing (Szegedy et al., 2016) where asked for. */
import { z } from 'zod';
import { field, range } from '../fields.ts';
import { crossEntropy, crossEntropyByMargins } from '../graph/ops/index.ts';
import { defineLoss } from './define.ts';
import type { OutputEnds } from './define.ts';

const allowed = range('at least 0', 'below 1');

const labelSmoothing = field(
  {
    title: 'Label smoothing',
    help: 'Share ε of the target that is spread evenly over all classes: 1 − ε + ε/classes for the label, ε/classes for each other one, as in PyTorch.',
    unit: null,
    group: 'what',
    control: 'number',
    advanced: true,
  },
  z.number({ error: 'must be a number' }).min(0, allowed).lt(1, allowed).default(0),
);

/** Declares it. */
export const crossEntropyLoss = defineLoss({
  key: 'cross-entropy',
  title: 'Cross-entropy',
  help: 'cross-entropy is −Σ target · log softmax(output) over the classes, in nats',
  unit: 'nats',
  targets: ['classes'],
  settings: { labelSmoothing },
  evidence: (settings) => settings.labelSmoothing === 0,
  build: (settings) => ({
    of: (outputs, labels) => crossEntropy(outputs, labels, settings.labelSmoothing),
    toDifferentiateTwice: (outputs, labels) => crossEntropyByMargins(outputs, labels, settings.labelSmoothing),
    // the derivative by the outputs is p − target. Without smoothing half of its size is 1 − e^−loss; with it, p is nowhere the target, and the
    // half is at most 1
    sensitivity: (loss) => (settings.labelSmoothing === 0 ? Math.min(1, loss) : 1),
    value: (outputs, label) => crossEntropyOf(outputs, label, settings.labelSmoothing),
    between: (ends, example, label, into) =>
      crossEntropyBetween(ends, example, { label, into }, settings.labelSmoothing),
  }),
});

/** log Σ exp z − (1 − ε)·z_label − ε · mean of z, by distances to the greatest output. */
function crossEntropyOf(outputs: ArrayLike<number>, label: number, smoothing: number): number {
  const classes = outputs.length;
  let most = -Infinity;
  // by comparison, which is several times as fast as Math.max; a NaN among them makes the sum NaN
  for (let at = 0; at < classes; at++) if (outputs[at]! > most) most = outputs[at]!;
  let [sum, mean] = [0, 0];
  for (let at = 0; at < classes; at++) {
    const away = outputs[at]! - most;
    sum += Math.exp(away);
    mean += away;
  }
  const ofLabel = outputs[label]! - most;
  return Math.log(sum) - (smoothing === 0 ? ofLabel : (1 - smoothing) * ofLabel + (smoothing * mean) / classes);
}

/** Margins up to which exponentials and their quotients are far from the ends of float64. */
const farthest = 300;

/**
 * log(1 + Σ exp m_j) − ε · mean of m over all classes, m_j = z_j − z_label. Along the line m_j goes evenly from u to v, so that exp m_j
 * is a geometric sequence, exp(u) · exp((v − u)/K)^k: two exponentials a class instead of one at every point.
 */
function crossEntropyBetween(
  { start, end, classes }: OutputEnds,
  example: number,
  { label, into }: { label: number; into: Float64Array },
  smoothing: number,
): void {
  const from = example * classes;
  const intervals = into.length + 1;
  const [atStart, atEnd] = [start[from + label]!, end[from + label]!];
  let [first, last] = [0, 0];
  into.fill(0);
  for (let at = 0; at < classes; at++) {
    if (at === label) continue;
    const [u, v] = [start[from + at]! - atStart, end[from + at]! - atEnd];
    if (!(Math.abs(u) <= farthest && Math.abs(v) <= farthest)) {
      pointByPoint({ start, end, classes }, example, into, (outputs) => crossEntropyOf(outputs, label, smoothing));
      return;
    }
    first += u;
    last += v;
    const ratio = Math.exp((v - u) / intervals);
    let term = Math.exp(u);
    for (let k = 0; k < into.length; k++) into[k]! += term *= ratio;
  }
  for (let k = 0; k < into.length; k++) {
    const loss = Math.log(1 + into[k]!);
    const alpha = (k + 1) / intervals;
    into[k] = smoothing === 0 ? loss : loss - (smoothing * ((1 - alpha) * first + alpha * last)) / classes;
  }
}

/** Losses along a line of outputs, each from the outputs there. */
function pointByPoint(
  { start, end, classes }: OutputEnds,
  example: number,
  into: Float64Array,
  value: (outputs: Float64Array) => number,
): void {
  const outputs = new Float64Array(classes);
  for (let k = 0; k < into.length; k++) {
    const alpha = (k + 1) / (into.length + 1);
    for (let at = 0; at < classes; at++)
      outputs[at] = (1 - alpha) * start[example * classes + at]! + alpha * end[example * classes + at]!;
    into[k] = value(outputs);
  }
}
