/** The TensorFlow translation, on tfjs's own processor backend, which has the same operations. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { seconds } from '../../../../build/machine.ts';
import * as ops from '../../../../shared/graph/ops/index.ts';
import { backendSuite, refusesStrangeOperation } from '../../testing/backend-suite.ts';
import { vectorSuite } from '../../testing/vector-suite.ts';
import { smallExperiment, walked } from '../../testing/walks.ts';
import { trial } from '../trial.ts';
import { tensorflow } from './load.ts';
import { tensorflowBackend } from './tensorflow.ts';

const backend = tensorflowBackend(tf, { device: 'tfjs', versions: { 'tfjs-core': tf.version_core } });

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('tfjs', { timeout: seconds(120) }, () => {
  backendSuite(() => backend);
});

describe('tfjs with memory', { timeout: seconds(120) }, () => {
  const keeping = tensorflowBackend(tf, { device: 'tfjs', versions: {} }, { memory: true });
  vectorSuite(() => keeping);

  it('leaves no tensors behind after a walk on vectors', async () => {
    const before = tf.memory().numTensors;
    const model = { batchNorm: true, hidden: [4] };
    const optimizer = { momentum: 0.9, microBatch: 10 };
    const interpolation = { windows: [{ firstIterations: 2 }] };
    await walked(smallExperiment({ length: { epochs: 1 }, model, optimizer, interpolation }), { backend: keeping });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('puts a vector together from parts that overlap', async () => {
    const before = tf.memory().numTensors;
    const vector = await keeping.memory!.vector(10);
    const executable = await keeping.compile({ double: ops.scale(ops.input('x', [4]), 2) });
    const writeAt = async (offset: number, value: number): Promise<void> => {
      const x = new Float32Array(4).fill(value / 2);
      await executable.run({ x }, { double: { vector, offset, length: 4 } });
    };
    await writeAt(1, 3);
    await writeAt(3, 5);
    expect([...(await vector.read())]).toEqual([0, 3, 3, 5, 5, 5, 5, 0, 0, 0]);
    await writeAt(3, 7);
    const { double } = await executable.run({ x: { vector, offset: 2, length: 4 } });
    expect([...double!]).toEqual([6, 14, 14, 14]);
    await vector.dispose();
    await executable.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('an executable', () => {
  const x = ops.input('x', [2]);

  it('leaves no tensors behind, whether it runs, fails or is disposed', async () => {
    const before = tf.memory().numTensors;
    const factor = ops.input('factor', [2]);
    const executable = await backend.compile(
      { product: ops.multiply(x, factor), same: x, seven: ops.constant(7, [2]) },
      { factor: Float32Array.of(2, 5) },
    );
    const compiled = tf.memory().numTensors;
    for (let run = 0; run < 3; run++) {
      const results = await executable.run({ x: Float32Array.of(3, 4) });
      expect(Object.entries(results).map(([name, values]) => [name, [...values]])).toEqual([
        ['product', [6, 20]],
        ['same', [3, 4]],
        ['seven', [7, 7]],
      ]);
      expect(tf.memory().numTensors).toBe(compiled);
    }
    await expect(executable.run({})).rejects.toThrow('input "x" was not fed');
    await expect(executable.run({ x: new Float32Array(3) })).rejects.toThrow('"x": 3 values do not fill shape [2]');
    expect(tf.memory().numTensors).toBe(compiled);
    await executable.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('leaves no tensors behind after a trial and after a walk', async () => {
    const before = tf.memory().numTensors;
    await trial(backend);
    await walked(smallExperiment({ length: { epochs: 1 }, model: { batchNorm: true, hidden: [4] } }), { backend });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('reads views and writes into views, and nowhere else', async () => {
    const executable = await backend.compile({ double: ops.scale(x, 2) });
    const memory = Float32Array.of(-1, -1, -1, -1);
    const results = await executable.run(
      { x: Float32Array.of(9, 3, 4, 9).subarray(1, 3) },
      { double: memory.subarray(1, 3) },
    );
    expect([...memory]).toEqual([-1, 6, 8, -1]);
    expect([...results['double']!]).toEqual([6, 8]);
    await executable.dispose();
  });

  it('is refused for an operation that no table has', async () => {
    await refusesStrangeOperation(backend);
  });
});

describe('loading', () => {
  // these tests say what is installed, whatever this machine has
  beforeAll(() => vi.stubEnv('VALLEYWALK_TENSORFLOW', ''));
  afterAll(() => vi.unstubAllEnvs());

  const absent = (name: string): never => {
    throw Object.assign(new Error(`Cannot find module '${name}'\nRequire stack:\n- here`), {
      code: 'MODULE_NOT_FOUND',
    });
  };
  /** A package that brings tfjs with its processor backend under the name that tfjs-node uses. */
  const stand = {
    ...tf,
    version: { 'tfjs-core': '4', tensorflow: '2.9.1', other: '1' },
    setBackend: () => Promise.resolve(true),
  };

  it('refuses a package whose own backend does not start, and never computes with another in its place', async () => {
    // tfjs then goes on with its JavaScript kernels
    const halved = { ...stand, setBackend: () => Promise.resolve(false) };
    await expect(tensorflow(() => halved)).rejects.toThrow(
      '@tensorflow/tfjs-node-gpu was tried and failed (its backend tensorflow does not start, and tfjs would compute with another)',
    );
  });

  it('says that nothing is installed, and how to get it', async () => {
    await expect(tensorflow(absent)).rejects.toThrow(
      /^neither of its packages is installed; valleywalk setup tensorflow takes it out of a Python environment/,
    );
  });

  it('says what keeps an installed package from loading', async () => {
    const broken = (name: string): never => {
      if (name.endsWith('-gpu')) throw new Error('libcudart.so.11.0: cannot open shared object file\nand more');
      return absent(name);
    };
    await expect(tensorflow(broken)).rejects.toThrow(
      '@tensorflow/tfjs-node-gpu is installed but does not load (libcudart.so.11.0: cannot open shared object file); valleywalk setup',
    );
  });

  it('asks for full float32 before it loads, whatever the environment asks for', async () => {
    vi.stubEnv('ONEDNN_DEFAULT_FPMATH_MODE', 'BF16');
    vi.stubEnv('NVIDIA_TF32_OVERRIDE', '1');
    const seen: unknown[] = [];
    await tensorflow(() => {
      seen.push(process.env['ONEDNN_DEFAULT_FPMATH_MODE'], process.env['NVIDIA_TF32_OVERRIDE']);
      return stand;
    });
    vi.unstubAllEnvs();
    vi.stubEnv('VALLEYWALK_TENSORFLOW', '');
    expect(seen).toEqual(['STRICT', '0']);
  });

  it('falls back to the package without a GPU, and says so', async () => {
    const opened = await tensorflow((name) => (name.endsWith('-gpu') ? absent(name) : stand));
    expect(opened.describe()).toMatchObject({
      name: 'tensorflow',
      device: 'Processor by TensorFlow',
      versions: { 'tfjs-core': '4', tensorflow: '2.9.1' },
    });
    const gpu = await tensorflow(() => stand);
    expect(gpu.describe().device).toBe('Processor by TensorFlow, which found no GPU that it can use');
  });

  describe('a folder that is named', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tensorflow-'));
      vi.stubEnv('VALLEYWALK_TENSORFLOW', folder);
    });
    afterAll(async () => {
      vi.stubEnv('VALLEYWALK_TENSORFLOW', '');
      await rm(folder, { recursive: true });
    });

    it('is the only place that is looked into', async () => {
      const asked: string[] = [];
      const opened = await tensorflow((module) => {
        asked.push(module);
        return stand;
      });
      expect(opened.describe()).toMatchObject({ name: 'tensorflow', available: true });
      expect(asked).toEqual([join(folder, 'node_modules', '@tensorflow/tfjs-node-gpu')]);
    });

    it('is named where it has no package', async () => {
      await expect(tensorflow()).rejects.toThrow(
        `neither @tensorflow/tfjs-node-gpu nor @tensorflow/tfjs-node is in ${join(folder, 'node_modules')}; VALLEYWALK_TENSORFLOW names that folder`,
      );
    });

    it('is named where its package does not load', async () => {
      const gpu = join(folder, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
      await mkdir(gpu, { recursive: true });
      await writeFile(join(gpu, 'index.js'), "throw new Error('libtensorflow.so.2: cannot open shared object file');");
      await expect(tensorflow()).rejects.toThrow(
        `@tensorflow/tfjs-node-gpu in ${join(folder, 'node_modules')} is installed but does not load (libtensorflow.so.2: cannot open`,
      );
      await writeFile(join(gpu, 'index.js'), 'module.exports = {};');
      await expect(tensorflow()).rejects.toThrow(
        /^@tensorflow\/tfjs-node-gpu in .* was tried and failed \(.*\); VALLEYWALK_TENSORFLOW names that folder/,
      );
    });
  });
});
