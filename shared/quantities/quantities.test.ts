import { describe, expect, expectTypeOf, test } from 'vitest';
import type { MeasurementKey } from '../curvature/index.ts';
import { blankCurvature, blankSlice } from '../blank-records.ts';
import {
  curvatureRecordSchema,
  epochRecordSchema,
  fromColumns,
  iterationColumns,
  iterationRecordSchema,
  sliceRecordSchema,
  toColumns,
} from '../records.ts';
import type { CurvatureRecord, EpochRecord, IterationRecord, SliceRecord, TimeRecord } from '../records.ts';
import { charted, columnsOf, drawnQuantity, indices, quantities, quantity } from './index.ts';
import type { IndexOf, MeasuredAtEpoch, MeasuredBy, Quantity, RecordKind } from './index.ts';

const kinds = Object.keys(quantities) as RecordKind[];
const all = kinds.flatMap((record) => quantities[record].map((one: Quantity) => ({ record, ...one })));

describe('columns', () => {
  // the order of CSV files and of the wire: new ones come after these
  test.each<[RecordKind, string]>([
    [
      'iteration',
      'iteration epoch learning_rate noise_deviation batch_loss gradient_norm gradient_cosine update_norm distance path_length ' +
        'loss_before loss_after floor_loss floor_alpha height_before height_after barrier_height convex bounce loss_resolution ' +
        'interior_floor barrier',
    ],
    ['slice', 'iteration alpha loss accuracy standard_error'],
    [
      'epoch',
      'epoch iterations train_loss train_accuracy validation_loss validation_accuracy distance barriers barriers_above_noise ' +
        'probed_iterations interior_floors convex_slices unresolved_slices lambda_max spectral_norm',
    ],
    ['curvature', 'iteration epoch rank eigenvalue residual alignment'],
    ['time', 'iteration elapsed_seconds'],
  ])('of %s records stand in the order that files have', (record, order) => {
    const known = order.split(' ');
    expect(columnsOf(record).slice(0, known.length)).toEqual(known);
  });

  test('menus offer what was measured, then what the step was set to', () => {
    const measured =
      'batch_loss gradient_norm gradient_cosine update_norm distance path_length loss_before loss_after floor_loss ' +
      'floor_alpha height_before height_after barrier_height loss_resolution';
    const offered = charted.iteration.map(({ key }) => key);
    expect(offered.slice(0, 14)).toEqual(measured.split(' '));
    expect(offered.slice(-2)).toEqual(['learning_rate', 'noise_deviation']);
    expect(charted.curvature.map(({ key }) => key).slice(0, 3)).toEqual(['eigenvalue', 'spectral_norm', 'alignment']);
  });

  test('keep what records hold', () => {
    expectTypeOf<Pick<IterationRecord, 'iteration' | 'batch_loss' | 'convex'>>().toEqualTypeOf<{
      iteration: number;
      batch_loss: number | null;
      convex: boolean | null;
    }>();
    expectTypeOf<SliceRecord>().toExtend<{ iteration: number; alpha: number; loss: number | null }>();
    expectTypeOf<
      Pick<EpochRecord, 'epoch' | 'iterations' | 'barriers' | 'barriers_above_noise' | 'train_loss'>
    >().toEqualTypeOf<{
      epoch: number;
      iterations: number;
      barriers: number;
      barriers_above_noise: number | null;
      train_loss: number | null;
    }>();
    expectTypeOf<CurvatureRecord>().toEqualTypeOf<{
      iteration: number;
      epoch: number;
      rank: number;
      eigenvalue: number | null;
      residual: number | null;
      alignment: number | null;
      products: number | null;
    }>();
    expectTypeOf<TimeRecord>().toEqualTypeOf<{ iteration: number; elapsed_seconds: number }>();
  });
});

