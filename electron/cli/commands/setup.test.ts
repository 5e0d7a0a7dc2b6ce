import { expect, it } from 'vitest';
import type { Setup } from '../../../shared/setups.ts';
import { standing } from './setup.ts';

const setup: Setup = {
  setup: 'pytorch',
  backend: 'pytorch',
  title: 'PyTorch',
  help: '',
  sources: ['python'],
  refused: null,
  installed: null,
  problem: null,
  variable: 'VALLEYWALK_PYTHON',
  overridden: null,
};

it('setup tells what is not set up, what cannot be here, and what the store cannot read', () => {
  expect(standing(setup)).toBe('pytorch: PyTorch; not set up');
  expect(standing({ ...setup, refused: 'it is for Linux' })).toBe('pytorch: PyTorch; not here: it is for Linux');
  const problem = 'what the store knows of it cannot be read; "valleywalk setup pytorch" sets it up again';
  expect(standing({ ...setup, problem })).toBe(`pytorch: PyTorch; ${problem}`);
});
