import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkValue } from './check-value.ts';
import { checkExperiment } from './experiment.ts';
import { readRecipe } from './figures/recipe-file.ts';
import { checkStudy } from './study.ts';

/** What JSON can write, and the schema library trips over. */
const odd: unknown = JSON.parse('{"length":{"toString":1,"valueOf":1}}');

describe('a value from outside', () => {
  it('is checked as its schema says', () => {
    expect(checkValue(z.string().min(2), 'ab')).toEqual({ success: true, data: 'ab' });
    expect(checkValue(z.string().min(2), 'a').success).toBe(false);
  });

  it('that the schema library trips over is refused in words', () => {
    expect(() => z.string().min(1).safeParse(odd)).toThrow(TypeError);
    expect(checkValue(z.string().min(1), odd).error?.issues[0]?.message).toMatch(/"length" is no number/);
    expect(checkExperiment({ name: odd })).toMatchObject({ ok: false });
    expect(checkStudy({ name: odd })).toMatchObject({ ok: false });
    expect(() => readRecipe({ version: 1, name: odd })).toThrow(/"length" is no number/);
  });
});