describe('probes', () => {
  test('measure every quantity, each its own', () => {
    expectTypeOf<
      | IndexOf<'iteration'>
      | keyof MeasuredBy<'step'>
      | keyof MeasuredBy<'path'>
      | keyof MeasuredBy<'slices'>
      | keyof MeasuredBy<'geometry'>
      | keyof MeasuredBy<'line' | MeasurementKey>
    >().toEqualTypeOf<keyof IterationRecord>();
    expectTypeOf<
      | IndexOf<'epoch'>
      | keyof MeasuredAtEpoch<'walk' | 'epochs'>
      | keyof MeasuredAtEpoch<'path' | 'slices'>
      | keyof MeasuredAtEpoch<'curvature'>
    >().toEqualTypeOf<keyof EpochRecord>();
    expectTypeOf<MeasuredBy<'step'>>().toExtend<Record<'learning_rate' | 'gradient_cosine', number | null>>();
    // an error's column has a unit or none, and neither may hide it from the types
    expectTypeOf<MeasuredBy<MeasurementKey>>().toExtend<
      Record<'gradient_noise_scale_error' | 'hessian_trace_error', number | null>
    >();
    expectTypeOf<MeasuredAtEpoch<'slices'>>().toExtend<Record<'barriers' | 'probed_iterations', number>>();
  });
});

describe('schemas', () => {
  const blank = Object.fromEntries(iterationColumns.map((key) => [key, null]));
  const record = { ...blank, iteration: 3, epoch: 1, convex: true, batch_loss: 0.5 };

  test('take records, and nothing else', () => {
    expect(iterationRecordSchema.parse(record)).toEqual(record);
    const { batch_loss: _, ...without } = record;
    for (const wrong of [
      without,
      { ...record, more: 1 },
      { ...record, epoch: 0 },
      { ...record, iteration: 0.5 },
      { ...record, convex: 1 },
      { ...record, batch_loss: NaN },
    ])
      expect(iterationRecordSchema.safeParse(wrong).success).toBe(false);
  });

  test('of an epoch count in whole numbers that are there', () => {
    const counts = columnsOf('epoch').map((key) => [key, key.startsWith('train') ? null : 2]);
    const epoch = Object.fromEntries(counts) as Record<string, number | null>;
    expect(epochRecordSchema.safeParse({ ...epoch, barriers_above_noise: null }).success).toBe(true);
    for (const barriers of [null, 1.5, -1])
      expect(epochRecordSchema.safeParse({ ...epoch, barriers }).success).toBe(false);
  });

  test('of an eigenvalue take its rank from either end', () => {
    const at = (rank: number) => blankCurvature({ rank, eigenvalue: 1 });
    const reported = [-1, 1, 2, 0, -2].map((rank) => curvatureRecordSchema.safeParse(at(rank)).success);
    expect(reported).toEqual([true, true, true, false, false]);
  });

  test('of a point lie on the line that settings let one evaluate', () => {
    const at = (alpha: number) => blankSlice({ alpha, accuracy: 0.5 });
    expect([-2, 0.5, 10, 10.1, -2.1].map((alpha) => sliceRecordSchema.safeParse(at(alpha)).success)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  test('columns give back flags as yes and no', () => {
    const records = [{ ...record, barrier: false }] as IterationRecord[];
    expect(fromColumns(iterationColumns, toColumns(iterationColumns, records))).toEqual(records);
  });
});

describe('declarations', () => {
  test.each(kinds)('of %s records name each column once', (record) => {
    const keys = [...indices[record], ...quantities[record].map(({ key }) => key)];
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });

  test.each(all)('$record $key says what it is, and its axis has ends in order', (one) => {
    for (const text of [one.title, one.formula, one.reading]) expect(text.trim()).toBe(text);
    expect([one.title, one.formula, one.reading].every((text) => text.length > 0)).toBe(true);
    expect(one.reading).toMatch(/\.$/);
    if (one.kind === 'flag') return;
    const { least, most } = one.limits;
    if (least !== null && most !== null) expect(least).toBeLessThan(most);
    // a log axis leaves out what is not above zero
    if (one.log && least !== null) expect(least).toBe(0);
  });

  test('are found by their keys, or what there is is told', () => {
    expect(quantity('epoch', 'distance').title).toBe('Distance from initialisation');
    expect(() => quantity('slice', 'height')).toThrow(
      'no slice quantity "height"; there are loss, accuracy, standard_error',
    );
    expect(() => drawnQuantity('iteration', 'convex')).toThrow('answered by yes or no');
  });
});
