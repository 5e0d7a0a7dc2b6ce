/** Every chart kind, in the order of menus. To add one: its file, and its line in the list. */
import { comparison } from './comparison.ts';
import { curvature } from './curvature.ts';
import { epochMetric } from './epoch-metric.ts';
import { floorHistogram } from './floor-histogram.ts';
import { heatMap } from './heat-map.ts';
import { heightHistogram } from './height-histogram.ts';
import { heights } from './heights.ts';
import { iterationMetric } from './iteration-metric.ts';
import { parallelCoordinates } from './parallel-coordinates.ts';
import { planeSurface } from './plane-surface.ts';
import { plane } from './plane.ts';
import { quantitySetting } from './quantity-setting.ts';
import { scatter } from './scatter.ts';
import { sliceMap } from './slice-map.ts';
import { slice } from './slice.ts';
import { spectralDensity } from './spectral-density.ts';
import { stepCurvature } from './step-curvature.ts';
import { trajectory } from './trajectory.ts';
import { valleyFloor } from './valley-floor.ts';
import { walk } from './walk.ts';

/** The chart kinds. */
export const chartKinds = [
  walk,
  heights,
  slice,
  sliceMap,
  floorHistogram,
  heightHistogram,
  iterationMetric,
  epochMetric,
  curvature,
  stepCurvature,
  scatter,
  plane,
  planeSurface,
  trajectory,
  valleyFloor,
  spectralDensity,
  comparison,
  quantitySetting,
  heatMap,
  parallelCoordinates,
] as const;
