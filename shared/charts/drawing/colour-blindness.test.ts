/** The runs' colours under simulated colour blindness. */
import { expect, test } from 'vitest';
import { runColors, lineStyle } from './style.ts';
import type { Theme } from './style.ts';

type Triple = [number, number, number];

/** Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB. */
const simulations = {
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
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
} satisfies Record<string, Triple[]>;

/** sRGB (D65) to XYZ. */
const toXyz: Triple[] = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
];

function times(matrix: Triple[], vector: Triple): Triple {
  return matrix.map((row) => row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2]) as Triple;
}

function lab(color: string, simulation: Triple[]): Triple {
  const linear = [1, 3, 5].map((at) => {
    const value = parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as Triple;
  const seen = times(simulation, linear).map((value) => Math.min(1, Math.max(0, value))) as Triple;
  const [x, y, z] = times(toXyz, seen).map((value, index) => {
    const scaled = value / [0.95047, 1, 1.08883][index]!;
    return scaled > 216 / 24389 ? Math.cbrt(scaled) : ((24389 / 27) * scaled + 16) / 116;
  }) as Triple;
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** CIE 1976 difference: 2.3 is just noticeable. */
function difference(one: string, other: string, simulation: Triple[]): number {
  const [a, b] = [lab(one, simulation), lab(other, simulation)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

test('the conversion agrees with known colours', () => {
  expect(lab('#ffffff', simulations.none)[0]).toBeCloseTo(100, 3);
  const [l, a, b] = lab('#ff0000', simulations.none);
  expect([l, a, b].map((value) => Math.round(value * 10) / 10)).toEqual([53.2, 80.1, 67.2]);
  // red and green of one brightness fall together for a deuteranope, blue and yellow do not
  expect(difference('#c00000', '#6a7000', simulations.deuteranopia)).toBeLessThan(15);
  expect(difference('#0000ff', '#ffff00', simulations.deuteranopia)).toBeGreaterThan(100);
});

test.each<[Theme, keyof typeof simulations, number]>([
  ['light', 'deuteranopia', 17],
  ['light', 'protanopia', 17],
  ['light', 'none', 40],
  ['dark', 'deuteranopia', 17],
  ['dark', 'protanopia', 17],
  ['dark', 'none', 40],
])('on %s, with %s, the first four colours differ by at least %d', (theme, kind, least) => {
  const colors = runColors['okabe-ito'][theme];
  for (const [index, color] of colors.entries())
    for (const other of colors.slice(0, index))
      expect(difference(color, other, simulations[kind]), `${color} ${other}`).toBeGreaterThan(least);
});

test('runs of one colour differ in dash and marker, and greys in dash from the second run on', () => {
  for (let index = 0; index < 12; index++) {
    const [one, other] = [lineStyle(index, { theme: 'light' }), lineStyle(index + 4, { theme: 'light' })];
    expect(one.color).toBe(other.color);
    expect(one.dash).not.toEqual(other.dash);
    expect(other.marked).toBe(true);
    expect(one.marker).not.toBe(other.marker);
    const greys = [index, index + 1].map((at) => lineStyle(at, { theme: 'light', runPalette: 'greys' }).dash);
    expect(greys[0]).not.toEqual(greys[1]);
  }
});
