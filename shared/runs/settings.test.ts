import fc from 'fast-check';
import { expect, test } from 'vitest';
import { experimentFields, experimentSchema } from '../experiment.ts';
import { settingWords } from '../setting-words.ts';
import { compareSettings, differingSettings, formatSetting, namesOfDifferences } from './settings.ts';

const experiment = (changes: object = {}) => experimentSchema.parse(changes);
const none = (): string => expect.unreachable('they differ');

test('what differs is told whatever the order of keys, and the name never', () => {
  const a = experiment({ name: 'a' });
  const b = experiment({ name: 'b', optimizer: { batchSize: 100, learningRate: 0.77 } });
  const rows = compareSettings([a, { ...b, optimizer: Object.fromEntries(Object.entries(b.optimizer).reverse()) }]);
  expect(rows.filter((row) => row.differs).map((row) => row.field.path)).toEqual(['optimizer.learningRate']);
});

test('names are made of what differs, the seed last', () => {
  const runs = [
    experiment({ seed: 1, optimizer: { learningRate: 0.1 } }),
    experiment({ seed: 2, optimizer: { learningRate: 0.1 } }),
    experiment({ seed: 1, optimizer: { learningRate: 0.5, batchSize: 500 } }),
  ];
  expect(differingSettings(runs).map(({ field }) => field.path)).toEqual([
    'optimizer.learningRate',
    'optimizer.batchSize',
    'seed',
  ]);
  expect(namesOfDifferences(runs, none)).toEqual([
    'learning rate 0.1 · batch size 100 · seed 1',
    'learning rate 0.1 · batch size 100 · seed 2',
    'learning rate 0.5 · batch size 500 · seed 1',
  ]);
});

test('what is left empty is told as what it stands for', () => {
  expect(formatSetting('optimizer.microBatch', null)).toBe('automatic');
  expect(formatSetting('probes.valleyFloor.points', [])).toBe('evenly spread');
  expect(formatSetting('probes.valleyFloor.batchSize', null)).toBe('whole set');
  expect(formatSetting('model.hidden', [])).toBe('none');
  const noise = experimentFields().find(({ path }) => path === 'optimizer.noiseDeviation')!;
  expect(settingWords(noise, null)).toBe('noise standard deviation measured');
  expect(settingWords(noise, 0.1)).toBe('noise standard deviation 0.1');
});

test('runs that do not differ keep their names, numbered', () => {
  expect(namesOfDifferences([experiment(), experiment()], () => 'walk')).toEqual(['walk (1)', 'walk (2)']);
  expect(namesOfDifferences([experiment()], () => 'walk')).toEqual(['walk']);
});

test('names are always different and never too long', () => {
  const settings = fc.record({
    seed: fc.integer({ min: 0, max: 2 }),
    optimizer: fc.record({ learningRate: fc.constantFrom(0.1, 0.5), momentum: fc.constantFrom(0, 0.9) }),
    model: fc.constantFrom(
      { architecture: 'vgg11' },
      { hidden: Array.from({ length: 16 }, (_, layer) => 1000 + layer) },
      { hidden: [] },
    ),
  });
  fc.assert(
    fc.property(fc.array(settings, { minLength: 1, maxLength: 12 }), (all) => {
      const names = namesOfDifferences(
        all.map((changes) => experiment(changes)),
        () => 'n'.repeat(120),
      );
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(name.length).toBeLessThanOrEqual(120);
    }),
  );
});
