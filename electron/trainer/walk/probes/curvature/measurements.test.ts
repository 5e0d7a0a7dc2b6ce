import { describe, expect, it } from 'vitest';
import { curvatureMeasurements } from '../../../../../shared/curvature/index.ts';
import type { MeasurementKey } from '../../../../../shared/curvature/index.ts';
import { modelFor } from '../../../../../shared/networks/index.ts';
import { parameterTotal } from '../../../../../shared/networks/parameters.ts';
import type { IterationRecord } from '../../../../../shared/records.ts';
import { referenceDevice } from '../../../testing/reference-backend.ts';
import { smallExperiment, walked } from '../../../testing/walks.ts';
import { decodeState } from '../../state.ts';
import { resumesBitForBit } from '../../testing/resumed.ts';
import { toldBy } from './measurement.ts';

const hessian = { every: { iterations: 2 }, examples: 40, iterations: 3 };
const walkOf = (key?: MeasurementKey) =>
  smallExperiment({ length: { iterations: 5 }, hessian: { ...hessian, ...(key ? { [key]: true } : {}) } });

describe.each(curvatureMeasurements.map((each) => [each.key, each] as const))('%s', (key, { quantities }) => {
  const columns = quantities.map((one) => one.key);
  const [value, error] = columns as [keyof IterationRecord, keyof IterationRecord];

  it('is told at steps that begin where curvature is measured, counted, and changes nothing else', async () => {
    const plain = await walked(walkOf());
    const measured = await walked(walkOf(key));
    const told = measured.iterations.filter((record) => record[value] !== null);
    expect(told.length).toBeGreaterThan(0);
    for (const record of told) {
      expect(record.iteration % 2).toBe(0);
      expect(record[error]).toBeGreaterThanOrEqual(0);
    }
    const nothing = Object.fromEntries(columns.map((column) => [column, null]));
    expect(measured.iterations.map((record) => ({ ...record, ...nothing }))).toEqual(plain.iterations);
    expect(measured.curvature).toEqual(plain.curvature);
    expect(measured.progress).toBeCloseTo(1, 9);
  });

  it('is the same in a walk that is continued', () => resumesBitForBit(walkOf(key), []));

  it('is told where parameters lie in the memory of a device', async () => {
    const device = await walked(walkOf(key), { backend: referenceDevice });
    const host = await walked(walkOf(key));
    device.iterations.forEach((record, index) => {
      const other = host.iterations[index]!;
      expect(record[value] === null).toBe(other[value] === null);
      if (record[value] === null) return;
      const off = Math.abs(Number(record[value]) - Number(other[value]));
      expect(off).toBeLessThan(0.02 * Math.abs(Number(other[value])));
    });
  });

  it('ends the walk where a stop comes on the way, and is measured when it goes on', async () => {
    const experiment = walkOf(key);
    let ticks = 0;
    const all = await walked(experiment, { tick: () => void ticks++ });
    const parameters = parameterTotal(
      modelFor(experiment.model, { channels: 1, height: 1, width: 6, classes: 3 }).parameters,
    );
    for (const share of [0.3, 0.5, 0.7]) {
      const last = Math.floor(share * ticks);
      let now = 0;
      let bytes: Uint8Array | null = null;
      const stopped = await walked(experiment, {
        tick: () => void now++,
        stopped: () => now > last,
        checkpoint: (state) => (bytes = state),
      });
      expect(stopped.status).toBe('stopped');
      const state = decodeState(bytes!, { parameters, statistics: 0 });
      const rest = await walked(experiment, { resume: state });
      expect([...stopped.iterations.slice(0, state.scalars.done), ...rest.iterations]).toEqual(all.iterations);
    }
  });
});

it('what is drawn is told with its error where both are finite, however small it is beside it', () => {
  for (const [value, error] of [
    [-3, 2],
    [2, 2],
    [-1, 2],
    [0, 0],
  ] as const)
    expect(toldBy({ value, error })).toEqual([value, error]);
  for (const [value, error] of [
    [NaN, 1],
    [1, NaN],
    [Infinity, 1],
    [1, Infinity],
  ] as const)
    expect(toldBy({ value, error })).toEqual([null, null]);
});
