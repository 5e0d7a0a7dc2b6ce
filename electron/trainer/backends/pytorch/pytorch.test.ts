/** PyTorch for real: the Python that VALLEYWALK_PYTHON names computes, is killed, stopped, starved and printed over. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seconds } from '../../../../build/machine.ts';
import * as ops from '../../../../shared/graph/ops/index.ts';
import { modelFor } from '../../../../shared/networks/index.ts';
import { parameterTotal } from '../../../../shared/networks/parameters.ts';
import { isThere, starve } from '../../../processes/testing.ts';
import { agreementSuite } from '../../testing/agreement.ts';
import { backendSuite, refusesStrangeOperation } from '../../testing/backend-suite.ts';
import { vectorSuite } from '../../testing/vector-suite.ts';
import { smallExperiment, walked } from '../../testing/walks.ts';
import { decodeState } from '../../walk/state.ts';
import { unchanging } from '../backend.ts';
import type { Backend } from '../backend.ts';
import { describeBackend } from '../index.ts';
import { onnxCpu } from '../onnx/onnx.ts';
import { pytorch, pythonVariable } from './load.ts';
import type { PytorchOptions } from './load.ts';
import type { Python } from './process.ts';
import { sharedMemory } from './shared-memory.ts';

// continuous integration sets it (.ci/run), and counts a skipped test as failed
const there = Boolean(process.env[pythonVariable]);
const opened: Python[] = [];

/** A backend with a process of its own, which the test's end ends. */
async function open(options: PytorchOptions = {}): Promise<{ backend: Backend; python: Python; pid: number }> {
  let found: Python | null = null;
  const backend = await pytorch(1, { ...options, started: (python) => (found = python) });
  const python = found as unknown as Python;
  opened.push(python);
  return { backend, python, pid: Number(python.greeting['process']) };
}

/** One that tests share which do it no harm, and one that is sent bytes. */
let shared: Backend;
let byBytes: Backend;

beforeAll(async () => {
  if (!there) return;
  shared = await pytorch(1);
  byBytes = await pytorch(1, { memory: null });
});

afterEach(() => {
  for (const python of opened.splice(0)) python.close();
});

describe.skipIf(!there)('PyTorch', { timeout: seconds(120) }, () => {
  backendSuite(() => shared, { vectors: true });
});

describe.skipIf(!there)('PyTorch by bytes, as on Windows and macOS', { timeout: seconds(120) }, () => {
  backendSuite(() => byBytes, { deep: false, vectors: true });
});

describe.skipIf(!there)('PyTorch without float64, as on Apple’s GPUs', { timeout: seconds(120) }, () => {
  vectorSuite(() => pytorch(1, { double: false }));
});

describe.skipIf(!there)('walks on real images', { timeout: seconds(240) }, () => {
  agreementSuite(() => pytorch());
});

describe.skipIf(!there)('a walk', { timeout: seconds(240) }, () => {
  it.each([
    ['MLP', { hidden: [32, 16] }, { channels: 1, height: 1, width: 6 }, 1e-6],
    ['CNN with batch norm', { architecture: 'cnn', batchNorm: true }, { channels: 1, height: 8, width: 8 }, 1e-5],
    ['ResNet', { architecture: 'resnet', depth: 8 }, { channels: 3, height: 8, width: 8 }, 1e-5],
  ])('of %s agrees with the processor’s over the first iterations', async (name, model, image, tolerance) => {
    const iterations = name === 'MLP' ? 30 : 10;
    const experiment = smallExperiment({
      model,
      optimizer: { learningRate: 0.05 },
      length: { iterations },
      interpolation: { windows: [{ firstIterations: iterations }] },
    });
    const [here, there] = [
      await walked(experiment, { backend: shared, image }),
      await walked(experiment, { backend: onnxCpu(1), image }),
    ];
    expect(here.iterations).toHaveLength(iterations);
    for (const key of ['batch_loss', 'distance', 'floor_loss', 'loss_after', 'gradient_norm'] as const)
      here.iterations.forEach((record, index) => {
        const other = there.iterations[index]![key]!;
        expect(Math.abs(record[key]! - other) / Math.abs(other), `${key} of ${index}`).toBeLessThan(tolerance);
      });
  });

  it('is the same to the bit when it is taken again', async () => {
    const experiment = smallExperiment({
      model: { architecture: 'cnn', batchNorm: true },
      length: { iterations: 5 },
      interpolation: { windows: [{ firstIterations: 5 }] },
    });
    const image = { channels: 1, height: 4, width: 4 };
    const { backend } = await open();
    const first = await walked(experiment, { backend: shared, image });
    expect(await walked(experiment, { backend, image })).toEqual(first);
    expect(await walked(experiment, { backend: byBytes, image })).toEqual(first);
  });
});

