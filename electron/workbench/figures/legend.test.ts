/** Legends of many lines as ECharts draws them: every entry, in a fifth of the height. */
import * as echarts from 'echarts';
import { expect, test } from 'vitest';
import { experimentSchema } from '../../../shared/experiment.ts';
import { buildChart, paperStyle, screenStyle } from '../../../shared/charts/index.ts';
import type { ChartStyle, RunData } from '../../../shared/charts/index.ts';
import { pixelsPerMillimetre } from '../../../shared/charts/drawing/style.ts';
import { chartSpecSchema } from '../../../shared/charts/request.ts';
import { testData, testIteration, testRun } from '../../../shared/charts/testing.ts';

const legend = 'Learning rate';

function data(name: string, learningRate: number, batchSize: number, seed = 1): RunData {
  const experiment = experimentSchema.parse({ seed, optimizer: { learningRate, batchSize } });
  const run = testRun(name, { run: `${name}-${learningRate}-${batchSize}-${seed}`, seed, experiment });
  return testData(
    run,
    [1, 2, 3].map((distance, t) => testIteration(t, { distance: distance * learningRate })),
  );
}

/** The texts of a legend from left to right and top to bottom, its height as drawn and the room that the chart leaves it, as shares of the height. */
function drawnLegend(runs: RunData[], group: string[] | null, style: ChartStyle, scheme = 'sequential') {
  const spec = chartSpecSchema.parse({ chart: 'comparison', record: 'iteration', metric: 'distance', group, scheme });
  const { option } = buildChart(spec, runs, style);
  const instance = echarts.init(null, null, { renderer: 'svg', ssr: true, width: style.width, height: style.height });
  try {
    instance.setOption(option);
    type Rect = { x: number; y: number; width: number; height: number };
    const inner = instance as unknown as {
      getModel(): { getComponent(name: string): object };
      getViewOfComponentModel(model: object): { group: { x: number; y: number; getBoundingRect(): Rect } };
    };
    const { group: box } = inner.getViewOfComponentModel(inner.getModel().getComponent('legend'));
    const rect = box.getBoundingRect();
    const { data: items, formatter } = option.legend as {
      data: { name: string }[];
      formatter: (name: string) => string;
    };
    const title = [option.title ?? []].flat().map((one) => (one as { text: string }).text)[0] ?? '';
    const svg = instance.renderToSVGString();
    const texts = items.map(({ name }) => formatter(name));
    for (const text of texts) expect(svg).toContain(`>${text.replaceAll('&', '&amp;')}</text>`);
    return {
      title,
      texts,
      drawn: (box.y + rect.y + rect.height) / style.height,
      right: box.x + rect.x + rect.width,
      room: (option.grid as { top: number }).top / style.height,
    };
  } finally {
    instance.dispose();
  }
}

/** A wide panel, one of several panels, and the figures of a column and of a page. */
const media: readonly [string, ChartStyle][] = [
  ['a panel of 900 px', screenStyle('light', { width: 900, height: 300, fontSize: 12 })],
  ['a panel of 360 px', screenStyle('light', { width: 360, height: 300, fontSize: 12 })],
  [
    'a figure of 89 × 60 mm',
    paperStyle('light', { width: 89 * pixelsPerMillimetre, height: 60 * pixelsPerMillimetre }),
  ],
  [
    'a figure of 183 × 90 mm',
    paperStyle('dark', { width: 183 * pixelsPerMillimetre, height: 90 * pixelsPerMillimetre }),
  ],
];
const rates = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2];

test.each(media)('twelve learning rates are all there, named once, in a fifth of %s', (_, style) => {
  const runs = rates.flatMap((rate) => [1, 2].map((seed) => data('walk', rate, 100, seed)));
  const { title, texts, drawn, room } = drawnLegend(runs, ['optimizer.learningRate'], style);
  const values = texts.map((text) => text.replace(/^Learning rate: /, ''));
  expect(values).toEqual(rates.map(String));
  expect([title, ...texts].filter((text) => text.includes(legend))).toHaveLength(1);
  expect(Math.max(drawn, room)).toBeLessThan(0.2);
});

test.each(media)('twelve pairs of settings are all there or counted, and none is cut, in a fifth of %s', (_, style) => {
  const runs = [0.05, 0.1, 0.2, 0.5].flatMap((rate) => [10, 100, 500].map((size) => data('walk', rate, size)));
  const { title, texts, drawn, room } = drawnLegend(runs, ['optimizer.learningRate', 'optimizer.batchSize'], style);
  const more = Number(/ and (\d+) more$/.exec(texts.at(-1)!)?.[1] ?? 0);
  expect(texts.length + more).toBe(12);
  expect(more).toBeLessThanOrEqual(style.width < 400 ? 3 : 0);
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts.slice(1).join()).not.toContain('…');
  expect(`${title} ${texts.join(' ')}`).not.toContain('optimizer');
  expect(Math.max(drawn, room)).toBeLessThan(0.2);
});

const words =
  'multilayer perceptron, learning rate 0.05, batch size 100, momentum 0.9, without weight decay, on all of the examples';

test.each(media)(
  'names of any length are all there or counted, apart from each other, in a fifth of %s',
  (_, style) => {
    for (let length = 1; length <= words.length; length += 8)
      for (const count of [7, 12]) {
        const runs = Array.from({ length: count }, (__, index) =>
          data(`${words.slice(0, length)} ${index + 1}`, 0.1 * (index + 1), 100),
        );
        const { texts, drawn, right, room } = drawnLegend(runs, null, style);
        const more = / and (\d+) more$/.exec(texts.at(-1)!);
        expect(texts.length + Number(more?.[1] ?? 0), `${length}`).toBe(count);
        expect(new Set(texts).size).toBe(texts.length);
        expect(Math.max(drawn, room), `${length} ${count}`).toBeLessThan(0.2);
        expect(right).toBeLessThanOrEqual(style.width);
        // a wide panel and a page have room for all
        if (style.width > 600) expect(more).toBeNull();
      }
  },
);

test('fifty names are counted beyond what fits', () => {
  const runs = Array.from({ length: 50 }, (_, index) => data(`walk number ${index + 1}`, 0.01 * (index + 1), 100));
  for (const [, style] of media) {
    const { texts, room } = drawnLegend(runs, null, style);
    expect(texts.length + Number(/ and (\d+) more$/.exec(texts.at(-1)!)?.[1] ?? 0)).toBe(50);
    expect(room).toBeLessThan(0.2);
  }
});

test('a figure from before keeps the rows that its labels take', () => {
  const runs = rates.map((rate) => data(`${words.slice(0, 40)} ${rate}`, rate, 100));
  const [, [, small]] = [0, media[2]!];
  const { texts } = drawnLegend(runs, null, small, 'places');
  expect(texts).toEqual(rates.map((rate) => `${words.slice(0, 40)} ${rate}`));
});
