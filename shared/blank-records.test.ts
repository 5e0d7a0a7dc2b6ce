import { expect, it } from 'vitest';
import { blankCurvature, blankEpoch, blankIteration, blankRun, blankSlice, blankSummary } from './blank-records.ts';
import {
  curvatureRecordSchema,
  epochRecordSchema,
  iterationRecordSchema,
  runRecordSchema,
  runSummarySchema,
  sliceRecordSchema,
} from './records.ts';

it('are records of their schemas, of which nothing is measured and nothing counted', () => {
  const all = [
    [blankIteration(), iterationRecordSchema],
    [blankSlice(), sliceRecordSchema],
    [blankEpoch(), epochRecordSchema],
    [blankCurvature(), curvatureRecordSchema],
    [blankSummary(), runSummarySchema],
    [blankRun(), runRecordSchema],
  ] as const;
  for (const [blank, schema] of all) {
    expect(Object.keys(blank).sort()).toEqual(Object.keys(schema.shape).sort());
    expect(schema.parse(blank)).toEqual(blank);
  }
  expect(blankIteration({ iteration: 7 })).toMatchObject({ iteration: 7, epoch: 1, batch_loss: null, convex: null });
  expect(blankEpoch()).toMatchObject({ epoch: 0, train_loss: null, barriers: 0 });
  expect(blankCurvature()).toMatchObject({ rank: 1, eigenvalue: null });
  expect(blankSummary()).toMatchObject({ train_loss: null, bounces: 0 });
});
