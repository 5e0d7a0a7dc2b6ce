/** What a chart's panel is asked to show, and what its parts share. */
import type { Ref, ShallowRef } from 'vue';
import type { Chart, RunData } from '../../shared/charts/index.ts';
import type { ChartSpec } from '../../shared/charts/request.ts';
import type { ChartedKey } from '../../shared/quantities/index.ts';
import type { Explained } from '../ui/explained.ts';
import type { ChartLink } from './chart-link.ts';
import type { ECharts } from './echarts.ts';

/** What a panel is given. */
export interface PanelProps {
  spec: ChartSpec;
  /** Replaced when there is more to draw, never changed in place. */
  runs: readonly RunData[];
  /** A small panel in a stack: heading and legend share a row, values stand in the heading instead of a tooltip. */
  small?: boolean;
  /** How much of the horizontal axis is written; linked charts share it. */
  axis?: 'full' | 'labels' | 'none';
  /** Ends of the horizontal axis, the same for all linked charts; left out, the data decides. */
  domain?: readonly [number, number];
  /** Ends of the vertical axis, the same for all panels that share them; left out, the data decides. */
  ends?: readonly [number, number];
  link?: ChartLink;
  /** Metrics whose values stand in the heading. */
  headline?: readonly ChartedKey<'iteration'>[];
  /** The chart that the keyboard walks along. */
  walkable?: boolean;
  /** Offers a log axis. */
  canLog?: boolean;
  /** Logarithmic horizontal axis; the domain then lies above zero. */
  logX?: boolean;
  /** Words instead of the chart's own title. */
  title?: string;
  /** What explains the title: a metric or a sentence. */
  help?: Explained;
  /** Most rows of the tooltip, where linked panels say the rest. */
  tooltipRows?: number;
  /** Letter of a panel in a stack. */
  letter?: string;
  exportable?: boolean;
  /** What is still being read: told instead of why a chart is empty. */
  waiting?: string | null;
  /** Shows the values under the pointer of a linked chart. */
  reads?: boolean;
}

/** Room around the axes, in px. */
export type Margins = Record<'left' | 'right' | 'top' | 'bottom', number>;

/** What the parts of one panel share. */
export interface Panel {
  readonly props: Readonly<PanelProps>;
  /** Whether the vertical axis is logarithmic. */
  readonly log: Readonly<Ref<boolean>>;
  /** Size of the place where it is drawn, in px. */
  readonly width: Readonly<Ref<number>>;
  readonly height: Readonly<Ref<number>>;
  /** What its builder means, as last painted; null before. */
  readonly chart: ShallowRef<Chart | null>;
  /** Null until it first comes near the window, and after its end. */
  instance: ECharts | null;
  /** Null until it is painted. */
  margins: Margins | null;
}

/** Width between the axes' ends, in px. */
export function insideWidth({ width, margins }: Panel): number {
  return width.value - (margins ? margins.left + margins.right : 0);
}