describe.skipIf(!there)('an executable', { timeout: seconds(120) }, () => {
  const x = ops.input('x', [2]);

  it('takes known values, writes where it is told, and says what is not fed', async () => {
    const backend = shared;
    const executable = await backend.compile(
      { product: ops.multiply(x, ops.input('factor', [2])), same: x, seven: ops.constant(7, [2]) },
      { factor: Float32Array.of(2, 5) },
    );
    const memory = new Float32Array(4).fill(-1);
    const results = await executable.run({ x: Float32Array.of(3, 4) }, { product: memory.subarray(1, 3) });
    expect([...memory]).toEqual([-1, 6, 20, -1]);
    expect([...results['same']!, ...results['seven']!]).toEqual([3, 4, 7, 7]);
    await expect(executable.run({})).rejects.toThrow('input "x" was not fed');
    await expect(executable.run({ x: new Float32Array(3) })).rejects.toThrow('"x": 3 values do not fill shape [2]');
    await executable.dispose();
    await refusesStrangeOperation(backend);
  });

  it('reads what changes anew, and what was marked as unchanging once', async () => {
    for (const backend of [shared, byBytes]) {
      const executable = await backend.compile({ sum: ops.add(x, ops.input('y', [2])) });
      const [changing, marked] = [Float32Array.of(1, 2), unchanging(Float32Array.of(10, 20, 30))];
      const run = async (y: Float32Array): Promise<number[]> => [...(await executable.run({ x: changing, y }))['sum']!];
      expect(await run(marked.subarray(1))).toEqual([21, 32]);
      changing.set([3, 4]);
      expect(await run(marked.subarray(1))).toEqual([23, 34]);
      // that it is not sent again is seen by breaking the promise
      marked.set([5, 5], 1);
      expect(await run(marked.subarray(1))).toEqual([23, 34]);
      expect(await run(marked.subarray(0, 2))).toEqual([13, 9]);
      // one array under two names
      expect(await run(changing)).toEqual([6, 8]);
    }
  });

  it('answers in turn where several are asked at once', async () => {
    const executable = await shared.compile({ double: ops.add(x, x) });
    const results = await Promise.all(
      [1, 2, 3, 4].map((value) => executable.run({ x: Float32Array.of(value, -value) })),
    );
    expect(results.map(({ double }) => [...double!])).toEqual([
      [2, -2],
      [4, -4],
      [6, -6],
      [8, -8],
    ]);
  });
});

/** Something that takes long enough to be interrupted: products of large matrices, one after the other. */
async function longWork(backend: Backend): Promise<() => Promise<unknown>> {
  const a = ops.input('a', [1500, 1500]);
  const product = Array.from({ length: 60 }).reduce<typeof a>((sofar) => ops.gemm(sofar, a) as typeof a, a);
  const executable = await backend.compile({ sum: ops.sum(product) });
  return () => executable.run({ a: new Float32Array(1500 * 1500) });
}

/** Names in the folder of shared memory that are this program's. */
function left(): string[] {
  return readdirSync('/dev/shm').filter((name) => name.startsWith('valleywalk-'));
}

