/** Which lines are drawn beside ECharts, and what ECharts is told of them. */
import { expect, it } from 'vitest';
import { LineLayer } from './line-layer.ts';

const points = 10_000;
/** A noisy line with one spike. */
const flatOf = (index: number): Float64Array =>
  Float64Array.from({ length: 2 * points }, (_, at) => {
    if (at % 2 === 0) return at / 2;
    return at === 2 * (1000 + 37 * index) + 1 ? 100 + index : Math.sin(at * 1.7 + index);
  });
const lines = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...{ id: `curve.${index}.0`, name: `run ${index}`, type: 'line', data: flatOf(index), sampling: 'minmax' },
    lineStyle: { color: '#0072B2', width: 1.5, type: [6, 4], join: 'round' },
  }));
const all = { from: 0, to: points - 1, columns: 1000 };

it('few points, or lines whose view cannot be told stay ECharts’s', () => {
  const layer = new LineLayer();
  for (const [series, window] of [
    [lines(3), all],
    [lines(20).map((line) => ({ ...line, data: line.data.subarray(0, 2000) })), all],
    [lines(20), null],
  ] as const) {
    expect(layer.begin(series, window)).toBe(series);
    expect(layer.isActive).toBe(false);
  }
  layer.end();
});

it('of many long lines ECharts has names and looks, their ends and places to read off; markers and bands stay its own', () => {
  const layer = new LineLayer();
  const markers = { ...lines(1)[0]!, id: 'markers', showSymbol: true, z: 4 };
  const series = layer.begin([...lines(20), markers, { id: 'band', type: 'custom', data: [] }], all);
  expect(series.map(({ id }) => id).slice(-4)).toEqual(['markers', 'band', 'layer.extent', 'layer.places']);
  expect(series[0]).toMatchObject({ name: 'run 0', data: new Float64Array(0), lineStyle: { color: '#0072B2' } });
  expect(series.find(({ id }) => id === 'markers')).toMatchObject({ data: markers.data, zlevel: 1 });
  expect(series.find(({ id }) => id === 'band')).not.toHaveProperty('zlevel');
  const extent = series.find(({ id }) => id === 'layer.extent')!.data as Float64Array;
  expect([extent[0], extent[2], extent[3]]).toEqual([0, points - 1, 119]);
  expect(extent[1]).toBeLessThan(-0.99);
  expect((series.at(-1)!.data as Float64Array).length).toBeGreaterThan(1000);
  layer.end();
});

it('every spike is among what is drawn, coarse or fine, and lines that the legend hides are not', () => {
  const layer = new LineLayer();
  layer.begin(lines(50), all);
  const spikes = (): number[] => {
    const { points: flat, length } = layer.view;
    return [...flat.subarray(0, length)].filter((value, at) => at % 2 === 1 && value >= 100);
  };
  const fine = layer.view.length;
  expect(spikes()).toHaveLength(50);
  layer.scan(all, true);
  expect(layer.view.length).toBeLessThan(fine / 3);
  expect(spikes()).toHaveLength(50);
  expect(layer.lookAt(0, true)).toMatchObject({ dash: [], width: 1 });
  layer.select({ 'run 0': true, 'run 7': false });
  layer.scan(all, false);
  expect(spikes()).toHaveLength(49);
  expect(layer.drawn.map(({ name }) => name)).not.toContain('run 7');
  // few points in view: the line’s own look
  layer.scan({ from: 10, to: 40, columns: 1000 }, false);
  expect(layer.lookAt(0, false)).toEqual({
    ...{ color: '#0072B2', width: 1.5, dash: [6, 4], join: 'round', opacity: 1 },
  });
  layer.end();
});

it('charts that are drawn together share what a frame has time for', () => {
  const [one, other] = [new LineLayer(), new LineLayer()];
  one.begin(lines(10), all);
  one.scan(all, true);
  const alone = one.view.length;
  other.begin(lines(10), all);
  one.scan(all, true);
  expect(one.view.length).toBeLessThan(0.7 * alone);
  other.end();
  one.scan(all, true);
  expect(one.view.length).toBe(alone);
  one.end();
});

