/** Where the labels of a panel's axes stand: inside the panel, apart from each other, and at what is in view. */
import { logPlaces } from '../../shared/charts/drawing/ticks.ts';
import { hasWholePlaces } from '../../shared/charts/drawing/comparison-curves.ts';
import type { ChartSpec } from '../../shared/charts/request.ts';
import type { Range } from './chart-link.ts';
import { endsOf } from './data-zoom.ts';

/** An axis as ECharts takes it. */
type Axis = Readonly<Record<string, unknown>>;

/**
 * Keeps titles and labels inside the panel, and lines of labels apart: ECharts takes the line height from the width of a
 * Chinese character, which not every font has.
 * @param fixed whether the horizontal axis has fixed ends: its last label then ends there
 */
export function settledAxes(option: Readonly<{ xAxis: Axis; yAxis?: Axis }>, fixed: boolean) {
  return {
    yAxis: { ...option.yAxis, nameGap: 53, nameMoveOverlap: false },
    xAxis: {
      ...option.xAxis,
      axisLabel: {
        ...(option.xAxis['axisLabel'] as object | undefined),
        lineHeight: 13,
        ...(fixed ? { alignMaxLabel: 'right' } : {}),
      },
    },
  };
}

/**
 * The ticks of a log horizontal axis, which belong to what is in view.
 * @param axis the whole axis
 * @param range what of it is in view; null is everything
 * @param domain its ends, where the axis itself does not tell them
 */
export function ticksInView(
  axis: unknown,
  spec: ChartSpec,
  range: Range | null | undefined,
  domain?: readonly [number, number],
): { axisTick?: object; axisLabel?: object } {
  const ends = domain ?? endsOf(axis);
  if (!ends) return {};
  const { from, to } = range ?? { from: ends[0], to: ends[1] };
  const customValues = logPlaces(from, to, spec.chart === 'comparison' && hasWholePlaces(spec));
  const { axisTick, axisLabel } = axis as Record<'axisTick' | 'axisLabel', object>;
  return { axisTick: { ...axisTick, customValues }, axisLabel: { ...axisLabel, customValues } };
}
