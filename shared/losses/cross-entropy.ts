/** Softmax cross-entropy, `torch.nn.CrossEntropyLoss`, with label smoothing (Szegedy et al., 2016) where asked for. */
import { z } from 'zod';
import { field, range } from '../fields.ts';
import { crossEntropy, crossEntropyByMargins } from '../graph/ops/index.ts';
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
