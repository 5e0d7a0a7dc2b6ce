/** Which line has which look: pairwise different, and the same after anything else has gone. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { experimentSchema } from '../../experiment.ts';
import { buildChart, screenStyle } from '../index.ts';
import { chartSpecSchema } from '../request.ts';
import { testData, testRun } from '../testing.ts';
import { canRamp, comparisonColours, comparisonLooks, runLooks } from './comparison-panels.ts';
import { assigned, lineStyle, looksOf, lookSchemes, runColors } from './looks.ts';
import type { Line } from './looks.ts';
import { runPalettes } from './style.ts';

const style = { theme: 'light' } as const;

test('the first lines of eight hues are those of four, and of them alone dashes come from the fifth on', () => {
  for (let place = 0; place < 4; place++)
    expect(lineStyle(place, style)).toEqual(lineStyle(place, { ...style, runPalette: 'okabe-ito' }));
  expect(lineStyle(4, { ...style, runPalette: 'okabe-ito' })).toEqual({
    color: runColors['okabe-ito'].light[0],
    dash: [5, 2],
    marker: 'rect',
    marked: true,
  });
  expect(lineStyle(7, style)).toMatchObject({ dash: 'solid', marked: false });
  expect(lineStyle(8, style)).toMatchObject({
    color: runColors.hues.light[0],
    dash: [5, 2],
    marker: 'rect',
    marked: true,
  });
});

const amounts = (count: number): Line[] =>
  Array.from({ length: count }, (_, index) => ({ key: `${index}`, values: [2 ** index] }));
const crossed = (first: (number | string)[], second: (number | string)[]): Line[] =>
  first.flatMap((one) => second.map((other) => ({ key: JSON.stringify([one, other]), values: [one, other] })));

test('looks are pairwise different: of runs, of amounts along a ramp, and of two settings', () => {
  const cases: Line[][] = [
    Array.from({ length: 50 }, (_, index) => ({ key: `${index}`, values: [] })),
    ...[2, 3, 6, 7, 12, 20].map(amounts),
    crossed([0.05, 0.1, 0.2], [10, 100, 1000, 10000]),
    crossed(['mlp', 'vgg', 'resnet'], [10, 100, 1000, 10000]),
    crossed(
      Array.from({ length: 12 }, (_, index) => index),
      [1, 2],
    ),
    crossed(
      Array.from({ length: 12 }, (_, index) => `net ${index}`),
      [1, 2, 3],
    ),
  ];
  for (const lines of cases)
    for (const scheme of lookSchemes)
      for (const runPalette of runPalettes)
        for (const theme of ['light', 'dark'] as const)
          for (const choices of [{}, { dashes: true }, { markers: true }, { dashes: true, markers: true }]) {
            const looks = [...looksOf(lines, scheme, { theme, runPalette, ...choices }).values()];
            const seen = looks.map(({ color, dash, marker, marked }) =>
              JSON.stringify([color, dash, marked && marker]),
            );
            expect(
              new Set(seen).size,
              `${lines.length} ${scheme} ${runPalette} ${theme} ${JSON.stringify(choices)}`,
            ).toBe(lines.length);
          }
});

test('of two settings the first is the colour and the second dash and marker', () => {
  for (const scheme of ['qualitative', 'sequential'] as const) {
    const looks = looksOf(crossed([0.05, 0.1, 0.2], [10, 100]), scheme, style);
    const look = (one: number, other: number) => looks.get(JSON.stringify([one, other]))!;
    for (const rate of [0.05, 0.1, 0.2]) expect(look(rate, 10).color).toBe(look(rate, 100).color);
    for (const size of [10, 100])
      expect(
        new Set([0.05, 0.1, 0.2].map((rate) => JSON.stringify([look(rate, size).dash, look(rate, size).marker]))).size,
      ).toBe(1);
    expect(look(0.05, 10)).toMatchObject({ dash: 'solid', marked: false });
    expect(look(0.05, 100)).toMatchObject({ dash: [5, 2], marked: true });
  }
  // a learning rate has the colour that it has by itself
  const alone = looksOf(
    [0.05, 0.1, 0.2].map((rate) => ({ key: `${rate}`, values: [rate] })),
    'sequential',
    style,
  );
  expect(looksOf(crossed([0.05, 0.1, 0.2], [10, 100]), 'sequential', style).get('[0.1,100]')!.color).toBe(
    alone.get('0.1')!.color,
  );
});

const run = (rate: number, batchSize: number, seed: number) =>
  testRun(`${rate}`, {
    run: `${rate}-${batchSize}-${seed}`,
    seed,
    experiment: experimentSchema.parse({ seed, optimizer: { learningRate: rate, batchSize } }),
  });
const pool = [0.01, 0.05, 0.1, 0.2, 0.5].flatMap((rate) =>
  [10, 100, 1000].flatMap((size) => [1, 2].map((seed) => run(rate, size, seed))),
);
const groups = [
  null,
  ['optimizer.learningRate'],
  ['optimizer.learningRate', 'optimizer.batchSize'],
  ['seed'],
  ['optimizer.kind', 'optimizer.learningRate'],
];

test('a line that goes changes no other, in whichever order and however often; nor does a reload', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...groups),
      fc.constantFrom(...lookSchemes),
      fc.uniqueArray(fc.constantFrom(...pool), { minLength: 2, selector: ({ run: id }) => id }),
      fc.array(fc.nat(), { maxLength: 12 }),
      (group, scheme, chosen, picks) => {
        let runs = chosen;
        let colours = comparisonColours(runs, group);
        const first = runLooks(runs, { group, colours, scheme }, style);
        for (const pick of picks) {
          if (runs.length === 1) break;
          runs = runs.filter((_, index) => index !== pick % runs.length);
          colours = comparisonColours(runs, group, colours);
          for (const [id, look] of runLooks(runs, { group, colours, scheme }, style))
            expect(look).toEqual(first.get(id));
        }
        // and with those that went back again
        colours = comparisonColours(chosen, group, colours);
        expect(runLooks(chosen, { group, colours, scheme }, style)).toEqual(first);
      },
    ),
  );
});

test('the looks of groups do not depend on the order of the runs', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...groups.filter((group) => group !== null)),
      fc
        .uniqueArray(fc.constantFrom(...pool), { minLength: 2, selector: ({ run: id }) => id })
        .chain((runs) => fc.tuple(fc.constant(runs), fc.shuffledSubarray(runs, { minLength: runs.length }))),
      (group, [runs, shuffled]) => {
        expect(comparisonColours(shuffled, group)).toEqual(comparisonColours(runs, group));
      },
    ),
  );
});

test('a new run takes the place of one that has gone, then the next; those that stay keep theirs', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.constantFrom(...pool), { minLength: 1, selector: ({ run: id }) => id }),
      fc.uniqueArray(fc.constantFrom(...pool), { minLength: 1, selector: ({ run: id }) => id }),
      (before, after) => {
        const old = comparisonColours(before, null);
        const now = comparisonColours(after, null, old);
        for (const { run: id } of after) if (old.includes(id)) expect(now.indexOf(id)).toBe(old.indexOf(id));
        // no more places than there were or are needed
        expect(now.length).toBe(Math.max(old.length, after.length));
        expect(new Set(now).size).toBe(now.length);
      },
    ),
  );
});

test('a ramp follows the values, whenever they came', () => {
  const spec: { group: string[]; scheme: 'sequential' } = { group: ['optimizer.learningRate'], scheme: 'sequential' };
  const first = [run(0.1, 10, 1), run(0.5, 10, 1)];
  const colours = comparisonColours(first, spec.group);
  const more = comparisonColours([...first, run(0.2, 10, 1)], spec.group, colours);
  const all = comparisonColours([run(0.1, 10, 1), run(0.2, 10, 1), run(0.5, 10, 1)], spec.group);
  expect(comparisonLooks({ ...spec, colours: more }, [], style)).toEqual(
    new Map([...comparisonLooks({ ...spec, colours: all }, [], style)]),
  );
  expect(canRamp({ ...spec, colours })).toBe(true);
  expect(canRamp({ ...spec, colours: colours.slice(0, 1) })).toBe(false);
  for (const group of [null, ['seed'], ['optimizer.kind']])
    expect(canRamp({ group, colours: comparisonColours(pool, group) })).toBe(false);
});

test('of very many lines those that have gone are forgotten', () => {
  const many = Array.from({ length: 201 }, (_, index) => `${index}`);
  expect(
    assigned(many, [
      { key: '7', values: [] },
      { key: 'new', values: [] },
    ]),
  ).toEqual(['7', 'new']);
});

test('any texts as colours, with any group, are drawn or refused with a place: what is no key is only a place', () => {
  const runs = ['sgd', 'adam'].map((kind) =>
    testData(testRun(kind, { run: kind, experiment: experimentSchema.parse({ optimizer: { kind } }) })),
  );
  const key = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom('sgd', '["\\"sgd\\""]', '[]', '[1]', '{}', 'null', '""', '["a","b","c"]'),
  );
  const name = fc.oneof(fc.string(), fc.constantFrom('optimizer.kind', 'optimizer.learningRate', 'status', 'seed'));
  fc.assert(
    fc.property(
      fc.array(key, { maxLength: 4 }),
      fc.option(fc.array(name, { maxLength: 3 })),
      fc.constantFrom(...lookSchemes),
      (colours, group, scheme) => {
        const asked = { chart: 'comparison', record: 'iteration', metric: 'distance', colours, group, scheme };
        const read = chartSpecSchema.safeParse(asked);
        if (read.success) expect(buildChart(read.data, runs, screenStyle('light')).notes).toBeDefined();
        else for (const { code, path } of read.error.issues) expect([code, path.length > 0]).toEqual([code, true]);
      },
    ),
  );
});
