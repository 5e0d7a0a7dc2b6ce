/** Where a figure's numbers come from: the workbench's store, or a test's hand-made columns. */
import type { Analysis } from '../analyses/index.ts';
import type {
  CurvatureColumns,
  EpochColumns,
  IterationColumns,
  RunRecord,
  SliceColumns,
  TimeColumns,
} from '../records.ts';

/** Reads the records of runs; every method throws ValleywalkError `missing` for an unknown run. */
export interface FigureSource {
  run(id: string): RunRecord;
  /** All iterations in order. */
  iterations(id: string): IterationColumns;
  /** Slice points of the iterations from `from` up to, not including, `to`, ordered by iteration and alpha. */
  slices(id: string, from: number, to: number): SliceColumns;
  /** All epochs in order. */
  epochs(id: string): EpochColumns;
  /** An analysis with its result; throws `missing` for an unknown one. */
  analysis(id: string): Analysis;
  /** All eigenvalues, by iteration and rank. */
  curvature(id: string): CurvatureColumns;
  /** A summary of a quantity by its name; null where nothing was measured. */
  summary(id: string, name: string): number | null;
  /** The times of its iterations, in order. */
  times(id: string): TimeColumns;
}
