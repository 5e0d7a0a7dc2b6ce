/** Records in which nothing was measured, made from the schemas: what is to be told is spread over one, and a new quantity is in all of them. */
import type { z } from 'zod';
import { experimentSchema } from './experiment.ts';
import {
  curvatureRecordSchema,
  epochRecordSchema,
  iterationRecordSchema,
  runRecordSchema,
  runSummarySchema,
  sliceRecordSchema,
} from './records.ts';
import type { CurvatureRecord, EpochRecord, IterationRecord, RunRecord, RunSummary, SliceRecord } from './records.ts';

/** What an unmeasured value may be: null where that is a value, else the least of its kind. */
const nothings: readonly unknown[] = [null, 0, 1, false, '', []];

/** Values by the keys of a schema, each the first of {@link nothings} that its own schema takes. */
function blankOf<S extends z.ZodObject>(schema: S): z.output<S> {
  return Object.fromEntries(
    Object.entries(schema.shape).map(([key, value]) => [
      key,
      nothings.find((nothing) => (value as z.ZodType).safeParse(nothing).success),
    ]),
  ) as z.output<S>;
}

const iteration = blankOf(iterationRecordSchema);
const slice = blankOf(sliceRecordSchema);
const epoch = blankOf(epochRecordSchema);
const curvature = blankOf(curvatureRecordSchema);
const summary = blankOf(runSummarySchema);
const run = blankOf(runRecordSchema.omit({ experiment: true, kind: true, status: true, summary: true }));

/** The first iteration, of the first epoch. */
export function blankIteration(reported: Partial<IterationRecord> = {}): IterationRecord {
  return { ...iteration, ...reported };
}

/** The point of a slice where it begins. */
export function blankSlice(reported: Partial<SliceRecord> = {}): SliceRecord {
  return { ...slice, ...reported };
}

/** The initialisation, with counts of 0. */
export function blankEpoch(reported: Partial<EpochRecord> = {}): EpochRecord {
  return { ...epoch, ...reported };
}

/** The largest eigenvalue at the initialisation. */
export function blankCurvature(reported: Partial<CurvatureRecord> = {}): CurvatureRecord {
  return { ...curvature, ...reported };
}

/** Nothing to sum up yet, with counts of 0. */
export function blankSummary(reported: Partial<RunSummary> = {}): RunSummary {
  return { ...summary, ...reported };
}

/** A run of the default experiment that was trained here and is finished, without times, tags or study. */
export function blankRun(reported: Partial<RunRecord> = {}): RunRecord {
  return {
    ...run,
    kind: 'trained',
    status: 'finished',
    experiment: experimentSchema.parse({}),
    summary: blankSummary(),
    ...reported,
  };
}
