/** Clipping by the global norm, as `torch.nn.utils.clip_grad_norm_` with the Euclidean norm. */
import { z } from 'zod';
import { field, range } from '../fields.ts';
import { defineClipping } from './define.ts';

const allowed = range('above 0', 'at most 1,000,000');

/** Declares it: g · min(1, maxNorm / (‖g‖₂ + 10⁻⁶)). */
export const norm = defineClipping({
  key: 'norm',
  title: 'By norm',
  settings: {
    maxNorm: field(
      {
        title: 'Largest norm',
        help: 'A batch gradient longer than this is shortened to it, in its own direction, before weight decay and momentum.',
        unit: null,
        group: 'how',
        control: 'number',
        advanced: true,
      },
      z.number({ error: 'must be a number' }).positive(allowed).max(1e6, allowed).default(1),
    ),
  },
  clip: ({ maxNorm }, length) => ({ scale: Math.min(1, maxNorm / (length + 1e-6)), bound: Infinity }),
  work: 70,
});
