import { describe, expect, it } from 'vitest';
import { coloursOf } from './examples.ts';
import { rangeFacts, withWay } from './range.ts';

const rate = 'optimizer.learningRate';

describe('ways to vary', () => {
  it('keep the range or the values that were there', () => {
    expect(withWay([0.1, 0.5], 'log-uniform')).toEqual({ from: 0.1, to: 0.5, distribution: 'log-uniform' });
    expect(withWay([0.5], 'linear')).toEqual({ from: 0.05, to: 1, spacing: 'linear', count: 5 });
    expect(withWay([100], 'uniform')).toEqual({ from: 10, to: 200, distribution: 'uniform' });
    expect(withWay({ from: 1, to: 3, distribution: 'uniform' }, 'linear')).toMatchObject({ from: 1, to: 3, count: 5 });
    expect(withWay({ from: 1, to: 3, spacing: 'linear', count: 7 }, 'logarithmic')).toMatchObject({ count: 7 });
    expect(withWay({ from: 1, to: 3, spacing: 'linear', count: 7 }, 'list')).toEqual([1, 3]);
  });
});

describe('what is shown of a range', () => {
  it('is its first values, and how many more', () => {
    const sweep = { [rate]: { from: 0.1, to: 1, spacing: 'linear', count: 10 } };
    expect(rangeFacts(rate, sweep, undefined).preview).toBe(
      '0.1 · 0.2 · 0.3 · 0.4 · 0.5 · 0.6 · 0.7 · 0.8 · and 2 more',
    );
    expect(rangeFacts(rate, { [rate]: { from: 0.1 } }, undefined).preview).toBeNull();
    expect(rangeFacts(rate, { [rate]: [0.1] }, undefined).preview).toBeNull();
  });

  it('of draws is what is drawn together with the others', () => {
    const drawn = { from: 0.1, to: 0.9, distribution: 'uniform' };
    const facts = rangeFacts(rate, { [rate]: drawn, 'optimizer.momentum': drawn }, { count: 2, seed: 1 });
    expect(facts.drawnWith).toEqual(['Momentum']);
    expect(facts.preview).toMatch(/^0\.\d+ · 0\.\d+$/);
    expect(rangeFacts(rate, { [rate]: drawn }, { count: 'x', seed: 1 }).preview).toBeNull();
  });
});

it('pixels become colours, grey or by their planes', () => {
  expect([...coloursOf(Uint8Array.of(7, 9), 1, 2)]).toEqual([7, 7, 7, 255, 9, 9, 9, 255]);
  expect([...coloursOf(Uint8Array.of(1, 2, 3, 4, 5, 6), 3, 2)]).toEqual([1, 3, 5, 255, 2, 4, 6, 255]);
});
