/** Softmax cross-entropy, `torch.nn.CrossEntropyLoss`, with label smoothing (Szegedy et al., 2016) where asked for. */
import { z } from 'zod';
import { field, range } from '../fields.ts';
import { crossEntropy, crossEntropyByMargins } from '../graph/ops/index.ts';
import { mostKnown, pointByPoint } from './curve.ts';
import type { LossesAlong, OutputCurve } from './curve.ts';
import { defineLoss } from './define.ts';

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
    along: (curve) => crossEntropyAlong(curve, settings.labelSmoothing),
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

/** Margins up to which exponentials along a straight line, and their quotients, are far from the ends of float64; half of that for each degree more. */
const farthest = 300;

/**
 * log(1 + Σ exp m_j) − ε · mean of m over all classes, m_j = z_j − z_label. Along the curve m_j is a polynomial in k, whose differences of the highest
 * order are all the same: so exp m_j goes on by products of exponentials of differences, one of each order a class instead of one at every point
 * (of a straight line, a geometric sequence).
 */
function crossEntropyAlong(curve: OutputCurve, smoothing: number): LossesAlong {
  const { outputs, classes, weights } = curve;
  const order = outputs.length;
  const inner = weights.length;
  const most = farthest / 2 ** (order - 2);
  const differences = Float64Array.from(curve.differences.flat());
  const exact = pointByPoint(curve, (here, label) => crossEntropyOf(here, label, smoothing));
  const margins = new Float64Array(order);
  /** Sums of margins over the classes, by known point. */
  const sums = new Float64Array(order);
  // what is of no order that there is stays 1
  const factors = new Float64Array(mostKnown).fill(1);

  return (example, label, into) => {
    const first = example * classes;
    for (let k = 0; k < inner; k++) into[k] = 0;
    if (smoothing !== 0) sums.fill(0);
    for (let at = 0; at < classes; at++) {
      if (at === label) continue;
      for (let point = 0; point < order; point++) {
        const here = outputs[point]!;
        const margin = here[first + at]! - here[first + label]!;
        if (!(Math.abs(margin) <= most)) {
          exact(example, label, into);
          return;
        }
        margins[point] = margin;
        if (smoothing !== 0) sums[point]! += margin;
      }
      for (let which = 0; which < order; which++) {
        let difference = 0;
        for (let point = 0; point < order; point++) difference += differences[which * order + point]! * margins[point]!;
        factors[which] = Math.exp(difference);
      }
      // numbers of their own are several times as fast as an array of them
      let here = factors[0]!;
      let by = factors[1]!;
      let byBy = factors[2]!;
      let third = factors[3]!;
      const fourth = factors[4]!;
      for (let k = 0; k < inner; k++) {
        here *= by;
        by *= byBy;
        byBy *= third;
        third *= fourth;
        into[k]! += here;
      }
    }
    for (let k = 0; k < inner; k++) {
      into[k] = Math.log(1 + into[k]!);
      if (smoothing === 0) continue;
      let total = 0;
      for (let point = 0; point < order; point++) total += weights[k]![point]! * sums[point]!;
      into[k]! -= (smoothing * total) / classes;
    }
  };
}
