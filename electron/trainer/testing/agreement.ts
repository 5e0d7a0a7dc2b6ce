/** Walks on real images that a backend must take as the processor does, over their first iterations. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Experiment } from '../../../shared/experiment.ts';
import { seconds } from '../../../build/machine.ts';
import { evaluateReference } from '../../../shared/graph/reference.ts';
import { usualLoss } from '../../../shared/losses/index.ts';
import { modelFor } from '../../../shared/networks/index.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { presetSchema } from '../../../shared/presets.ts';
import { bundledDatasets } from '../../datasets/bundled.ts';
import { loadDataset } from '../../datasets/load.ts';
import type { Examples, LoadedData } from '../../datasets/load.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { Backend } from '../backends/backend.ts';
import { onnxCpu } from '../backends/onnx/onnx.ts';
import { batchGradient } from '../walk/gradient.ts';
import { keptPoints } from '../walk/load.ts';
import { feedsOf } from '../walk/point.ts';
import type { HostPoint } from '../walk/point.ts';
import { referenceBackend } from './reference-backend.ts';
import { walked } from './walks.ts';
import type { Report } from './walks.ts';

const resources = fileURLToPath(new URL('../../../resources', import.meta.url));

/** The experiment of a preset. */
function preset(name: string): Experiment {
  const file: unknown = JSON.parse(readFileSync(join(resources, 'presets', `${name}.json`), 'utf8'));
  const parsed = presetSchema.parse(file);
  if (!('experiment' in parsed)) throw new Error(`${name} is a study`);
  return parsed.experiment;
}

/** The bundled data of an experiment. */
function dataOf({ data }: Experiment): Promise<LoadedData> {
  return loadDataset(
    bundledDatasets(join(resources, 'datasets')).find(({ id }) => id === data.set)!,
    data,
  );
}

/** Walks an experiment on the bundled data. @param directory where its parameters are kept */
async function walkOn(backend: Backend, experiment: Experiment, directory?: string): Promise<Report> {
  const data = await dataOf(experiment);
  return walked(experiment, { data, image: data.train.shape, backend, ...(directory ? { directory } : {}) });
}

/** Greatest relative differences over the iterations of the second report: of losses (slices included) and distances, and of gradient norms. */
export function differences(here: Report, there: Report): { losses: number; gradientNorms: number } {
  const greatest = { losses: 0, gradientNorms: 0 };
  const compare = (kind: keyof typeof greatest, a: unknown, b: unknown): void => {
    if (typeof a !== 'number' || typeof b !== 'number') expect(a).toEqual(b);
    else if (a !== b) greatest[kind] = Math.max(greatest[kind], Math.abs(a - b) / Math.abs(b));
  };
  there.iterations.forEach((record, index) => {
    for (const key of ['batch_loss', 'distance', 'floor_loss', 'loss_after'] as const)
      compare('losses', here.iterations[index]![key], record[key]);
    compare('gradientNorms', here.iterations[index]!.gradient_norm, record.gradient_norm);
  });
  there.slices.forEach((slice, index) => compare('losses', here.slices[index]!.loss, slice.loss));
  return greatest;
}

/** Examples of the batch that gradients at points of a walk are taken on. */
const probeSize = 100;

/** Relative error of the norm of a batch's gradient at a point, against float64. */
async function gradientNormError(
  backend: Backend,
  model: Model,
  point: HostPoint,
  examples: Examples,
): Promise<number> {
  const outputs = Object.fromEntries(
    Object.entries(batchGradient(model, usualLoss, probeSize)).filter(([name]) => name.startsWith('gradient of ')),
  );
  const feeds = {
    x: examples.images.slice(0, probeSize * model.features),
    targets: Int32Array.from(examples.targets.slice(0, probeSize)),
    ...feedsOf(point, model),
  };
  const norm = (found: Readonly<Record<string, ArrayLike<number>>>): number =>
    Math.sqrt(Object.values(found).reduce((sum, values) => sum + lengthSquared(values), 0));
  const executable = await backend.compile(outputs);
  const here = norm(await executable.run(feeds));
  await executable.dispose();
  const exact = norm(evaluateReference(outputs, feeds));
  return Math.abs(here - exact) / exact;
}

function lengthSquared(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]! ** 2;
  return sum;
}

