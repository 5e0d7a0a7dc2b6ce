import * as echarts from 'echarts';
import { expect, it } from 'vitest';
import { screenStyle } from './style.ts';
import type { CustomSeriesOption } from 'echarts';
import { barSeries } from './histogram.ts';
import { PolylineBuilder } from './polyline.ts';
import type { Polyline } from './polyline.ts';
import { bandSeries, endsAround, errorBars, hairlineSeries } from './series.ts';

/** How many hairlines are drawn as the axis shows more and fewer of a thousand. */
it('draws no hairlines where there are too many, though there were few before', () => {
  const style = screenStyle('light');
  const at = Float64Array.from({ length: 1000 }, (_, index) => index);
  const instance = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 800, height: 300 });
  try {
    const drawn = (max: number): number => {
      const series = [hairlineSeries('walls', at, style)];
      instance.setOption({ xAxis: { type: 'value', min: 0, max }, yAxis: { type: 'value', min: 0, max: 1 }, series });
      return instance.renderToSVGString().split(`stroke="${style.palette.hairline}"`).length - 1;
    };
    expect([100, 999, 50, 149, 150].map(drawn)).toEqual([101, 0, 51, 150, 0]);
  } finally {
    instance.dispose();
  }
});

const style = screenStyle('light');
const colour = '#0a1b2c';
const lineOf = (count: number): Polyline => {
  const line = new PolylineBuilder(count, false);
  for (let x = 0; x < count; x++) line.add(x, 0.5);
  return line.finish();
};
const errorsOf = (count: number): Float64Array => new Float64Array(count).fill(0.2);

/** What draws so many shapes of one colour, under one id whatever their number. */
const drawing: Record<string, (count: number) => CustomSeriesOption> = {
  'the band around a line': (count) => {
    const line = lineOf(count);
    return bandSeries('band', 'band', line, endsAround(line, errorsOf(count)), colour);
  },
  'error bars': (count) => errorBars('bars', lineOf(count), errorsOf(count), colour, style),
  'bars of a histogram': (count) =>
    barSeries(
      'bins',
      'bins',
      Array.from({ length: 9 }, (_, from) => ({ from, to: from + 1, count: from < count ? 1 : 0 })),
      { fill: colour, stroke: null, width: 1, z: 3 },
    ),
};

it.each(Object.entries(drawing))('%s goes when there is nothing to draw any more, and comes again', (_, series) => {
  const instance = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 800, height: 300 });
  try {
    const drawn = (count: number): number => {
      const axes = { xAxis: { type: 'value', min: 0, max: 10 }, yAxis: { type: 'value', min: 0, max: 1 } };
      instance.setOption({ ...axes, series: [series(count)] } as echarts.EChartsCoreOption);
      return instance.renderToSVGString().split(`"${colour}"`).length - 1;
    };
    const [some, none, again, fewer] = [5, 0, 5, 3].map(drawn);
    expect(some).toBeGreaterThan(0);
    expect(none).toBe(0);
    expect(again).toBe(some);
    expect(fewer).toBeLessThanOrEqual(some!);
  } finally {
    instance.dispose();
  }
});
