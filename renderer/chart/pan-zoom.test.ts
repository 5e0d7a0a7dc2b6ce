/** What pointers do to the range in view: sequences of events, against what they mean. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createChartLink } from './chart-link.ts';
import type { Range } from './chart-link.ts';
import { AxisDrag, dragZoom, placeAt, wheeled, wheelZoom, zoomFactor } from './pan-zoom.ts';
import type { AxisTarget, PanZoomAxis } from './pan-zoom.ts';

const axis = { left: 50, length: 200 };

/** A chart's surface of which only the listeners are real: its axis lies from 50 to 250 px. */
function surfaceOf(domain: readonly [number, number] = [0, 100], log = false) {
  const listeners = new Map<string, (event: unknown) => void>();
  const link = createChartLink();
  const boxes: (Range | null)[] = [];
  const about: PanZoomAxis = {
    target: () => ({ link, domain, log }),
    placeOf: ({ offsetX }) => (offsetX >= 50 && offsetX <= 250 ? offsetX : null),
    axis: () => axis,
    isFocused: () => false,
    isEmpty: () => false,
    box: (span) => void boxes.push(span),
  };
  vi.stubGlobal('document', { addEventListener: vi.fn(), removeEventListener: vi.fn() });
  dragZoom(
    {
      on: (name: string, listener: (event: unknown) => void) => void listeners.set(name, listener),
      setCursorStyle: vi.fn(),
    } as unknown as Parameters<typeof dragZoom>[0],
    about,
  );
  const tell = (name: string, x: number, event: object = {}): void =>
    listeners.get(name)!({
      offsetX: x,
      offsetY: 0,
      event: { preventDefault: vi.fn(), buttons: 1, button: 0, ...event },
    });
  return { link, boxes, tell };
}

describe('a drag', () => {
  it('draws a box, and zooms to it when the button is released', () => {
    const { link, boxes, tell } = surfaceOf();
    tell('mousedown', 100);
    tell('mousemove', 180);
    expect(boxes.at(-1)).toEqual({ from: 100, to: 180 });
    expect(link.range).toBeNull();
    tell('mouseup', 150);
    expect(boxes.at(-1)).toBeNull();
    expect(link.range).toEqual({ from: 25, to: 50 });
  });
  it('may go to the left and beyond the axis', () => {
    const { link, tell } = surfaceOf();
    tell('mousedown', 150);
    tell('mousemove', 10);
    tell('mouseup', 10);
    expect(link.range).toEqual({ from: 0, to: 50 });
  });
  it('that is thin is a click, and so is one that comes back', () => {
    const { link, boxes, tell } = surfaceOf();
    tell('mousedown', 100);
    tell('mousemove', 103);
    tell('mouseup', 103);
    expect(boxes.every((box) => box === null)).toBe(true);
    tell('mousedown', 100);
    tell('mousemove', 200);
    tell('mousemove', 101);
    tell('mouseup', 101);
    expect(link.range).toBeNull();
  });
  it('with Shift moves what is in view, and nothing where everything is', () => {
    const { link, tell } = surfaceOf();
    tell('mousedown', 100, { shiftKey: true });
    tell('mousemove', 50);
    tell('mouseup', 50);
    expect(link.range).toBeNull();
    link.zoom({ from: 10, to: 20 });
    tell('mousedown', 100, { shiftKey: true });
    tell('mousemove', 80);
    expect(link.range).toEqual({ from: 11, to: 21 });
    tell('mouseup', 80);
    tell('mousemove', 50);
    expect(link.range).toEqual({ from: 11, to: 21 });
  });
  it('with another button, or from outside the axes, does nothing; a release that nobody told ends it', () => {
    const { link, tell } = surfaceOf();
    tell('mousedown', 100, { button: 2 });
    tell('mousemove', 200, { buttons: 2 });
    tell('mouseup', 200);
    tell('mousedown', 20);
    tell('mousemove', 200);
    tell('mouseup', 200);
    tell('mousedown', 100);
    tell('mousemove', 150, { buttons: 0 });
    tell('mousemove', 200);
    tell('mouseup', 200);
    expect(link.range).toBeNull();
  });
  it('on a log axis zooms to the decades of the box', () => {
    const { link, tell } = surfaceOf([1, 10_000], true);
    tell('mousedown', 100);
    tell('mousemove', 150);
    tell('mouseup', 150);
    expect(link.range!.from).toBeCloseTo(10, 9);
    expect(link.range!.to).toBeCloseTo(100, 9);
  });
});

const kinds = ['down', 'move', 'up', 'cancel', 'wheel'] as const;
/** Something that a pointer does. */
const act = fc.record({
  kind: fc.constantFrom(...kinds),
  x: fc.integer({ min: -50, max: 350 }),
  shift: fc.boolean(),
  delta: fc.integer({ min: -500, max: 500 }),
  ctrl: fc.boolean(),
});