/** Tests a backend against `cpu` on the walks that people take first. */
export function agreementSuite(open: () => Backend | Promise<Backend>): void {
  let backend: Backend;
  const folder = temporaryFolder();
  beforeAll(async () => {
    backend = await open();
  });
  afterAll(() => folder.remove());

  it('takes the quick walk, whose first 30 iterations are those of cpu', async () => {
    const experiment = preset('quick-walk');
    const here = await walkOn(backend, experiment);
    expect(here).toMatchObject({ status: 'finished', message: null });
    expect(here.iterations).toHaveLength(60);
    const there = await walkOn(
      onnxCpu(),
      { ...experiment, length: { iterations: 30 }, keepParameters: 'windows' },
      folder.path,
    );
    expect(there.slices).toHaveLength(30 * 11);
    const { losses, gradientNorms } = differences(here, there);
    // two errors of either sign: each walk is held to float64 below. On an Intel Xeon 4·10⁻⁷ was seen, on an AMD EPYC 1.3·10⁻⁶
    expect(losses).toBeLessThan(2e-6);
    // of walks whose points are apart by some roundings of float32 (10⁻⁷), which the curvature makes more of: in float64, too, norms at the
    // points of two walks are 3·10⁻⁷ apart at iteration 20. 8·10⁻⁷ was seen of PyTorch, 1.6·10⁻⁶ of TensorFlow
    expect(gradientNorms).toBeLessThan(5e-6);
    // so what is the backend's own is asked where both stand at the same point (7·10⁻⁸ seen)
    const { train } = await dataOf(experiment);
    const model = modelFor(experiment.model, { ...train.shape, classes: train.classes });
    const kept = keptPoints(folder.path, there.files, model);
    for (const iteration of [1, 20, 29])
      for (const each of [backend, onnxCpu()])
        expect(await gradientNormError(each, model, await kept.read(iteration), train)).toBeLessThan(5e-7);
  });

  it('decides slices by samples as cpu does', async () => {
    const quick = preset('quick-walk');
    const interpolation = {
      ...quick.probes.interpolation,
      windows: [{ firstIterations: 6 }],
      evaluateOn: { sequential: { confidence: 0.999, tolerance: 0.1 } },
    };
    const experiment = {
      ...quick,
      data: { ...quick.data, train: 2000 },
      length: { iterations: 6 },
      probes: { ...quick.probes, interpolation },
    };
    const [here, there] = [await walkOn(backend, experiment), await walkOn(onnxCpu(), experiment)];
    const sampled = here.iterations.filter(({ slice_tolerance }) => slice_tolerance! > 0);
    expect(sampled.length).toBeGreaterThan(0);
    // examples of almost the same size may change places, and so be drawn in each other's stead
    for (const [row, { iteration, loss }] of here.slices.entries()) {
      const [own, other] = [here.iterations[iteration]!, there.iterations[iteration]!];
      const known = there.slices[row]!.loss!;
      expect(Math.abs(loss! - known)).toBeLessThan(own.slice_tolerance! + other.slice_tolerance! + 2e-6 * known);
      for (const flag of ['interior_floor', 'barrier', 'convex'] as const)
        if (own[flag] !== null && other[flag] !== null) expect(own[flag]).toBe(other[flag]);
    }
  });

  it(
    'takes 30 iterations of the quick walk as float64 does, which keeps its parameters in float32',
    async () => {
      const quick = preset('quick-walk');
      // three points on few examples: float64 takes a minute for them as it is
      const interpolation = {
        ...quick.probes.interpolation,
        windows: [{ firstIterations: 30 }],
        points: 2,
        evaluateOn: { subset: 200 },
      };
      const experiment = { ...quick, length: { iterations: 30 }, probes: { ...quick.probes, interpolation } };
      const exact = await walkOn(referenceBackend, experiment);
      expect(exact.slices).toHaveLength(30 * 3);
      for (const each of [backend, onnxCpu()]) {
        const { losses, gradientNorms } = differences(await walkOn(each, experiment), exact);
        // 8.5·10⁻⁷ and 1.5·10⁻⁶ seen of PyTorch, 5.5·10⁻⁷ and 9·10⁻⁷ of cpu, on an AMD EPYC
        expect(losses).toBeLessThan(1e-6);
        expect(gradientNorms).toBeLessThan(3e-6);
      }
    },
    seconds(240),
  );
}
