/** Clipping of every component, as `torch.nn.utils.clip_grad_value_`. */
import { z } from 'zod';
import { field, range } from '../fields.ts';
import { defineClipping } from './define.ts';

const allowed = range('above 0', 'at most 1,000,000');

/** Declares it: min(clipValue, max(−clipValue, g_i)). */
export const value = defineClipping({
  key: 'value',
  title: 'By value',
  settings: {
    clipValue: field(
      {
        title: 'Largest component',
        help: 'Components of a batch gradient farther from 0 than this are set to it, before weight decay and momentum; that turns the gradient.',
        unit: null,
        group: 'how',
        control: 'number',
        advanced: true,
      },
      z.number({ error: 'must be a number' }).positive(allowed).max(1e6, allowed).default(1),
    ),
  },
  clip: ({ clipValue }) => ({ scale: 1, bound: clipValue }),
  // a loop in JavaScript
  work: 240,
});
