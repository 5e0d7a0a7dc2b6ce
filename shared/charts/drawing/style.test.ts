import { expect, test } from 'vitest';
import { runColors } from './looks.ts';
import { paperStyle } from './style.ts';
import type { Theme } from './style.ts';

function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

test.each<Theme>(['light', 'dark'])('text and lines stand out on the %s background', (theme) => {
  const { palette } = paperStyle(theme);
  for (const text of [palette.text, palette.muted]) expect(contrast(text, palette.background)).toBeGreaterThan(4.5);
  for (const line of [
    ...runColors['okabe-ito'][theme],
    ...runColors.greys[theme],
    palette.floor,
    palette.barrier,
    palette.axis,
  ])
    expect(contrast(line, palette.background)).toBeGreaterThan(3);
  // the batch loss steps back but is seen; hairlines are walls, not data
  expect(contrast(palette.batch, palette.background)).toBeGreaterThan(2.9);
  expect(contrast(palette.hairline, palette.background)).toBeLessThan(2.5);
});

test('type on paper is 7 points high', () => {
  expect(paperStyle('light').fontSize).toBeCloseTo(9.333, 3);
});
