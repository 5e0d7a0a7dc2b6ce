/** Settings that several networks have. */
import { z } from 'zod';
import { field } from '../fields.ts';

/** Whether a network normalises batches. */
export const batchNormSetting = field(
  {
    title: 'Batch norm',
    help: 'Normalises every hidden layer by the statistics of its batch while training; the paper does.',
    unit: null,
    group: 'what',
    control: 'switch',
  },
  z.boolean({ error: 'must be true or false' }).default(false),
);

/** What batch norm adds to a network's short name. */
export function batchNormShort(batchNorm: unknown): string {
  return batchNorm === true ? ' BN' : '';
}
