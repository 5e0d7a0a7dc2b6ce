/** What a chart is: the contract between the builders here and whoever draws them (window, export, terminal). */
import type { Legend } from './drawing/legend.ts';
import type { EChartsOption } from 'echarts';
import type { Analysis } from '../analyses/index.ts';
import type {
  CurvatureColumns,
  EpochColumns,
  IterationColumns,
  RunRecord,
  SliceColumns,
  TimeColumns,
} from '../records.ts';

/** The records of one run that a chart is built from; columns that a chart does not need may be empty. */
export interface RunData {
  run: RunRecord;
  iterations: IterationColumns;
  slices: SliceColumns;
  epochs: EpochColumns;
  /** The analysis that a chart of one draws; null or left out where it is not there. */
  analysis?: Analysis | null;
  /** Hessian eigenvalues, by iteration and rank. */
  curvature: CurvatureColumns;
  /** Summaries of its quantities by their names, null where nothing was measured; left out where no chart asks for them. */
  summaries?: Readonly<Record<string, number | null>>;
  /** Times of its iterations; left out where no chart asks for them. */
  times?: TimeColumns;
}

/** Which part of the data is drawn, and how. */
export interface ChartView {
  /** Iterations (or epochs, in an epoch chart) to draw, ends included; null or left out draws all. */
  range?: { from: number; to: number } | null;
  /** Log y axis; values at or below zero are left out and a note says so. */
  log?: boolean;
  /** Log x axis, in charts of metrics; places at or below zero are left out and a note says so. */
  logX?: boolean;
}

/** Numbers as a table: the CSV of exactly what is drawn. */
export interface Table {
  /** Names of the columns: metric keys where there is one. */
  columns: string[];
  rows: (number | string | null)[][];
}

/** The values at one place of the horizontal axis, for tooltips and read-outs. */
export interface Readout {
  /** The place in words: `Iteration 117, α = 0.4`. */
  title: string;
  rows: { label: string; value: string }[];
}

/** A chart, ready to be drawn. Hold it in a shallow reference: its columns are large. */
export interface Chart {
  /** The quantity in words and symbol, as the heading above the chart. */
  title: string;
  /** The symbol with which the title ends, in its notation, for who can draw subscripts; left out where there is none. */
  symbol?: string;
  /** The legend in words, for a figure that has one for all its charts; left out where names say everything. */
  legend?: Legend;
  /** Keys of runs or groups by the names of their entries in the legend; left out where lines are none. */
  keys?: ReadonlyMap<string, string>;
  /** One sentence with the numbers, as the accessible name of the drawing. */
  description: string;
  /** What ECharts draws. Uses line, scatter and custom series, grid, legend, mark lines, tooltip and inside zoom. */
  option: EChartsOption;
  /** Exactly what is drawn, computed when first asked for. */
  readonly table: Table;
  /** Why there is nothing to draw and what would fill it; null when there is something. */
  empty: string | null;
  /** What a reader must know, such as values that a log axis leaves out. */
  notes: string[];
  /** Reads every value at a place x of the horizontal axis; null where there is none. */
  readout(x: number): Readout | null;
}

/** The parts of a chart that a builder makes, with its table still to be computed. */
export type ChartParts = Omit<Chart, 'table'> & { makeTable: () => Table };

/** Finishes a chart: its table is computed when first asked for. */
export function makeChart({ makeTable, ...parts }: ChartParts): Chart {
  let table: Table | undefined;
  return {
    ...parts,
    get table() {
      return (table ??= makeTable());
    },
  };
}
