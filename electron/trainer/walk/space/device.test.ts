/** Vectors of a device, as the float64 reference keeps them, and what a walk moves. */
import { afterAll, describe, expect, it } from 'vitest';
import { modelFor } from '../../../../shared/networks/index.ts';
import { parameterTotal } from '../../../../shared/networks/parameters.ts';
import { optimizer as optimizerSchema, stepsOnHost } from '../../../../shared/optimizers/index.ts';
import type { OptimizerOf } from '../../../../shared/optimizers/index.ts';
import { temporaryFolder } from '../../../datasets/testing.ts';
import type { Backend, DeviceMemory, Formula } from '../../backends/backend.ts';
import { syntheticData } from '../../testing/examples.ts';
import { referenceDevice } from '../../testing/reference-backend.ts';
import { countingTransfers, withoutMemory } from '../../testing/transfers.ts';
import { vectorSuite } from '../../testing/vector-suite.ts';
import { smallExperiment, walked } from '../../testing/walks.ts';
import type { Report } from '../../testing/walks.ts';
import { walkImported } from '../imported.ts';
import { keptPoints } from '../load.ts';
import { openUpdate } from '../rules/host-update.ts';
import { importedMeter } from '../sources/imported.ts';
import { decodeState } from '../state.ts';
import { deviceSpace } from './device.ts';
import { valuesOf, writeTo } from './space.ts';

describe('the reference as a device', () => {
  vectorSuite(() => referenceDevice);
});

describe('what asks for values of a device', () => {
  const experiment = smallExperiment({
    optimizer: { momentum: 0.9, learningRate: 0.1 },
    model: { hidden: [8], batchNorm: true },
    length: { iterations: 7 },
    interpolation: { windows: [{ firstIterations: 7 }] },
    hessian: { method: 'lanczos', every: 'epoch', eigenvalues: 2, examples: 40, iterations: 15 },
    keepParameters: 'windows',
  });
  // formulas of the reference are in float64, as the loops of the host: where both round once they are equal to the bit
  const folders = [temporaryFolder(), temporaryFolder()] as const;
  afterAll(() => folders.forEach((folder) => folder.remove()));
  const walks: Promise<[Report, Report]> = Promise.all([
    walked(experiment, { backend: referenceDevice, directory: folders[0].path }),
    // of a processor, so that products of the Hessian keep there what the device keeps, in float32 as it does
    walked(experiment, { backend: { ...withoutMemory(referenceDevice), cached: true }, directory: folders[1].path }),
  ]);

  it('gets those of the host: kept parameters, curvature and the resolution of slices', async () => {
    const [here, there] = await walks;
    expect(here.files.map(({ sha256 }) => sha256)).toEqual(there.files.map(({ sha256 }) => sha256));
    expect(here.files).toHaveLength(8);
    expect(here.slices).toEqual(there.slices);
    expect(here.iterations.map(({ loss_resolution }) => loss_resolution)).toEqual(
      there.iterations.map(({ loss_resolution }) => loss_resolution),
    );
    expect(here.curvature.map(({ eigenvalue, alignment }) => [eigenvalue, alignment])).toEqual(
      there.curvature.map(({ eigenvalue, alignment }) => [eigenvalue, alignment]),
    );
    expect(here.curvature.length).toBeGreaterThan(6);
  });

  it('is a walk along imported points, which finds its own slices and lengths', async () => {
    const [{ files, slices, iterations }] = await walks;
    const data = syntheticData(60, 20, 6);
    const shape = { ...data.train.shape, classes: data.train.classes };
    const model = modelFor(experiment.model, shape);
    const points = keptPoints(folders[0].path, files, model);
    const imported = { experiment, learningRate: 0.1, knowsEpochs: true, points };
    const found: Pick<Report, 'slices' | 'iterations'> = { slices: [], iterations: [] };
    const { backend, moved } = countingTransfers(referenceDevice);
    const { status } = await walkImported({
      ...imported,
      data,
      model,
      backend,
      meter: importedMeter(imported, shape),
      stopped: () => false,
      observer: {
        iteration: (record) => found.iterations.push(record),
        slice: (records) => found.slices.push(...records),
        epoch: () => undefined,
        curvature: () => undefined,
        parameters: () => undefined,
        tick: () => undefined,
      },
    });
    expect(status).toBe('finished');
    expect(found.slices).toEqual(slices);
    const lengths = ({ distance, update_norm, relative_update }: Report['iterations'][number]): unknown[] => [
      distance,
      update_norm,
      relative_update,
    ];
    found.iterations.forEach((record, index) =>
      lengths(record).forEach((value, at) => expect(value).toBeCloseTo(lengths(iterations[index]!)[at] as number, 12)),
    );
    expect(moved.toHost).toBeGreaterThan(0);
  });
});

