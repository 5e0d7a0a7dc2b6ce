import * as echarts from 'echarts';
import { expect, it } from 'vitest';
import { screenStyle } from './style.ts';
import { hairlineSeries } from './series.ts';

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
