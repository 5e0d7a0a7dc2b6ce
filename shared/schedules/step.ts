/** Steps after every so many epochs, as `torch.optim.lr_scheduler.StepLR` stepped once an epoch. */
import { z } from 'zod';
import { field, integer, range } from '../fields.ts';
import { defineSchedule } from './define.ts';

/** What the rate is multiplied by at a step, PyTorch's `gamma`. */
export const factor = field(
  {
    title: 'Factor',
    help: 'The learning rate is multiplied by it at every step of the schedule.',
    unit: null,
    group: 'how',
    control: 'number',
    advanced: true,
  },
  z
    .number({ error: 'must be a number' })
    .positive(range('above 0', 'at most 1,000'))
    .max(1000, range('above 0', 'at most 1,000'))
    .default(0.1),
);

/** Declares it: η · factor^⌊(e − 1) / everyEpochs⌋ in epoch e, from 1. */
export const step = defineSchedule({
  key: 'step',
  title: 'Steps of so many epochs',
  settings: {
    factor,
    everyEpochs: field(
      {
        title: 'Step after every',
        help: 'Epochs between two steps of the learning rate.',
        unit: 'epochs',
        group: 'how',
        control: 'integer',
        advanced: true,
      },
      integer(1, 100_000).default(30),
    ),
  },
  rate: (settings, { learningRate, iteration, perEpoch }) =>
    learningRate * settings.factor ** Math.floor(Math.floor(iteration / perEpoch) / settings.everyEpochs),
});