it('whatever a pointer does, the view lies within the axis, wide enough to be seen, and no box is left', () => {
  fc.assert(
    fc.property(
      fc.array(act, { maxLength: 60 }),
      fc.constantFrom([[0, 100], false], [[1, 10_000], true], [[0, 0.25], false], [[0.001, 2], true]) as fc.Arbitrary<
        [[number, number], boolean]
      >,
      (acts, [domain, log]) => {
        const link = createChartLink();
        const boxes: (Range | null)[] = [];
        const target = (): AxisTarget => ({ link, domain, log });
        const drag = new AxisDrag({ target, axis: () => axis, box: (span) => void boxes.push(span) });
        for (const { kind, x, shift, delta, ctrl } of acts) {
          if (kind === 'down') drag.down(x, shift);
          else if (kind === 'move') drag.move(x);
          else if (kind === 'up') drag.up(x);
          else if (kind === 'cancel') drag.cancel();
          else {
            const event = { deltaX: 0, deltaY: delta, deltaMode: 0, ctrlKey: ctrl, metaKey: false, shiftKey: shift };
            const range = wheeled(target(), placeAt(target(), axis, x), event, !ctrl);
            if (range !== undefined) link.zoom(range);
          }
          const { range } = link;
          if (!range) continue;
          const tiny = 1e-9 * (domain[1] - domain[0]);
          expect(range.from).toBeGreaterThanOrEqual(domain[0] - tiny);
          expect(range.to).toBeLessThanOrEqual(domain[1] + tiny);
          expect(range.to).toBeGreaterThan(range.from);
        }
        drag.cancel();
        expect(boxes.at(-1) ?? null).toBeNull();
      },
    ),
  );
});

describe('the wheel', () => {
  const target = (range: Range | null, log = false): AxisTarget => {
    const link = createChartLink();
    link.zoom(range);
    return { link, domain: log ? [1, 10_000] : [0, 100], log };
  };
  const turn = (deltaY: number, keys: object = {}) => ({
    ...{ deltaX: 0, deltaY, deltaMode: 0, ctrlKey: false, metaKey: false, shiftKey: false },
    ...keys,
  });
  it('is the page’s without a key, in a chart without the focus', () =>
    expect(wheeled(target({ from: 10, to: 20 }), 15, turn(-120), false)).toBeUndefined());
  it('zooms with Ctrl or ⌘, around the pointer', () => {
    for (const key of ['ctrlKey', 'metaKey']) {
      const { from, to } = wheeled(target(null), 25, turn(-300, { [key]: true }), false)!;
      expect([from, to]).toEqual([12.5, 62.5]);
    }
  });
  it('zooms without a key in the chart that has the focus, and scrolls the page on when everything is in view', () => {
    expect(wheeled(target(null), 25, turn(-300), true)).toEqual({ from: 12.5, to: 62.5 });
    expect(wheeled(target(null), 25, turn(300), true)).toBeUndefined();
    expect(wheeled(target({ from: 10, to: 90 }), 25, turn(300), true)).toBeNull();
  });
  it('moves with Shift, whichever way a browser tells the turn', () => {
    expect(wheeled(target({ from: 10, to: 20 }), 15, turn(150, { shiftKey: true }), false)).toEqual({
      from: 11,
      to: 21,
    });
    expect(wheeled(target({ from: 10, to: 20 }), 15, turn(0, { deltaX: 150, shiftKey: true }), false)).toEqual({
      from: 11,
      to: 21,
    });
    expect(wheeled(target(null), 15, turn(150, { shiftKey: true }), false)).toBeUndefined();
  });
  it('there and back is where it was; the small turns of a pinch count for more', () => {
    for (const px of [-500, -120, -10, 3, 40, 120])
      for (const pinch of [true, false]) expect(zoomFactor(px, pinch) * zoomFactor(-px, pinch)).toBeCloseTo(1, 12);
    expect(zoomFactor(10, true)).toBeGreaterThan(zoomFactor(10, false));
    expect(zoomFactor(120, true)).toBe(zoomFactor(120, false));
  });
});

it('a turn is taken on its way to the chart: kept from the page only where it zooms', () => {
  const heard = new Map<string, (event: unknown) => void>();
  const link = createChartLink();
  const element = {
    addEventListener: (name: string, listener: (event: unknown) => void, options: unknown) => {
      expect(options).toEqual({ capture: true, passive: false });
      heard.set(name, listener);
    },
    getBoundingClientRect: () => ({ left: 0, top: 0 }),
  } as unknown as HTMLElement;
  let isEmpty = false;
  const about = { placeOf: () => 1, axis: () => axis, isFocused: () => false, isEmpty: () => isEmpty };
  wheelZoom(element, { ...about, target: () => ({ link, domain: [0, 100], log: false }) });
  const turn = (name: string, keys: object) => {
    const event = {
      ...{ type: name, clientX: 100, clientY: 5, deltaX: 0, deltaY: -300, deltaMode: 0 },
      ...{
        ctrlKey: false,
        metaKey: false,
        shiftKey: false,
        preventDefault: vi.fn(),
        stopPropagation: vi.fn(),
        ...keys,
      },
    };
    heard.get(name)!(event);
    return [event.preventDefault.mock.calls.length, event.stopPropagation.mock.calls.length];
  };
  expect(turn('wheel', {})).toEqual([0, 1]);
  expect(link.range).toBeNull();
  expect(turn('wheel', { ctrlKey: true })).toEqual([1, 1]);
  expect(link.range).toEqual({ from: 12.5, to: 62.5 });
  // the same turn, told once more under its old name
  expect(turn('mousewheel', { ctrlKey: true })).toEqual([0, 1]);
  expect(link.range).toEqual({ from: 12.5, to: 62.5 });
  // where nothing is drawn yet, a view would stay when something is; the page is not zoomed in its place
  link.zoom(null);
  isEmpty = true;
  expect(turn('wheel', { ctrlKey: true })).toEqual([1, 1]);
  expect(turn('wheel', { metaKey: true })).toEqual([1, 1]);
  expect(turn('wheel', { shiftKey: true })).toEqual([0, 1]);
  expect(link.range).toBeNull();
  isEmpty = false;
  // a chart of its own is zoomed by ECharts
  wheelZoom(element, { ...about, target: () => null });
  expect(turn('wheel', { ctrlKey: true })).toEqual([0, 0]);
  expect(turn('wheel', {})).toEqual([0, 1]);
});
