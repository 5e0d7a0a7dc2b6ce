import { expect, it } from 'vitest';
import { titleAmongAll } from './titles.ts';

it('a quantity whose title another record has too says which it is', () => {
  expect(titleAmongAll('epoch', 'train_loss')).toBe('Training loss');
  expect(titleAmongAll('iteration', 'distance')).not.toContain('by epoch');
  expect(titleAmongAll('epoch', 'distance')).toContain(', by epoch');
});
