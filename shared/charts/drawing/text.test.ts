import fc from 'fast-check';
import { expect, test } from 'vitest';
import { charted } from '../../quantities/index.ts';
import { logTicks, niceTicks } from './ticks.ts';
import {
  axisTitle,
  counted,
  drawnSymbol,
  escapeHtml,
  formatCount,
  exactTick,
  formatTick,
  heading,
  prettySymbol,
  richStyles,
  shortened,
  shortenedApart,
  subscriptMarks,
  symbolParts,
  textWidth,
  tickFormatter,
  titleParts,
  withoutShared,
  wrapped,
} from './text.ts';

test('subscripts are written in Unicode where it has them', () => {
  expect(prettySymbol('‖θ_{t+1} − θ_0‖')).toBe('‖θₜ₊₁ − θ₀‖');
  expect(prettySymbol('cos(g_{t−1}, g_t)')).toBe('cos(gₜ₋₁, gₜ)');
  expect(prettySymbol('λ_max')).toBe('λₘₐₓ');
  expect(prettySymbol('λ_min')).toBe('λₘᵢₙ');
  expect(prettySymbol('ℓ_B(θ_t)')).toBe('ℓ_B(θₜ)');
  expect(prettySymbol('α*_t')).toBe('α*ₜ');
});

test('every symbol of the metrics is written without braces', () => {
  for (const { symbol } of [...charted.iteration, ...charted.epoch]) expect(prettySymbol(symbol)).not.toMatch(/[{}]/);
});

test('a subscript that Unicode lacks is a part of its own, in rich text and in plain', () => {
  expect(symbolParts('ℓ_B(θ_t)')).toEqual([
    { text: 'ℓ', isSubscript: false },
    { text: 'B', isSubscript: true },
    { text: '(θₜ)', isSubscript: false },
  ]);
  expect(symbolParts('f_{tot}')).toEqual([
    { text: 'f', isSubscript: false },
    { text: 'tot', isSubscript: true },
  ]);
  expect(symbolParts('λ_max')).toEqual([{ text: 'λₘₐₓ', isSubscript: false }]);
  expect(symbolParts('')).toEqual([]);
  expect(drawnSymbol('screen')('ℓ_B(θ_t)')).toBe('ℓ{subscript|B}(θₜ)');
  expect(drawnSymbol('paper')('ℓ_B(θ_t)')).toBe(`ℓ${subscriptMarks.join('B')}(θₜ)`);
  expect(richStyles('Batch loss ℓ{subscript|B}', 10)).toHaveProperty('rich.subscript.fontSize');
  // an author's title keeps its braces
  expect(richStyles('loss {a|b}', 10)).toEqual({});
});

test('a subscript of several letters is in braces', () => {
  for (const { symbol } of [...charted.iteration, ...charted.epoch, ...charted.curvature])
    expect(symbol).not.toMatch(/_(?!max|min)\p{L}{2,}/u);
});

test('no symbol of a quantity is drawn with an underscore', () => {
  for (const { symbol } of [...charted.iteration, ...charted.epoch, ...charted.curvature])
    for (const { text } of symbolParts(symbol)) expect(text, symbol).not.toMatch(/[_{}]/);
});

test('no title of a quantity is shown with an underscore, and names keep theirs', () => {
  for (const { title, symbol } of [...charted.iteration, ...charted.epoch, ...charted.curvature])
    for (const { text } of titleParts(heading(title, symbol))) expect(text, symbol).not.toMatch(/[_{}]/);
  expect(titleParts('Batch loss, ℓ_B(θₜ)')).toEqual([
    { text: 'Batch loss, ℓ', isSubscript: false },
    { text: 'B', isSubscript: true },
    { text: '(θₜ)', isSubscript: false },
  ]);
  expect(titleParts('my_run_B, _seed 2')).toEqual([{ text: 'my_run_B, _seed 2', isSubscript: false }]);
  for (const name of ['实验_baseline', 'Café_test', 'größe_ß'])
    expect(titleParts(name)).toEqual([{ text: name, isSubscript: false }]);
  expect(titleParts('')).toEqual([]);
});

