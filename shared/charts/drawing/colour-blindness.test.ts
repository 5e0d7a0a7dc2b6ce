/** The colours of lines in normal vision, under simulated colour blindness, and in greys. */
import { expect, test } from 'vitest';
import { lineStyle, looksOf, runColors } from './looks.ts';
import type { Line, LineLook } from './looks.ts';
import { sequentialColor } from './ramp.ts';
import { paperStyle } from './style.ts';
import type { Theme } from './style.ts';

type Triple = [number, number, number];

/** Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB. */
const simulations = {
  'normal vision': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
} satisfies Record<string, Triple[]>;
type Vision = keyof typeof simulations;
const visions = Object.keys(simulations) as Vision[];
const themes: readonly Theme[] = ['light', 'dark'];

/** sRGB (D65) to XYZ. */
const toXyz: Triple[] = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
];

function times(matrix: Triple[], vector: Triple): Triple {
  return matrix.map((row) => row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2]) as Triple;
}

function linear(color: string): Triple {
  return [1, 3, 5].map((at) => {
    const value = parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as Triple;
}

function lab(color: string, vision: Vision = 'normal vision'): Triple {
  const seen = times(simulations[vision], linear(color)).map((value) => Math.min(1, Math.max(0, value))) as Triple;
  const [x, y, z] = times(toXyz, seen).map((value, index) => {
    const scaled = value / [0.95047, 1, 1.08883][index]!;
    return scaled > 216 / 24389 ? Math.cbrt(scaled) : ((24389 / 27) * scaled + 16) / 116;
  }) as Triple;
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** CIEDE2000 (Sharma, Wu and Dalal, 2005): about 1 is just noticeable side by side. */
function difference([l1, a1, b1]: Triple, [l2, a2, b2]: Triple): number {
  const seventh = (chroma: number): number => Math.sqrt(chroma ** 7 / (chroma ** 7 + 25 ** 7));
  const g = 0.5 * (1 - seventh((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2));
  const polar = (a: number, b: number): [number, number] => [
    Math.hypot((1 + g) * a, b),
    ((Math.atan2(b, (1 + g) * a) * 180) / Math.PI + 360) % 360,
  ];
  const [c1, h1] = polar(a1, b1);
  const [c2, h2] = polar(a2, b2);
  const grey = c1 * c2 === 0;
  const turn = grey ? 0 : ((h2 - h1 + 540) % 360) - 180;
  const dH = 2 * Math.sqrt(c1 * c2) * Math.sin(radians(turn / 2));
  const [l, c] = [(l1 + l2) / 2, (c1 + c2) / 2];
  const sum = h1 + h2;
  const h = grey ? sum : Math.abs(h1 - h2) <= 180 ? sum / 2 : sum < 360 ? (sum + 360) / 2 : (sum - 360) / 2;
  const t =
    1 -
    0.17 * Math.cos(radians(h - 30)) +
    0.24 * Math.cos(radians(2 * h)) +
    0.32 * Math.cos(radians(3 * h + 6)) -
    0.2 * Math.cos(radians(4 * h - 63));
  const sl = 1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2);
  const [sc, sh] = [1 + 0.045 * c, 1 + 0.015 * c * t];
  const rt = -Math.sin(radians(60 * Math.exp(-(((h - 275) / 25) ** 2)))) * 2 * seventh(c);
  const [dl, dc, dh] = [(l2 - l1) / sl, (c2 - c1) / sc, dH / sh];
  return Math.sqrt(dl ** 2 + dc ** 2 + dh ** 2 + rt * dc * dh);
}

const between = (one: string, other: string, vision: Vision): number =>
  difference(lab(one, vision), lab(other, vision));

function contrast(one: string, other: string): number {
  const luminance = (color: string): number => {
    const [r, g, b] = linear(color);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

test('the conversion and the difference agree with published values', () => {
  expect(lab('#ffffff')[0]).toBeCloseTo(100, 3);
  const [l, a, b] = lab('#ff0000');
  expect([l, a, b].map((value) => Math.round(value * 10) / 10)).toEqual([53.2, 80.1, 67.2]);
  // pairs 1, 7, 13, 17, 20 and 25 of Sharma, Wu and Dalal's table
  const published: [Triple, Triple, number][] = [
    [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
    [[50, 0, 0], [50, -1, 2], 2.3669],
    [[50, 2.5, 0], [50, 0, -2.5], 4.3065],
    [[50, 2.5, 0], [73, 25, -18], 27.1492],
    [[50, 2.5, 0], [58, 24, 15], 19.4535],
    [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
  ];
  for (const [one, other, value] of published) {
    expect(difference(one, other)).toBeCloseTo(value, 4);
    expect(difference(other, one)).toBeCloseTo(value, 4);
  }
  // red and green of one brightness fall together for a deuteranope, blue and yellow do not
  expect(between('#c00000', '#6a7000', 'deuteranopia')).toBeLessThan(15);
  expect(between('#0000ff', '#ffff00', 'deuteranopia')).toBeGreaterThan(50);
});

/** The least difference of two colours in each vision: what a reader can tell apart in thin lines. */
const leastHues = 12;
const leastSteps = 7.5;

/** Pairs of looks that neither dash nor marker tells apart, with their colours. */
function alike(looks: readonly LineLook[]): [string, string][] {
  const shape = ({ dash, marker, marked }: LineLook): string => JSON.stringify([dash, marked && marker]);
  return looks.flatMap((one, index) =>
    looks
      .slice(0, index)
      .filter((other) => shape(one) === shape(other))
      .map((other): [string, string] => [one.color, other.color]),
  );
}

const lines = (count: number, values: (index: number) => Line['values']): Line[] =>
  Array.from({ length: count }, (_, index) => ({ key: `${index}`, values: values(index) }));
const groups: Readonly<Record<string, { lines: Line[]; least: number }>> = {
  'twelve runs': { lines: lines(12, () => []), least: leastHues },
  'twelve words, such as networks': { lines: lines(12, (index) => [`net ${index}`]), least: leastHues },
  'twelve amounts, on a ramp': { lines: lines(12, (index) => [2 ** index]), least: leastSteps },
  ...Object.fromEntries(
    [4, 5, 8, 9].map((count) => [
      `${count} amounts, on a ramp`,
      { lines: lines(count, (index) => [2 ** index]), least: leastSteps },
    ]),
  ),
  'two settings of 4 × 3 values': {
    lines: lines(12, (index) => [2 ** (index % 4), Math.floor(index / 4)]),
    least: leastSteps,
  },
  'two settings of 3 × 4 values, words': {
    lines: lines(12, (index) => [`net ${index % 3}`, Math.floor(index / 3)]),
    least: leastHues,
  },
};

test.each(
  themes.flatMap((theme) => visions.flatMap((vision) => Object.keys(groups).map((kind) => ({ theme, vision, kind })))),
)('on $theme, in $vision, any two of $kind differ by colour, dash or marker', ({ theme, vision, kind }) => {
  const { lines: all, least } = groups[kind]!;
  const looks = [...looksOf(all, 'sequential', { theme }).values()];
  expect(looks).toHaveLength(all.length);
  for (const [one, other] of alike(looks))
    expect(between(one, other, vision), `${one} ${other}`).toBeGreaterThan(least);
});

test.each(themes)('in greys, on %s, any two differ by lightness, dash or marker', (theme) => {
  for (const { lines: all } of Object.values(groups)) {
    const looks = [...looksOf(all, 'sequential', { theme, runPalette: 'greys' }).values()];
    for (const { color } of looks) expect(new Set([1, 3, 5].map((at) => color.slice(at, at + 2))).size).toBe(1);
    for (const [one, other] of alike(looks))
      expect(Math.abs(lab(one)[0] - lab(other)[0]), `${one} ${other}`).toBeGreaterThan(8);
  }
});

test.each(themes)('hues and ramps stand out from the background by at least 3 : 1, on %s', (theme) => {
  const { background } = paperStyle(theme).palette;
  const ramp = Array.from({ length: 101 }, (_, step) => step / 100);
  for (const color of [
    ...runColors.hues[theme],
    ...ramp.map((share) => sequentialColor(share, theme)),
    ...ramp.map((share) => sequentialColor(share, theme, true)),
  ])
    expect(contrast(color, background), color).toBeGreaterThan(3);
});

test.each(themes)('the ramp is even and gets lighter all along, in each vision, on %s', (theme) => {
  const colors = Array.from({ length: 13 }, (_, step) => sequentialColor(step / 12, theme));
  const steps = colors.slice(1).map((color, index) => lab(color)[0] - lab(colors[index]!)[0]);
  expect(Math.max(...steps) / Math.min(...steps)).toBeLessThan(1.2);
  for (const vision of visions) {
    const lightness = colors.map((color) => lab(color, vision)[0]);
    for (const [index, value] of lightness.slice(1).entries()) expect(value).toBeGreaterThan(lightness[index]! + 1);
  }
});

test('runs of one colour differ in dash and marker, and greys in dash from the second run on', () => {
  const colours = runColors.hues.light.length;
  for (let index = 0; index < 3 * colours; index++) {
    const [one, other] = [lineStyle(index, { theme: 'light' }), lineStyle(index + colours, { theme: 'light' })];
    expect(one.color).toBe(other.color);
    expect(one.dash).not.toEqual(other.dash);
    expect(other.marked).toBe(true);
    expect(one.marker).not.toBe(other.marker);
    const greys = [index, index + 1].map((at) => lineStyle(at, { theme: 'light', runPalette: 'greys' }).dash);
    expect(greys[0]).not.toEqual(greys[1]);
  }
});
