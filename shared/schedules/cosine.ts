/** Half a period of the cosine (Loshchilov and Hutter, 2017, without restarts), as `torch.optim.lr_scheduler.CosineAnnealingLR` stepped every iteration. */
import { z } from 'zod';
import { field, range } from '../fields.ts';
import { defineSchedule } from './define.ts';

/** Declares it: η_final + (η − η_final) · (1 + cos(π t / T)) / 2; `finalRate` is PyTorch's `eta_min`, T its `T_max`. */
export const cosine = defineSchedule({
  key: 'cosine',
  title: 'Cosine',
  settings: {
    finalRate: field(
      {
        title: 'Final learning rate',
        help: 'What the rate reaches at the end of the run, along half a period of the cosine.',
        unit: null,
        group: 'how',
        control: 'number',
        advanced: true,
      },
      z
        .number({ error: 'must be a number' })
        .min(0, range('at least 0', 'at most 1,000,000'))
        .max(1e6, range('at least 0', 'at most 1,000,000'))
        .default(0),
    ),
  },
  rate({ finalRate }, { learningRate, iteration, total }) {
    const share = (1 + Math.cos((Math.PI * iteration) / total)) / 2;
    return finalRate + (learningRate - finalRate) * share;
  },
});