test('texts that are cut stay apart: where they differ at their ends, at their beginnings, or in the middle', () => {
  const cut = (texts: string[]): string[] => {
    const short = shortenedApart(texts, 60, 10);
    expect(new Set(short).size, short.join(' | ')).toBe(new Set(texts).size);
    for (const text of short) expect(textWidth(text, 10)).toBeLessThanOrEqual(60);
    return short;
  };
  const numbers = Array.from({ length: 12 }, (_, index) => index + 1);
  cut(numbers.map((number) => `learning rate 0.05, batch size 100, seed ${number}`));
  cut(numbers.map((number) => `${number} learning rate 0.05, batch size 100`));
  cut(numbers.map((number) => `multilayer perceptron of width ${number * 100} with a momentum of 0.9 and no decay`));
  expect(cut(['short', 'also short'])).toEqual(['short', 'also short']);
});

test('what all names share is dropped before anything is cut', () => {
  const names = (rates: string[]): string[] =>
    rates.flatMap((rate) => ['1', '2'].map((seed) => `learning rate ${rate} · batch size 10 · seed ${seed}`));
  expect(shortenedApart(['learning rate 0.003', 'learning rate 0.01'], 60, 10)).toEqual(['…0.003', '…0.01']);
  expect(shortenedApart(names(['0.03', '0.1']), 60, 10)).toEqual(['0.03 · 1', '0.03 · 2', '0.1 · 1', '0.1 · 2']);
  expect(shortenedApart(names(['0.03', '0.1']), 35, 10)).toEqual(['0.03 1', '0.03 2', '0.1 1', '0.1 2']);
});

test('different names are cut to different texts, however little room there is', () => {
  const word = fc.constantFrom(
    'learning',
    'rate',
    'seed',
    '0.1',
    '0.05',
    '1',
    '2',
    '10',
    '·',
    'a-very-long-word-indeed',
  );
  const name = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 8 }).map((words) => words.join(' ')),
  );
  fc.assert(
    fc.property(fc.array(name, { maxLength: 20 }), fc.integer({ min: 5, max: 200 }), (texts, room) => {
      const short = shortenedApart(texts, room, 10);
      expect(short).toHaveLength(texts.length);
      expect(new Set(short).size).toBe(new Set(texts).size);
    }),
    { numRuns: 500 },
  );
});

test('an axis title takes what fits', () => {
  const distance = { title: 'Distance from initialisation', symbol: '‖θ_{t+1} − θ_0‖', unit: null };
  expect(axisTitle(distance, 400, 10)).toBe('Distance from initialisation ‖θₜ₊₁ − θ₀‖');
  expect(axisTitle(distance, 160, 10)).toBe('Distance from initialisation');
  expect(axisTitle(distance, 80, 10)).toBe('‖θₜ₊₁ − θ₀‖');
  const difference = { title: 'Training loss, difference to “rate 0.1”', symbol: '', unit: 'nats' };
  const short = ['Difference to “rate 0.1”', 'Difference'];
  expect(axisTitle({ ...difference, short }, 160, 10)).toBe('Difference to “rate 0.1” (nats)');
  for (const room of [100, 10]) expect(axisTitle({ ...difference, short }, room, 10)).toBe('Difference (nats)');
  expect(axisTitle({ title: 'Training loss', symbol: '', unit: 'nats' }, 10, 10)).toBe('Training loss (nats)');
});

test('a long text loses its middle, a short one nothing', () => {
  expect(shortened('learning rate 0.1', 200, 10)).toBe('learning rate 0.1');
  const short = shortened('learning rate 0.1, batch size 100, seed 1', 120, 10);
  expect(short).toMatch(/^learning .*….* seed 1$/);
  expect(textWidth(short, 10)).toBeLessThanOrEqual(120);
});

