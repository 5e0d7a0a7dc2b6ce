import { expect, it, vi } from 'vitest';
import { createChartLink } from './chart-link.ts';
import { panZoomAxis, scrollPast } from './pan-zoom.ts';

/** A chart's surface of which only the listeners are real: moves from place to place, a px each. */
function surfaceOf(): {
  link: ReturnType<typeof createChartLink>;
  tell: (name: string, x: number, event: object) => void;
} {
  const listeners = new Map<string, (event: unknown) => void>();
  const link = createChartLink();
  link.zoom({ from: 10, to: 20 });
  panZoomAxis(
    {
      on: (name: string, listener: (event: unknown) => void) => void listeners.set(name, listener),
      setCursorStyle: vi.fn(),
    } as unknown as Parameters<typeof panZoomAxis>[0],
    { target: () => ({ link, domain: [0, 100], log: false }), placeOf: ({ offsetX }) => offsetX, length: () => 10 },
  );
  const tell = (name: string, x: number, event: object): void =>
    listeners.get(name)!({ offsetX: x, offsetY: 0, event: { preventDefault: vi.fn(), ...event } });
  return { link, tell };
}

it('a chart is dragged with the first button, until it is released', () => {
  const { link, tell } = surfaceOf();
  tell('mousedown', 15, { button: 0 });
  tell('mousemove', 12, { buttons: 1 });
  expect(link.range).toEqual({ from: 13, to: 23 });
  tell('mouseup', 12, {});
  tell('mousemove', 5, { buttons: 1 });
  expect(link.range).toEqual({ from: 13, to: 23 });
});

it('other buttons drag nothing, and a release that nobody told ends a drag', () => {
  const { link, tell } = surfaceOf();
  tell('mousedown', 15, { button: 2 });
  tell('mousemove', 12, { buttons: 2 });
  expect(link.range).toEqual({ from: 10, to: 20 });
  tell('mousedown', 15, { button: 0 });
  tell('mousemove', 12, { buttons: 0 });
  tell('mousemove', 9, { buttons: 0 });
  expect(link.range).toEqual({ from: 10, to: 20 });
});

it('the wheel is left to the page on its way to the chart, unless Ctrl or Shift is held', () => {
  const heard: [string, (event: unknown) => void, unknown][] = [];
  scrollPast({ addEventListener: (...reported: unknown[]) => void heard.push(reported as (typeof heard)[number]) });
  expect(heard.map(([name]) => name)).toEqual(['wheel', 'mousewheel']);
  for (const [, pass, options] of heard) {
    expect(options).toMatchObject({ capture: true });
    for (const [ctrlKey, shiftKey] of [
      [false, false],
      [true, false],
      [false, true],
    ]) {
      const stopPropagation = vi.fn();
      pass({ ctrlKey, shiftKey, stopPropagation });
      expect(stopPropagation).toHaveBeenCalledTimes(ctrlKey || shiftKey ? 0 : 1);
    }
  }
});
