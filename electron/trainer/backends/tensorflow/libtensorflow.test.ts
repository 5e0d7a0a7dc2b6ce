/**
 * The TensorFlow backend on the real libtensorflow, from the folder that VALLEYWALK_TENSORFLOW names; continuous integration makes one. Beside it
 * tensorflow.test.ts has the same operations on tfjs's own processor backend, everywhere.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { seconds } from '../../../../build/machine.ts';
import { agreementSuite, differences } from '../../testing/agreement.ts';
import { backendSuite, refusesStrangeOperation } from '../../testing/backend-suite.ts';
import { vectorSuite } from '../../testing/vector-suite.ts';
import { smallExperiment, walked } from '../../testing/walks.ts';
import type { Report } from '../../testing/walks.ts';
import type { Backend } from '../backend.ts';
import { describeBackend } from '../index.ts';
import { onnxCpu } from '../onnx/onnx.ts';
import { trial } from '../trial.ts';
import { tensorflow } from './load.ts';
import { tensorflowBackend } from './tensorflow.ts';
import type { Tfjs } from './translations.ts';

const folder = process.env['VALLEYWALK_TENSORFLOW'] ?? '';
const why = folder
  ? ''
  : ' (skipped: VALLEYWALK_TENSORFLOW names no folder whose node_modules holds @tensorflow/tfjs-node-gpu, ready to load)';
describe.skipIf(!folder)(`libtensorflow${why}`, { timeout: seconds(240) }, () => {
  let backend: Backend;
  let tf: Tfjs;
  beforeAll(async () => {
    backend = await tensorflow();
    // the same instance as the backend's
    tf = createRequire(import.meta.url)(join(folder, 'node_modules', '@tensorflow', 'tfjs-node-gpu')) as Tfjs;
  });

  backendSuite(() => backend);
  agreementSuite(() => backend);

  describe('made to keep vectors, as on a GPU', () => {
    vectorSuite(() => tensorflowBackend(tf, { device: 'made to keep vectors', versions: {} }, { memory: true }));
  });

  it('is available, with its device and versions', async () => {
    expect(tf.getBackend()).toBe('tensorflow');
    const info = await describeBackend('tensorflow');
    expect(info).toMatchObject({ name: 'tensorflow', available: true, reason: null });
    expect(info.device).toMatch(/by TensorFlow/);
    for (const name of ['tfjs-core', 'tfjs-node', 'tensorflow']) expect(info.versions[name], name).toMatch(/^\d/);
  });

  /** Tensors that tfjs counts, those that libtensorflow holds, and its sessions (of which a few are kept that nobody uses). */
  function held(): number[] {
    const native = tf.backend() as unknown as { getNumOfTFTensors(): number; getNumOfSavedModels(): number };
    return [tf.memory().numTensors, native.getNumOfTFTensors(), native.getNumOfSavedModels()];
  }

  it('leaves no tensors behind, on this side and on that of the library', async () => {
    const walk = (): Promise<Report> =>
      walked(smallExperiment({ length: { epochs: 1 }, model: { batchNorm: true, hidden: [4] } }), { backend });
    // graphs of the trial and of the walk, of which a few are kept
    await trial(backend);
    const first = await walk();
    const before = held();
    await trial(backend);
    const second = await walk();
    await refusesStrangeOperation(backend);
    expect(held()).toEqual(before);
    // and the same walk has the same numbers, to the bit
    const told = ({ iterations, slices }: Report): unknown => [
      iterations.map(({ batch_loss, distance }) => [batch_loss, distance]),
      slices.map(({ loss }) => loss),
    ];
    expect(told(second)).toEqual(told(first));
  });

  it('computes one operation at a time where a GPU is used', async () => {
    const native = tf.backend() as unknown as { isUsingGpuDevice: boolean };
    const [real, sessions] = [native.isUsingGpuDevice, held()[2]];
    native.isUsingGpuDevice = true;
    try {
      await trial(tensorflowBackend(tf, { device: 'a GPU, as far as the backend knows', versions: {} }));
    } finally {
      native.isUsingGpuDevice = real;
    }
    expect(held()[2]).toBe(sessions);
  });

  it('walks a CNN with batch norm as cpu does over ten iterations', async () => {
    // images as small as these: of 28 × 28 so many places are equal but for rounding that ONNX Runtime parts ways with itself, batch-first
    // from batch-last, by 10⁻⁴ after six iterations
    const image = { channels: 1, height: 8, width: 8 };
    const experiment = smallExperiment({
      data: { train: 600, validation: 20 },
      optimizer: { batchSize: 60, learningRate: 0.1 },
      length: { iterations: 10 },
      model: { architecture: 'cnn', batchNorm: true },
      interpolation: { windows: [{ firstIterations: 10 }], evaluateOn: { subset: 100 } },
    });
    const [here, there] = [
      await walked(experiment, { image, backend }),
      await walked(experiment, { image, backend: onnxCpu() }),
    ];
    expect(here.iterations).toHaveLength(10);
    const { losses, gradientNorms } = differences(here, there);
    expect(Math.max(losses, gradientNorms)).toBeLessThan(1e-5);
  });
});
