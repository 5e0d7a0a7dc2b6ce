/** One rate from beginning to end. */
import { defineSchedule } from './define.ts';

/** Declares it. */
export const constant = defineSchedule({
  key: 'constant',
  title: 'Constant',
  settings: {},
  rate: (_, { learningRate }) => learningRate,
});