describe('the step of every optimiser', () => {
  const kinds: Record<keyof OptimizerOf, 1> = { sgd: 1, gd: 1, 'gd-isotropic-noise': 1, adam: 1, adamw: 1, rmsprop: 1 };
  it.each(Object.keys(kinds))('of %s is taken where its work is told to be', async (kind) => {
    for (const clipping of ['none', 'norm', 'value']) {
      const optimizer = optimizerSchema.parse({ kind, clipping: { kind: clipping } });
      const updates: Formula[] = [];
      const memory: DeviceMemory = {
        ...referenceDevice.memory!,
        compile(formula, length) {
          if ('next' in formula.results) updates.push(formula);
          return referenceDevice.memory!.compile(formula, length);
        },
      };
      const space = deviceSpace(memory, 3);
      await space.rule(optimizer);
      expect(updates.length === 0).toBe(stepsOnHost(optimizer, 'device'));
      expect(stepsOnHost(optimizer, 'host')).toBe(true);
      await space.dispose();
    }
  });
});

describe('a rule whose steps are the host’s', () => {
  it('takes its steps on the host, between points of the device', async () => {
    const size = 50;
    const space = deviceSpace(referenceDevice.memory!, size);
    const clipping = { kind: 'norm', maxNorm: 2 };
    const optimizer = optimizerSchema.parse({ kind: 'sgd', momentum: 0.9, weightDecay: 0.01, clipping });
    const rule = await space.rule(optimizer);
    const values = (phase: number): Float32Array =>
      Float32Array.from({ length: size }, (_, at) => Math.sin(at + phase));
    const [initial, gradient, previous, velocity] = [values(0), values(1), values(2), values(3)];
    const vectors = {
      initial: await rule.vector(),
      gradient: await rule.vector(),
      previous: await rule.vector(),
      current: await space.vector(),
      next: await space.vector(),
    };
    const remembered = { velocity: await rule.vector() };
    await writeTo(vectors.initial, initial);
    await writeTo(vectors.gradient, gradient);
    await writeTo(vectors.previous, previous);
    await writeTo(vectors.current, initial);
    await writeTo(remembered.velocity, velocity);
    const copy = await rule.copyOf(remembered.velocity, null);
    const { sums, norm, clippedNorm } = await rule.update({ iteration: 3, learningRate: 0.1, ...vectors }, remembered);
    expect(await valuesOf(copy)).toEqual(velocity);
    const next = new Float32Array(size);
    const host = openUpdate(optimizer, () => new Float32Array(size));
    const points = { current: initial, next, initial, gradient, previous };
    const exact = host({ iteration: 3, learningRate: 0.1, ...points }, { velocity });
    expect(sums).toEqual(exact.sums);
    expect(clippedNorm).toBe(exact.clippedNorm);
    expect(clippedNorm).toBeCloseTo(2, 5);
    expect(Math.sqrt(sums.gradient)).toBeGreaterThan(4);
    expect(await norm()).toBeCloseTo(Math.hypot(...initial), 12);
    expect(await valuesOf(vectors.next)).toEqual(next);
    expect(await valuesOf(remembered.velocity)).toEqual(velocity);
    await space.dispose();
  });
});

