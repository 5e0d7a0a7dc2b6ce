/** Words and numbers in charts: symbols with their subscripts, axis titles that fit, tick labels. */
import { formatNumber } from '../../format.ts';

const subscripts: Readonly<Record<string, string>> = {
  '0': '₀',
  '1': '₁',
  '2': '₂',
  '+': '₊',
  '−': '₋',
  a: 'ₐ',
  i: 'ᵢ',
  m: 'ₘ',
  n: 'ₙ',
  s: 'ₛ',
  t: 'ₜ',
  x: 'ₓ',
};

/** A piece of a symbol: letters, or a subscript that Unicode lacks and that is drawn smaller and lower. */
interface SymbolPart {
  text: string;
  isSubscript: boolean;
}

/** The pieces of a symbol's notation, `θ_{t+1}` or `ℓ_B`; subscripts that Unicode has are letters, `θₜ₊₁`. */
export function symbolParts(symbol: string): SymbolPart[] {
  const parts: SymbolPart[] = [];
  const add = (text: string, isSubscript: boolean): void => {
    const last = parts.at(-1);
    if (last && !last.isSubscript && !isSubscript) last.text += text;
    else if (text !== '') parts.push({ text, isSubscript });
  };
  let read = 0;
  for (const found of symbol.matchAll(/_(?:\{([^}]*)\}|(max|min|.))/gu)) {
    const subscript = found[1] ?? found[2] ?? '';
    const letters = [...subscript];
    add(symbol.slice(read, found.index), false);
    if (letters.every((letter) => letter in subscripts))
      add(letters.map((letter) => subscripts[letter]).join(''), false);
    else add(subscript, true);
    read = found.index + found[0].length;
  }
  add(symbol.slice(read), false);
  return parts;
}

/** The pieces of a text that holds symbols, as {@link heading} writes one; of the subscripts only those of ℓ_B and B_noise are none of Unicode's; any other underscore is that of a name. */
export function titleParts(text: string): SymbolPart[] {
  return text
    .split(/(?<=ℓ|(?<!\p{L})B)_(\p{L}+)/u)
    .map((piece, index) => ({ text: piece, isSubscript: index % 2 === 1 }))
    .filter((part) => part.text !== '');
}

/** A symbol as plain text, `θₜ₊₁`; a subscript that Unicode lacks keeps its underscore, `ℓ_B`. */
export function prettySymbol(symbol: string): string {
  return symbolParts(symbol)
    .map(({ text, isSubscript }) => (isSubscript ? `_${text}` : text))
    .join('');
}

/** What stands around a subscript in a drawing's texts on paper, where one text with its subscripts is written (tidy.ts): for private use in Unicode. */
export const subscriptMarks = ['\uf8f0', '\uf8f1'] as const;

/**
 * Writes symbols as ECharts draws them: on screen as rich text, whose styles are {@link richStyles}; on paper with marks, since without a canvas
 * ECharts does not know how wide the pieces of a rich text are.
 */
export function drawnSymbol(medium: 'screen' | 'paper'): (symbol: string) => string {
  const [before, after] = medium === 'screen' ? ['{subscript|', '}'] : subscriptMarks;
  return (symbol) =>
    symbolParts(symbol)
      .map(({ text, isSubscript }) => (isSubscript ? before + text + after : text))
      .join('');
}

/** Styles of rich text, for what {@link drawnSymbol} wrote; nothing for other texts, whose braces are their own. */
export function richStyles(text: string, fontSize: number): { rich?: Record<string, object> } {
  if (!text.includes('{subscript|')) return {};
  const small = fontSize * 0.72;
  return { rich: { subscript: { fontSize: small, padding: [fontSize * 0.55, 0, 0, 0] } } };
}

/** Width of a text in px, roughly and rather too wide, in Arial and its like. */
export function textWidth(text: string, fontSize: number): number {
  let ems = 0;
  for (const character of text) {
    if (" fijlrtI.,:;'!|()[]-".includes(character)) ems += 0.3;
    else if ('mwMW@%'.includes(character)) ems += 0.9;
    else if (character === '…') ems += 1;
    else if (/[A-Z]/.test(character)) ems += 0.7;
    else if (character < '\u007f') ems += 0.55;
    else ems += character < '\u2e80' ? 0.6 : 1;
  }
  return ems * fontSize;
}

