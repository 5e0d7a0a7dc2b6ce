/** What a panel changes of a chart's option. */
import { describe, expect, it } from 'vitest';
import { createChartLink } from './chart-link.ts';
import type { PanelFit } from './panel-option.ts';
import { panelOption } from './panel-option.ts';

const whole = {
  xAxis: { type: 'value', axisLabel: { show: true } },
  yAxis: { name: 'loss' },
  grid: { left: 60, right: 12, top: 40, bottom: 40 },
  legend: { right: 12 },
  tooltip: { trigger: 'axis' },
  dataZoom: [{ id: 'zoom', type: 'inside' }],
  series: [],
};
const fitOf = (changes: Partial<PanelFit> = {}): PanelFit => ({
  spec: { chart: 'walk' },
  width: 600,
  toolsWidth: 100,
  isMoving: () => false,
  readout: (x) => ({ title: `at ${x}`, rows: [1, 2, 3].map((row) => ({ label: `row ${row}`, value: `<${row}>` })) }),
  ...changes,
});
interface Tooltip {
  formatter: (parameters: unknown) => string;
  position: (...of: [number[], unknown, unknown, unknown, object]) => number[];
}

it('an unlinked panel keeps the builder’s zoom, tooltip and room, and the option itself stays as it is', () => {
  const before = structuredClone(whole);
  const { dataZoom, tooltip, grid } = panelOption(whole, fitOf());
  expect({ dataZoom, tooltip, grid }).toEqual({ dataZoom: whole.dataZoom, tooltip: whole.tooltip, grid: whole.grid });
  expect(whole).toEqual(before);
});

it('a linked panel shows the range in view between the ends of the domain, and ECharts moves nothing', () => {
  const link = createChartLink();
  link.zoom({ from: 2, to: 4 });
  const { xAxis, dataZoom } = panelOption(whole, fitOf({ link, domain: [0, 10] }));
  expect(xAxis).toMatchObject({ min: 0, max: 10 });
  expect(dataZoom).toEqual([
    expect.objectContaining({
      id: 'zoom',
      startValue: 2,
      endValue: 4,
      zoomOnMouseWheel: false,
      moveOnMouseMove: false,
    }),
  ]);
});

describe('a small panel', () => {
  it('leaves titles and values to its heading, and its legend stands beside the tools', () =>
    expect(panelOption(whole, fitOf({ small: true }))).toMatchObject({
      legend: { right: 120 },
      tooltip: { showContent: false },
      yAxis: { name: '' },
      grid: { top: 30, bottom: 40 },
    }));
  it('writes no places where its axis has none', () =>
    expect(panelOption(whole, fitOf({ small: true, axis: 'none' }))).toMatchObject({
      grid: { bottom: 8 },
      xAxis: { axisLabel: { show: false } },
    }));
});

it('a slice keeps its last label and its legend inside a narrow column', () => {
  const spec = { chart: 'slice', iteration: 3 } as const;
  expect(panelOption(whole, fitOf({ spec, width: 280 }))).toMatchObject({
    grid: { right: 24 },
    legend: { left: 12, right: 'auto' },
    xAxis: { interval: 0.5 },
  });
  expect(panelOption(whole, fitOf({ spec, width: 300 }))['xAxis']).not.toHaveProperty('interval');
});

describe('a short tooltip', () => {
  const tooltipOf = (changes: Partial<PanelFit> = {}): Tooltip =>
    panelOption(whole, fitOf({ tooltipRows: 2, ...changes }))['tooltip'] as Tooltip;
  it('has the first rows, escaped', () => {
    const html = tooltipOf().formatter([{ axisValue: '7' }]);
    expect(html).toContain('at 7');
    expect(html).toContain('&#60;2&#62;');
    expect(html).not.toContain('row 3');
  });
  it('says nothing while the view moves, or where nothing is', () => {
    expect(tooltipOf({ isMoving: () => true }).formatter([{ axisValue: 7 }])).toBe('');
    expect(tooltipOf({ readout: () => null }).formatter([{ axisValue: 7 }])).toBe('');
    expect(tooltipOf().formatter([])).toBe('');
  });
  it('stands in the corner away from the pointer', () => {
    const size = { viewSize: [600, 200], contentSize: [150, 60] };
    expect(tooltipOf().position([100, 50], null, null, null, size)).toEqual([434, 28]);
    expect(tooltipOf().position([500, 50], null, null, null, size)).toEqual([72, 28]);
  });
});
