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
  }),
});
