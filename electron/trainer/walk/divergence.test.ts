import { describe, expect, it } from 'vitest';
import { divergence, divergenceMessage, runawayFactor } from './divergence.ts';

const well = { batchLoss: 2, gradientSquared: 1, distanceSquared: 4, loss: 2 };

describe('divergence', () => {
  it('lets large finite losses pass, as honest runs with a large learning rate have them', () => {
    expect(divergence(well, 2.3)).toBeNull();
    expect(divergence({ ...well, batchLoss: 211, loss: 500 }, 2.3)).toBeNull();
    expect(divergence({ ...well, loss: null }, 2.3)).toBeNull();
  });

  it('finds what is not finite', () => {
    expect(divergence({ ...well, batchLoss: NaN }, 2.3)).toContain('batch loss is no longer');
    expect(divergence({ ...well, loss: Infinity }, 2.3)).toContain('loss after the update is no longer');
    expect(divergence({ ...well, gradientSquared: NaN }, 2.3)).toContain('gradient');
    expect(divergence({ ...well, distanceSquared: Infinity }, 2.3)).toContain('parameters');
  });

  it('finds a loss that ran away', () => {
    expect(divergence({ ...well, batchLoss: 2 * runawayFactor * 1.01 }, 2)).toContain('10,100 times');
    expect(divergence({ ...well, loss: 2 * runawayFactor * 0.99 }, 2)).toBeNull();
  });

  it('says where and what to do', () => {
    expect(divergenceMessage('the batch loss is no longer a finite number', 3, 0.7)).toBe(
      'Diverged at iteration 3: the batch loss is no longer a finite number. The updates are too long for this network: lower the learning rate, now 0.7, for example to 0.07.',
    );
  });
});