/** A text in lines that fit into `room` px, broken between words. */
export function wrapped(text: string, room: number, fontSize: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(longer, fontSize) <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/**
 * A text that fits into `room` px: what is too long loses its middle, because names often differ at their ends.
 * @param tail share of what is kept that is its end
 */
export function shortened(text: string, room: number, fontSize: number, tail = 0.4): string {
  if (textWidth(text, fontSize) <= room) return text;
  const characters = [...text];
  if (characters.length < 4) return text;
  const cut = (kept: number): string => {
    const after = Math.floor(kept * tail);
    return `${characters.slice(0, kept - after).join('')}…${characters.slice(characters.length - after).join('')}`;
  };
  let [kept, most] = [2, characters.length - 1];
  while (kept < most) {
    const middle = Math.ceil((kept + most) / 2);
    if (textWidth(cut(middle), fontSize) <= room) kept = middle;
    else most = middle - 1;
  }
  return cut(kept);
}

/** Texts without the words that all begin with, marked with `…`; without common letters where no word is common. */
function withoutBeginning(texts: readonly string[]): readonly string[] {
  const [first = [], ...others] = texts.map((text) => [...text]);
  let shared = 0;
  while (shared < first.length && others.every((text) => text[shared] === first[shared])) shared++;
  const word = first.slice(0, shared).findLastIndex((character) => /[\s,·_/-]/u.test(character)) + 1;
  const from = word || shared;
  return from > 3 ? texts.map((text) => `…${[...text].slice(from).join('')}`) : texts;
}

/** Texts of equally many words without those that all have at the same place; as they are where that is none. */
function differingWords(texts: readonly string[], between: string): readonly string[] {
  const [first = [], ...others] = texts.map((text) => text.split(' '));
  if (others.some((words) => words.length !== first.length)) return texts;
  const differ = first.map((word, index) => others.some((words) => words[index] !== word));
  if (!differ.includes(true) || !differ.includes(false)) return texts;
  return texts.map((text) =>
    text
      .split(' ')
      .filter((_, index) => differ[index])
      .join(between),
  );
}

/** The values of names like `learning rate 0.1 · seed 2`, of which some have parts more; as they are where a part is of other words, or has no value. */
function valuesOfParts(texts: readonly string[]): readonly string[] {
  const words = new Map<number, string>();
  const isAlike = texts.every((text) =>
    text.split(' · ').every((part, index) => {
      const [, own, value] = /^(.*\S) (\S*\d\S*)$/u.exec(part) ?? [];
      if (own === undefined || value === undefined) return false;
      if (!words.has(index)) words.set(index, own);
      return words.get(index) === own;
    }),
  );
  if (!isAlike) return texts;
  return texts.map((text) => Array.from(text.split(' · '), (part) => part.slice(part.lastIndexOf(' ') + 1)).join(' '));
}

/** Different texts without what all of them share, less and less: the words that they begin with, then any, then those of their parts. */
export function withoutShared(texts: readonly string[]): (readonly string[])[] {
  const distinct = new Set(texts).size;
  return [
    withoutBeginning(texts),
    differingWords(texts, ' · '),
    differingWords(texts, ' '),
    valuesOfParts(texts),
  ].filter((some) => new Set(some).size === distinct);
}

/** Cut texts with numbers after those that are equal and stand for different ones. */
function numbered(texts: readonly string[], short: readonly string[], room: number, fontSize: number): string[] {
  const used = new Set(short);
  const found = new Map<string, string>();
  const owners = new Map<string, string>();
  texts.forEach((text, index) => {
    if (found.has(text)) return;
    let own = short[index]!;
    if (owners.has(own))
      for (let number = 2; used.has(own); number++) {
        const after = ` #${number}`;
        own = shortened(short[index]!, room - textWidth(after, fontSize), fontSize) + after;
      }
    used.add(own);
    owners.set(own, text);
    found.set(text, own);
  });
  return texts.map((text) => found.get(text)!);
}

/**
 * Texts that fit into `room` px each, and of which different ones stay different: without what all of them share (the words that they begin
 * with, then any) where that is enough; else cut in their middle or nearer to their beginning, and numbered where they are equal then.
 */
export function shortenedApart(texts: readonly string[], room: number, fontSize: number): string[] {
  const distinct = new Set(texts).size;
  const ends = withoutBeginning(texts);
  for (const whole of [texts, ...withoutShared(texts)])
    if (whole.every((text) => textWidth(text, fontSize) <= room)) return [...whole];
  let best: string[] = [];
  for (const [from, tail] of [
    [texts, 0.4],
    [texts, 0.7],
    [differingWords(texts, ' '), 0.4],
    [ends, 0.4],
    [ends, 1],
    [ends, 0],
  ] as const) {
    const cut = from.map((text) => shortened(text, room, fontSize, tail));
    const size = new Set(cut).size;
    if (size > new Set(best).size) best = cut;
    if (size === distinct) break;
  }
  return numbered(texts, best, room, fontSize);
}

/** Heading of a chart: the quantity in words, then its symbol. */
export function heading(title: string, symbol: string): string {
  return symbol ? `${title}, ${prettySymbol(symbol)}` : title;
}

/**
 * Title of a vertical axis: words, symbol and unit if there is room, else words and unit, else symbol or short word and unit, the first that fits.
 * @param room length of the axis in px
 * @param write writes the symbol: as plain text, or as rich text
 */
export function axisTitle(
  {
    title,
    short,
    symbol,
    unit,
  }: { title: string; short?: string | readonly string[]; symbol: string; unit: string | null },
  room: number,
  fontSize: number,
  write: (symbol: string) => string = prettySymbol,
): string {
  const after = unit ? ` (${unit})` : '';
  const choices = (by: (symbol: string) => string): string[] =>
    [
      symbol ? `${title} ${by(symbol)}${after}` : '',
      `${title}${after}`,
      symbol ? `${by(symbol)}${after}` : '',
      ...[short ?? ''].flat().map((words) => (words ? `${words}${after}` : '')),
    ].filter((choice) => choice !== '');
  const plain = choices(prettySymbol);
  const fits = plain.findIndex((choice) => textWidth(choice, fontSize) <= room);
  return choices(write).at(fits) ?? '';
}

const superscripts = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/** A tick label: four significant digits without trailing zeros; small and large ones as powers of ten. */
export function formatTick(value: number): string {
  return powerOfTen(formatNumber(Number(value.toPrecision(10))), true);
}

/** `1.5e−7` as `1.5×10⁻⁷`. @param trim whether zeros at the end of the mantissa, and a mantissa of 1, are left out */
function powerOfTen(text: string, trim = false): string {
  const [mantissa, exponent] = text.split('e');
  if (exponent === undefined) return text;
  const power = `10${exponent.replace('−', '⁻').replace(/\d/g, (digit) => superscripts[Number(digit)]!)}`;
  const short = trim ? mantissa!.replace(/\.?0+$/, '') : mantissa!;
  if (!trim) return `${short}×${power}`;
  return short === '1' ? power : short === '−1' ? `−${power}` : `${short}×${power}`;
}

/** {@link formatTick} for a round number, with all its digits: close ticks differ in later ones. */
export function exactTick(value: number): string {
  const round = Number(value.toPrecision(10));
  const size = Math.abs(round);
  if (size < 1e-3 || size >= 1e5 || Number(round.toPrecision(4)) === round) return formatTick(value);
  return round.toLocaleString('en', { maximumSignificantDigits: 10, useGrouping: false }).replace('-', '−');
}

/** {@link formatTick} for the ticks of one axis, with as many decimals as tell them all apart. */
export function tickFormatter(ticks: readonly number[]): (value: number) => string {
  if (new Set(ticks.map(formatTick)).size === ticks.length) return formatTick;
  const step = Math.min(...ticks.slice(1).map((tick, index) => tick - ticks[index]!));
  const greatest = Math.max(...ticks.map(Math.abs));
  if (greatest < 1e-3 || greatest >= 1e15) {
    const power = Math.floor(Math.log10(greatest));
    const digits = Math.min(15, Math.max(0, Math.ceil(power - Math.log10(step) - 1e-9)));
    return (value) => powerOfTen(value.toExponential(digits).replace('-', '−').replace('e+', 'e').replace('e-', 'e−'));
  }
  const digits = Math.min(20, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
  const format = new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return (value) => format.format(value).replace('-', '−');
}

/** A whole number with thousands separated by commas: iterations and epochs. Empty between whole numbers. */
export function formatCount(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en') : '';
}

/** A counted noun: `1 barrier`, `2 barriers`, `no barrier`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return count === 0 ? `no ${one}` : `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** Note on a metric whose values reach zero and below. */
export const noLogNote = 'no log axis: this metric reaches zero and below';

/** What log axes leave out of some lines: values, and places on a log horizontal axis; null when that is nothing. */
export function leftOutNote(lines: readonly { leftOut: number; leftOutX: number }[]): string | null {
  const sum = (key: 'leftOut' | 'leftOutX'): number => lines.reduce((total, line) => total + line[key], 0);
  const places = sum('leftOutX');
  const noun = places === 1 ? 'value at a place ≤ 0 is' : 'values at places ≤ 0 are';
  const beside = places === 0 ? null : `${places.toLocaleString('en')} ${noun} left out on the log horizontal axis`;
  return [logNote(sum('leftOut')), beside].filter((note) => note !== null).join('; ') || null;
}

/** Note on values that a log axis cannot show; null when there are none. */
export function logNote(left: number): string | null {
  if (left === 0) return null;
  return `${left.toLocaleString('en')} ${left === 1 ? 'value' : 'values'} ≤ 0 ${left === 1 ? 'is' : 'are'} left out on the log axis`;
}

/** Escapes text for HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