describe('a device that fails in an update', () => {
  const experiment = smallExperiment({ optimizer: { momentum: 0.9, learningRate: 0.1 }, length: { iterations: 9 } });
  const { parameters } = modelFor(experiment.model, { channels: 1, height: 1, width: 6, classes: 3 });
  const sizes = { parameters: parameterTotal(parameters), statistics: 0 };

  /** The reference, whose fifth update fails; from then on its vectors fail, too, where it is lost. */
  function failing(lost: boolean): Backend {
    const memory = referenceDevice.memory!;
    let updates = 0;
    const gone = (): void => {
      if (lost && updates >= 5) throw new Error('the device is gone');
    };
    const failingMemory: DeviceMemory = {
      async vector(length) {
        const vector = await memory.vector(length);
        const read = vector.read.bind(vector);
        return Object.assign(vector, {
          async read(into?: Float32Array) {
            gone();
            return read(into);
          },
        });
      },
      async compile(formula, length) {
        const compiled = await memory.compile(formula, length);
        return {
          ...compiled,
          async run(...fed) {
            gone();
            if ('next' in formula.results && ++updates === 5) throw new Error('it ran out of memory');
            return compiled.run(...fed);
          },
        };
      },
    };
    return { ...referenceDevice, memory: failingMemory };
  }

  it.each([
    ['is lost: the run goes on from the checkpoint before', true, 3],
    ['is still there: the run goes on from where it was', false, 4],
  ])('and %s', async (_, lost, from) => {
    const whole = await walked(experiment, { backend: referenceDevice });
    const states: Uint8Array[] = [];
    let asked = 0;
    await expect(
      walked(experiment, {
        backend: failing(lost),
        due: () => ++asked === 4,
        checkpoint: (bytes) => states.push(bytes),
      }),
    ).rejects.toThrow('it ran out of memory');
    const resume = decodeState(states.at(-1)!, sizes);
    expect(resume.scalars.done).toBe(from);
    const rest = await walked(experiment, { backend: referenceDevice, resume });
    expect(rest.iterations).toEqual(whole.iterations.slice(from));
  });
});

describe('what a walk moves between host and device', () => {
  // 6·40 + 40 + 40·3 + 3 parameters
  const size = 403;
  const batch = 20 * (4 * 6 + 4);
  const change = { model: { hidden: [40] }, optimizer: { batchSize: 20, momentum: 0.9 } };

  async function perIteration(backend: Backend, windows: object[]): Promise<{ up: number; down: number }> {
    const bytes = async (iterations: number): Promise<{ up: number; down: number }> => {
      const { backend: counted, moved } = countingTransfers(backend);
      await walked(smallExperiment({ ...change, interpolation: { windows }, length: { iterations } }), {
        backend: counted,
      });
      return { up: moved.toDevice, down: moved.toHost };
    };
    // both end within the second epoch, so that only iterations tell them apart
    const [few, more] = [await bytes(4), await bytes(5)];
    return { up: more.up - few.up, down: more.down - few.down };
  }

  it('is a batch there and its loss back, where parameters and gradient went both ways', async () => {
    expect(await perIteration(withoutMemory(referenceDevice), [])).toEqual({
      up: batch + 4 * size,
      down: 4 + 4 * size,
    });
    expect(await perIteration(referenceDevice, [])).toEqual({ up: batch, down: 4 });
  });

  it('is none of the points along a slice but the one that tells its rounding', async () => {
    const windows = [{ firstIterations: 5 }];
    const [host, device] = [
      await perIteration(withoutMemory(referenceDevice), windows),
      await perIteration(referenceDevice, windows),
    ];
    // with the batch's point: the end, three points between (four intervals) and the rounded one, of which a head's weights are fed alone
    expect((host.up - device.up) / 4).toBeGreaterThan(2 * size);
    // the values of the stem at the end stay, too; what is read is its parameters
    expect(host.down - device.down).toBe(4 * 60 * 40);
  });
});
