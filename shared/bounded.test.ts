import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutInMiddle, faultLength, faultsText, halvesOf, messageLength } from './bounded.ts';
import { checkExperiment, experimentFields } from './experiment.ts';
import { readRecipe } from './figures/recipe-file.ts';
import { ValleywalkError } from './errors.ts';
import { checkStudy } from './study.ts';
import { checkTrajectory } from './trajectory.ts';

test('a text is cut to its length, keeps its ends, and says how much is gone', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.integer({ min: 40, max: 300 }), (text, most) => {
      const cut = cutInMiddle(text, most);
      expect(cut.length).toBeLessThanOrEqual(most);
      if (text.length <= most) expect(cut).toBe(text);
      else expect(cut).toMatch(/ … [\d,]+ characters … /);
    }),
  );
  expect(cutInMiddle('a'.repeat(50) + 'b'.repeat(50), 50)).toMatch(/^a+ … 7\d characters … b+$/);
});

test('a name is told in two parts, without a character lost or halved; its end is the shorter one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (name) => {
      const [start, end] = halvesOf(name);
      expect(start + end).toBe(name);
      expect([...end].length).toBeLessThanOrEqual(Math.min(18, [...start].length));
      expect([...start].length + [...end].length).toBe([...name].length);
    }),
  );
  const [one, two] = [3, 4].map((seed) =>
    halvesOf(`LeNet-5 on MNIST, learning rate 0.05, batch size 500, seed ${seed}`),
  );
  expect(one![0]).toBe(two![0]);
  expect(one![1]).not.toBe(two![1]);
});

/** Something where a setting should be, of any size. */
const junk = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.constantFrom('x'.repeat(20_000), NaN, -1, null, true, [], {}, [[[['deep']]]], Array(500).fill('y')),
  fc.jsonValue(),
);
const keys = fc.oneof(
  fc.constantFrom('name', 'seed', 'data', 'model', 'optimizer', 'length', 'probes', 'keepParameters', 'sweep', 'seeds'),
  fc.string({ minLength: 1, maxLength: 20 }),
  fc.constant('k'.repeat(10_000)),
);
const bad = fc.dictionary(keys, fc.oneof(junk, fc.dictionary(keys, junk, { noNullPrototype: true })), {
  minKeys: 1,
  maxKeys: 40,
  noNullPrototype: true,
});

test('whatever is wrong with an experiment, study, trajectory or recipe, the message is short and each fault names its key', () => {
  fc.assert(
    fc.property(bad, (value) => {
      for (const check of [checkExperiment, checkStudy, checkTrajectory]) {
        const checked = check(value);
        if (checked.ok) continue;
        expect(faultsText(checked.problems).length).toBeLessThanOrEqual(messageLength);
        expect(checked.problems.length).toBeLessThanOrEqual(201);
        for (const problem of checked.problems) {
          expect(faultsText([problem]).length).toBeLessThanOrEqual(faultLength);
          expect(problem.message).not.toBe('');
        }
      }
      const checked = checkExperiment(value);
      const settings = new Set(experimentFields().map(({ path }) => path.split('.')[0]!));
      for (const key of Object.keys(value).filter((key) => !settings.has(key) && key !== '__proto__'))
        expect(checked.ok || checked.problems.map(({ path }) => path)).toContain(cutInMiddle(key, 100));
      try {
        readRecipe(value);
      } catch (error) {
        expect(error).toBeInstanceOf(ValleywalkError);
        expect((error as ValleywalkError).message.length).toBeLessThanOrEqual(messageLength);
      }
    }),
    { numRuns: 200 },
  );
});

test('every unknown key is named, and of very many the first, with how many more', () => {
  const check = checkExperiment({ ['x'.repeat(5_000_000)]: 1, zzz: 2 });
  expect(check.ok).toBe(false);
  if (check.ok) return;
  expect(check.problems.map(({ path }) => path.length <= 100)).toEqual([true, true]);
  expect(faultsText(check.problems)).toMatch(/^x+ … [\d,]+ characters … x+ is not a setting.*; zzz is not a setting/);
  const many = checkExperiment(Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`key ${index}`, 1])));
  expect(many.ok || many.problems.at(-1)).toEqual({ path: '', message: 'and 99,800 more faults' });
});

test('of a choice without words of its own the nearest case says what is wrong', () => {
  const recipe = { panels: [{ chart: { chart: 'no such chart' }, runs: [{ run: 'r' }] }] };
  expect(() => readRecipe(recipe)).toThrow(/panels\.0\.chart/);
});
