import { describe, expect, it } from 'vitest';
import { experimentFields, experimentSchema } from '../../../../shared/experiment.ts';
import { defaultOf } from '../../../../shared/setting-fields.ts';
import { smallExperiment } from '../../testing/walks.ts';
import { resumesBitForBit } from '../testing/resumed.ts';

describe('AdamW', () => {
  it('goes on bit for bit from every checkpoint', () =>
    resumesBitForBit(
      smallExperiment({
        optimizer: { kind: 'adamw', batchSize: 20, learningRate: 0.01, weightDecay: 0.1 },
        interpolation: { windows: [{ firstIterations: 9 }] },
        length: { epochs: 3 },
      }),
      ['firstMoment', 'secondMoment'],
    ));

  it('decays weights by 0.01 unless told otherwise, as PyTorch’s, where others have no decay', () => {
    const decay = experimentFields().find(({ path }) => path === 'optimizer.weightDecay')!;
    for (const [kind, usual] of [
      ['adamw', 0.01],
      ['adam', 0],
      ['sgd', 0],
    ] as const) {
      expect(experimentSchema.parse({ optimizer: { kind } }).optimizer.weightDecay).toBe(usual);
      expect(defaultOf({ optimizer: { kind } }, decay)).toBe(usual);
    }
  });
});