test('ticks that lie close together keep the decimals that tell them apart', () => {
  const labels = (ticks: number[]): string[] => ticks.map(tickFormatter(ticks));
  expect(labels([7.7655, 7.766, 7.7665])).toEqual(['7.7655', '7.7660', '7.7665']);
  expect(labels([123456, 123457])).toEqual(['123,456', '123,457']);
  expect(labels([-10.0001, -10, -9.9999])).toEqual(['−10.0001', '−10.0000', '−9.9999']);
  // others stay as they are
  expect(labels([0, 0.5, 1])).toEqual(['0', '0.5', '1']);
  expect(labels([1e-4, 2e-4])).toEqual(['10⁻⁴', '2×10⁻⁴']);
  expect(labels([5])).toEqual(['5']);
});

test('ticks are short and exact', () => {
  expect([0, 0.1 + 0.2, -0.5, 1e-4, 2.5e-7, 100000, 3e5].map(formatTick)).toEqual([
    '0',
    '0.3',
    '−0.5',
    '10⁻⁴',
    '2.5×10⁻⁷',
    '10⁵',
    '3×10⁵',
  ]);
  expect([0, 1234, 1.5].map(formatCount)).toEqual(['0', '1,234', '']);
});

test('ticks of a log axis get denser as the axis gets shorter', () => {
  expect(logTicks(0.001, 100, 5)).toEqual([0.001, 0.01, 0.1, 1, 10, 100]);
  expect(logTicks(0.02, 3, 5)).toEqual([0.03, 0.1, 0.3, 1, 3]);
  expect(logTicks(0.55, 2.4, 5)).toEqual([0.7, 1, 1.5, 2]);
  expect(logTicks(2.21, 2.35, 5).length).toBeGreaterThan(2);
});

test('ticks are round and inside', () => {
  expect(niceTicks(0, 60, 7)).toEqual([0, 10, 20, 30, 40, 50, 60]);
  expect(niceTicks(-1, 1, 6)).toEqual([-1, -0.5, 0, 0.5, 1]);
  expect(niceTicks(0, 1, 5, 1)).toEqual([0, 1]);
  expect(niceTicks(2, 2, 5)).toEqual([2]);
});

test('words', () => {
  expect([0, 1, 2000].map((count) => counted(count, 'barrier'))).toEqual(['no barrier', '1 barrier', '2,000 barriers']);
  expect(escapeHtml('<b>&"')).toBe('&#60;b&#62;&#38;&#34;');
});

test('long notes are broken between words into lines that fit', () => {
  const text = 'smoothed over all records: exponential kernel; lines are means over the runs of a group';
  const lines = wrapped(text, 200, 10);
  expect(lines.join(' ')).toBe(text);
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) expect(textWidth(line, 10)).toBeLessThanOrEqual(200);
  // a word that is too long stands alone
  expect(wrapped('a incomprehensibilities b', 20, 10)).toEqual(['a', 'incomprehensibilities', 'b']);
});

test('round numbers keep the digits in which close ticks differ', () => {
  expect([1.1505, 1.151, 1.15, 0, 99_500, -0.12345, 2.5e-7, 0.1 + 0.2].map(exactTick)).toEqual([
    '1.1505',
    '1.151',
    '1.15',
    '0',
    '99500',
    '−0.12345',
    '2.5×10⁻⁷',
    '0.3',
  ]);
});

test('names with some parts more lose the words of the parts that they have', () => {
  expect(withoutShared(['learning rate 0.1', 'learning rate 0.3 · batch size 10']).at(-1)).toEqual(['0.1', '0.3 10']);
  // without its words, a value would not tell what it is of
  for (const texts of [
    ['learning rate 0.1', 'momentum 0.3 · seed 1'],
    ['small batch', 'small batch · seed 2'],
  ])
    for (const some of withoutShared(texts)) expect(some[1]).toMatch(/[a-z]+ \d/);
});