describe.skipIf(!there || process.platform !== 'linux')('a Python that', { timeout: seconds(180) }, () => {
  it('is killed is lost, at once and for good, and leaves nothing in shared memory', async () => {
    // in a file that had a name, so that one could be left
    const memory = sharedMemory({ nameless: false });
    const { backend, pid } = await open({ memory });
    const work = await longWork(backend);
    const running = work();
    process.kill(pid, 'SIGKILL');
    await expect(running).rejects.toThrow(/^Python was killed \(SIGKILL\), as the system does where memory runs out/);
    await expect(work()).rejects.toThrow(/^Python was killed/);
    await expect(backend.compile({ y: ops.exp(ops.input('x', [1])) })).rejects.toThrow(/^Python was killed/);
    expect(left()).toEqual([]);
  });

  it('is killed in the middle of a walk leaves a state from which another one goes on to the same numbers', async () => {
    const image = { channels: 1, height: 4, width: 4 };
    const experiment = smallExperiment({
      model: { architecture: 'cnn', batchNorm: true },
      optimizer: { kind: 'adamw', learningRate: 0.01, microBatch: 10, warmup: { kind: 'linear' } },
      length: { iterations: 12 },
      interpolation: { windows: [{ firstIterations: 12 }] },
    });
    const model = modelFor(experiment.model, { ...image, classes: 3 });
    const sizes = { parameters: parameterTotal(model.parameters), statistics: parameterTotal(model.statistics) };
    const whole = await walked(experiment, { backend: shared, image });
    const { backend, pid } = await open();
    let [looks, state] = [0, new Uint8Array()];
    const killed = walked(experiment, {
      backend,
      image,
      due: () => ++looks % 4 === 0,
      checkpoint(encoded) {
        if (state.length > 0) process.kill(pid, 'SIGKILL');
        else state = Uint8Array.from(encoded);
      },
    });
    await expect(killed).rejects.toThrow(/^Python was killed/);
    const resume = decodeState(state, sizes);
    const rest = await walked(experiment, { backend: (await open()).backend, image, resume });
    const from = rest.iterations[0]!.iteration;
    expect(from).toBeGreaterThan(0);
    expect(rest.iterations).toEqual(whole.iterations.slice(from));
    expect(rest.slices).toEqual(whole.slices.slice(-rest.slices.length));
  });

  it('is stopped is lost after the time that it may be silent, and ended', async () => {
    const { backend, pid } = await open({ patience: { start: seconds(60), silence: seconds(4) } });
    const work = await longWork(backend);
    process.kill(pid, 'SIGSTOP');
    await expect(work()).rejects.toThrow(/^Python gave no sign of life for \d+ s and was ended/);
    await expect.poll(() => isThere(pid), { timeout: seconds(20) }).toBe(false);
  });

  it('computes for longer than it may be silent is not lost', async () => {
    const { backend } = await open({ patience: { start: seconds(60), silence: seconds(3) } });
    const a = ops.input('a', [2500, 2500]);
    const product = Array.from({ length: 12 }).reduce<typeof a>((sofar) => ops.gemm(sofar, a) as typeof a, a);
    const executable = await backend.compile({ sum: ops.sum(product) });
    expect((await executable.run({ a: new Float32Array(2500 * 2500) }))['sum']![0]).toBe(0);
  });

  it('has not the memory that an allocation takes says so, and goes on', async () => {
    const { backend } = await open();
    const wide = ops.broadcastTo(ops.input('x', [1, 1]), [2_000_000, 2_000_000]);
    const executable = await backend.compile({ sum: ops.sum(ops.exp(wide)) });
    await expect(executable.run({ x: Float32Array.of(1) })).rejects.toThrow(
      /^PyTorch has not the memory that this takes \(.*allocate/,
    );
    const small = await backend.compile({ y: ops.exp(ops.input('x', [1])) });
    expect((await small.run({ x: Float32Array.of(0) }))['y']![0]).toBe(1);
  });

  it('is left no memory by the system is a lost device', async () => {
    const { backend, pid } = await open();
    const executable = await backend.compile({
      sum: ops.sum(ops.exp(ops.broadcastTo(ops.input('x', [1]), [300_000_000]))),
    });
    starve(pid);
    await expect(executable.run({ x: Float32Array.of(1) })).rejects.toThrow(/memory|Python (ended|was)/);
  });

  it('is nobody’s any more ends with its parent, in the middle of a computation', async () => {
    const script = `
      import { pytorch } from ${JSON.stringify(new URL('load.ts', import.meta.url).href)};
      import { sharedMemory } from ${JSON.stringify(new URL('shared-memory.ts', import.meta.url).href)};
      import * as ops from ${JSON.stringify(new URL('../../../../shared/graph/ops/index.ts', import.meta.url).href)};
      let python;
      const backend = await pytorch(1, { memory: sharedMemory({ nameless: false }), started: (found) => (python = found) });
      const a = ops.input('a', [3000, 3000]);
      let product = a;
      for (let index = 0; index < 400; index++) product = ops.gemm(product, a);
      const executable = await backend.compile({ sum: ops.sum(product) });
      const running = executable.run({ a: new Float32Array(9_000_000) });
      process.kill(python.greeting.process, 0);
      console.log(python.greeting.process);
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 500);
      await running;`;
    let pid = 0;
    try {
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      pid = Number((error as { stdout: string }).stdout);
    }
    expect(pid).toBeGreaterThan(0);
    await expect.poll(() => isThere(pid), { timeout: seconds(20) }).toBe(false);
    expect(left()).toEqual([]);
  });
});

describe.skipIf(!there)('its description', { timeout: seconds(60) }, () => {
  it('tells the device and the versions', async () => {
    const found = await describeBackend('pytorch');
    expect(found).toMatchObject({ name: 'pytorch', available: true, reason: null });
    // of a processor, why it is no GPU
    expect(found.device).toMatch(/^(CPU by PyTorch, \d+ threads?, (built without|which found no) |.* by PyTorch \()/);
    expect(found.versions).toEqual({
      python: expect.stringMatching(/^3\.\d+\.\d+$/) as string,
      torch: expect.stringMatching(/^\d+\.\d+/) as string,
    });
  });
});
