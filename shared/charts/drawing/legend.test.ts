/** Which entries a legend has, with which texts, and how high it is. */
import { expect, test } from 'vitest';
import { drawLegend } from './legend.ts';
import type { Legend } from './legend.ts';
import { screenStyle } from './style.ts';

const legendOf = (values: readonly string[], title: string): Legend => ({
  isLimited: true,
  title: `${title} (3 runs each)`,
  shortTitle: title,
  entries: values.map((text) => ({ name: `${title} ${text}`, text, drawn: 'marked line' })),
});
const drawnAt = (legend: Legend, width: number) => {
  const { option, height } = drawLegend(legend, { ...screenStyle('light'), width, height: 220 }, { top: 0, bottom: 0 });
  const { formatter, data } = option as { formatter: (name: string) => string; data: { name: string }[] };
  return { texts: data.map(({ name }) => formatter(name)), height };
};

test('twelve numbers under a title all stand in a panel of 300 px, in a quarter of its height', () => {
  const rates = ['0.003', '0.005', '0.01', '0.02', '0.03', '0.05', '0.08', '0.1', '0.2', '0.3', '0.5', '0.8'];
  for (const width of [284, 300, 320]) {
    const { texts, height } = drawnAt(legendOf(rates, 'Learning rate'), width);
    expect(texts.slice(1)).toEqual(rates.slice(1));
    expect(texts[0]).toMatch(/^Learn.*0\.003$/);
    expect(height).toBeLessThanOrEqual(220 / 4);
  }
  // where there is room, and where values are words, a fifth is all
  expect(drawnAt(legendOf(rates, 'Learning rate'), 600).height).toBeLessThanOrEqual(220 / 5);
  const words = rates.map((rate) => `network ${rate}`);
  expect(drawnAt(legendOf(words, 'Network'), 300).height).toBeLessThanOrEqual(220 / 5);
});

test('names of runs lose what they share before entries are left out, and equal ones never stand side by side', () => {
  const names = [0.03, 0.1, 0.3].flatMap((rate) =>
    [10, 40].flatMap((size) => [1, 2, 3].map((seed) => `learning rate ${rate} · batch size ${size} · seed ${seed}`)),
  );
  const legend: Legend = { isLimited: true, entries: names.map((name) => ({ name, drawn: 'line' })) };
  expect(drawnAt(legend, 900).texts).toEqual(
    [0.03, 0.1, 0.3].flatMap((rate) => [10, 40].flatMap((size) => [1, 2, 3].map((seed) => `${rate} ${size} ${seed}`))),
  );
  for (const width of [260, 300, 440, 600]) {
    const { texts } = drawnAt(legend, width);
    expect(new Set(texts).size).toBe(texts.length);
  }
});

test('groups of different sizes lose the numbers of their runs before a value loses a digit', () => {
  const groups = [0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1].flatMap((rate) =>
    [0.1, 0.3].includes(rate) ? [`${rate}, 10`, `${rate}, 20`, `${rate}, 40`] : [`${rate}, 20`],
  );
  const title = 'Learning rate, batch size';
  const legend: Legend = {
    isLimited: true,
    title,
    shortTitle: title,
    entries: groups.map((value, index) => ({
      name: `${title} ${value}`,
      text: `${value} (${index % 2 ? '3 runs' : '1 run'})`,
      shortText: value,
      drawn: 'marked line',
    })),
  };
  const textsAt = (width: number) => drawnAt(legend, width).texts;
  expect(textsAt(1600)[1]).toBe('0.1, 10 (3 runs)');
  expect(textsAt(900)).toEqual(groups);
  for (const width of [300, 440, 500, 600])
    for (const [index, text] of textsAt(width).entries()) expect(text).toContain(groups[index]!);
});

test('where entries are left out, those that stay can be read', () => {
  const names = [
    ...[0.01, 0.02, 0.03, 0.05].map((rate) => `learning rate ${rate}`),
    ...[0.1, 0.3].flatMap((rate) =>
      [10, 40].flatMap((size) => [1, 2, 3].map((seed) => `learning rate ${rate} · batch size ${size} · seed ${seed}`)),
    ),
  ];
  const legend: Legend = { isLimited: true, entries: names.map((name) => ({ name, drawn: 'line' })) };
  expect(drawnAt(legend, 900).texts).toEqual(
    names.map((name) => name.replace('learning rate ', '').replace(/ · [a-z ]+/g, ' ')),
  );
  const { texts } = drawnAt(legend, 300);
  expect(texts.slice(0, 4)).toEqual(['0.01', '0.02', '0.03', '0.05']);
  expect(texts.join()).not.toContain('…');
  expect(texts.at(-1)).toMatch(/ and \d+ more$/);
});

test('where entries are left out, those that are shown keep what tells them from all others', () => {
  const names = ['a', 'b', 'c', 'd'].flatMap((net) =>
    Array.from({ length: 12 }, (_, seed) => `net ${net} seed ${seed}`),
  );
  const { texts } = drawnAt({ isLimited: true, entries: names.map((name) => ({ name, drawn: 'line' })) }, 260);
  expect(texts.length).toBeLessThan(12);
  expect(texts.at(-1)).toContain(` and ${names.length - texts.length} more`);
  for (const [seed, text] of texts.entries()) expect(text).toMatch(new RegExp(`^a.* ${seed}(?: and|$)`));
});
