/**
 * Charts: the same object is drawn on screen, in exports and in the terminal's figures. `buildChart` is the one place
 * that knows each chart's meaning; it is pure and knows neither a window nor a file.
 */
import type { Chart, ChartView, RunData } from './chart.ts';
import { curvatureChart } from './kinds/curvature.ts';
import { comparisonChart } from './kinds/comparison.ts';
import { epochMetricChart } from './kinds/epoch-metric.ts';
import { heightsChart } from './kinds/heights.ts';
import { floorHistogramChart } from './kinds/floor-histogram.ts';
import { heightHistogramChart } from './kinds/height-histogram.ts';
import { iterationMetricChart } from './kinds/iteration-metric.ts';
import { planeChart } from './kinds/plane.ts';
import { planeSurfaceChart } from './kinds/plane-surface.ts';
import { trajectoryChart } from './kinds/trajectory.ts';
import { valleyFloorChart } from './kinds/valley-floor.ts';
import type { ChartSpec } from './request.ts';
import { sliceChart } from './kinds/slice.ts';
import { sliceMapChart } from './kinds/slice-map.ts';
import type { ChartStyle } from './drawing/style.ts';
import { walkChart } from './kinds/walk.ts';

export type { Chart, ChartView, RunData } from './chart.ts';
export type { ChartStyle } from './drawing/style.ts';
export { paperStyle, runLook, screenStyle } from './drawing/style.ts';

/**
 * Builds a chart.
 * @param runs the runs to draw, in the order of their colours; only charts of a metric draw more than the first
 */
export function buildChart(spec: ChartSpec, runs: RunData[], style: ChartStyle, view: ChartView = {}): Chart {
  const first = runs[0];
  if (!first) throw new Error('a chart needs at least one run');
  switch (spec.chart) {
    case 'walk':
      return walkChart(first, style, view);
    case 'heights':
      return heightsChart(first, style, view);
    case 'slice':
      return sliceChart(first, spec.iteration, style, view);
    case 'slice-map':
      return sliceMapChart(first, spec, style, view);
    case 'floor-histogram':
      return floorHistogramChart(first, spec.epoch, style, view);
    case 'height-histogram':
      return heightHistogramChart(first, spec.epoch, style, view);
    case 'iteration-metric':
      return iterationMetricChart(runs, spec.metric, style, view);
    case 'curvature':
      return curvatureChart(runs, spec.metric, style, view);
    case 'epoch-metric':
      return epochMetricChart(runs, spec.metric, style, view);
    case 'plane':
      return planeChart(first, style);
    case 'plane-surface':
      return planeSurfaceChart(first, spec, style);
    case 'trajectory':
      return trajectoryChart(first, style);
    case 'valley-floor':
      return valleyFloorChart(first, style, view);
    case 'comparison':
      return comparisonChart(runs, spec, style, view);
    default:
      return spec satisfies never;
  }
}

/** Whether a chart can draw several runs. */
export function drawsSeveralRuns(spec: ChartSpec): boolean {
  return ['iteration-metric', 'epoch-metric', 'curvature', 'comparison'].includes(spec.chart);
}

/** Whether a chart can have a logarithmic horizontal axis: those of a metric. */
export function canLogX(spec: ChartSpec): boolean {
  return drawsSeveralRuns(spec);
}

/** Which records a chart is built from, so that a caller loads no others. */
export function neededRecords(spec: ChartSpec): ('iterations' | 'slices' | 'epochs' | 'curvature' | 'times')[] {
  switch (spec.chart) {
    case 'walk':
    case 'slice':
    case 'slice-map':
      return ['iterations', 'slices'];
    case 'heights':
    case 'floor-histogram':
    case 'height-histogram':
    case 'iteration-metric':
      return ['iterations'];
    case 'epoch-metric':
      return ['epochs'];
    case 'plane':
    case 'plane-surface':
    case 'trajectory':
    case 'valley-floor':
      return [];
    case 'curvature':
      return ['curvature'];
    case 'comparison': {
      const own = {
        iteration: ['iterations'] as const,
        epoch: spec.against === 'path_length' ? (['epochs', 'iterations'] as const) : (['epochs'] as const),
        curvature: ['curvature', 'iterations'] as const,
      }[spec.record];
      return spec.against === 'elapsed_seconds' ? [...own, 'times'] : [...own];
    }
    default:
      return spec satisfies never;
  }
}