it('a group’s mean is stroked after the lines of its runs and stays bold among crowded ones', () => {
  const layer = new LineLayer();
  const of = (index: number, z: number, width: number) => {
    const line = lines(index + 1)[index]!;
    return { ...line, z, lineStyle: { ...line.lineStyle, width } };
  };
  const series = Array.from({ length: 12 }, (_, index) => (index % 4 === 0 ? of(index, 5, 2.25) : of(index, 2, 0.75)));
  layer.begin([...series, of(12, 3, 1.75)], all);
  const order = ['1', '2', '3', '5', '6', '7', '9', '10', '11', '12', '0', '4', '8'];
  expect(layer.drawn.map(({ name }) => name)).toEqual(order.map((at) => `run ${at}`));
  for (const moving of [false, true]) {
    layer.scan(all, moving);
    const widths = layer.drawn.map((_, index) => layer.lookAt(index, moving).width);
    expect(widths).toEqual([...Array<number>(9).fill(0.75), 1, 2.25, 2.25, 2.25]);
  }
  layer.end();
});

it('what the legend hides is forgotten with a chart that is set anew, as its legend forgets it, and kept while data come', () => {
  const layer = new LineLayer();
  const drawn = (isFresh: boolean): number => {
    layer.begin(lines(10), all, isFresh);
    return layer.drawn.length;
  };
  expect(drawn(true)).toBe(10);
  layer.select({ 'run 7': false });
  expect(drawn(false)).toBe(9);
  expect(drawn(true)).toBe(10);
  expect(drawn(false)).toBe(10);
  // also where the new chart has too few lines for the layer
  layer.select({ 'run 7': false });
  layer.begin(lines(2), all, true);
  expect(drawn(false)).toBe(10);
  layer.end();
});

it('one line is enough where it is long; it is as strong as its series says', () => {
  const layer = new LineLayer();
  const flat = Float64Array.from({ length: 200_000 }, (_, at) => (at % 2 === 0 ? at / 2 : at === 77_777 ? 50 : 1));
  const one = { ...lines(1)[0]!, data: flat, lineStyle: { color: '#000', width: 1, opacity: 0.5 } };
  layer.begin([{ ...one, emphasis: { disabled: true } }], { from: 0, to: 99_999, columns: 800 });
  expect(layer.isActive).toBe(true);
  expect(layer.drawn[0]).toMatchObject({ look: { opacity: 0.5 }, isEmphasised: false });
  for (const moving of [true, false]) {
    layer.scan({ from: 0, to: 99_999, columns: 800 }, moving);
    expect(Math.max(...layer.view.points.subarray(0, layer.view.length))).toBeGreaterThanOrEqual(50);
    expect(layer.view.high).toBe(50);
  }
  layer.end();
});

it('the stretches of a line with gaps share what a line has in a frame', () => {
  const layer = new LineLayer();
  const [whole] = lines(1).map((line) => ({ ...line, data: flatOf(0) }));
  const uncut = Array.from({ length: 6 }, (_, index) => ({ ...whole!, id: `whole.${index}` }));
  const cut = Array.from({ length: 6 * 20 }, (_, index) => {
    const [line, part] = [Math.floor(index / 20), index % 20];
    return { ...whole!, id: `${line}.${part}`, data: whole!.data.subarray(part * 1000, (part + 1) * 1000) };
  });
  const moving = (series: typeof uncut): number => {
    layer.begin(series, all);
    layer.scan(all, true);
    return layer.view.length;
  };
  const [once, inParts] = [moving(uncut), moving(cut)];
  // a column at each cut is gone through twice
  expect(inParts).toBeGreaterThan(0.95 * once);
  expect(inParts).toBeLessThan(1.1 * once);
  layer.end();
});
