/** Steps at named epochs, as `torch.optim.lr_scheduler.MultiStepLR` stepped once an epoch; an epoch that is named twice counts once. */
import { z } from 'zod';
import { field, integer } from '../fields.ts';
import { defineSchedule } from './define.ts';
import { factor } from './step.ts';

/** Declares it: η · factor^m in epoch e (from 1), m being how many of the named epochs are at most e; PyTorch counts epochs from 0. */
export const milestones = defineSchedule({
  key: 'milestones',
  title: 'Steps at epochs',
  settings: {
    factor,
    epochs: field(
      {
        title: 'Step from epochs',
        help: 'From the beginning of each of these epochs, counted from 1, the learning rate is lowered once more.',
        unit: 'epochs',
        group: 'how',
        control: 'integer-list',
        advanced: true,
      },
      z
        .array(integer(1, 100_000), { error: 'must be a list of whole numbers' })
        .min(1, 'must name at least one epoch')
        .max(1000, 'must name at most 1,000 epochs')
        .default([10]),
    ),
  },
  rate({ factor: by, epochs }, { learningRate, iteration, perEpoch }) {
    const epoch = Math.floor(iteration / perEpoch) + 1;
    return learningRate * by ** new Set(epochs.filter((each) => each <= epoch)).size;
  },
});
