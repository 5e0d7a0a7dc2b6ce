import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import * as ops from '../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../shared/graph/tensor.ts';
import type { Backend } from '../backends/backend.ts';
import { onnxCpu } from '../backends/onnx/onnx.ts';
import { tensorflowBackend } from '../backends/tensorflow/tensorflow.ts';
import { referenceBackend, referenceDevice } from '../testing/reference-backend.ts';
import { keepingGraph } from './kept.ts';

/** x·W, which is kept, and that times v: [count, 2] and [2, 2] each. */
function outputs(count: number): Record<string, Tensor> {
  const kept = ops.gemm(ops.input('x', [count, 2]), ops.input('W', [2, 2]));
  return { result: ops.sum(ops.gemm(kept, ops.input('v', [2, 2])), [0]) };
}

const chunks = [{ count: 3 }, { count: 3 }, { count: 1 }];
/** Numbers of a chunk's place: a cache line. */
const place = 16;

/** A backend that counts the runs of graphs whose results go to others, and how many executables live. */
function counting(backend: Backend) {
  const counted = { before: 0, after: 0, living: 0, fails: false };
  const counter: Backend = {
    ...backend,
    async compile(graph, known, between) {
      const executable = await backend.compile(graph, known, between);
      const isBefore = Object.keys(graph).some((name) => between?.has(name));
      counted.living++;
      return {
        async run(feeds, into) {
          if (counted.fails) throw new Error('lost');
          counted[isBefore ? 'before' : 'after']++;
          return executable.run(feeds, into);
        },
        async dispose() {
          counted.living--;
          await executable.dispose();
        },
      };
    },
  };
  return { counter, counted };
}

const feeds = { W: Float32Array.of(1, 2, 3, 4), v: Float32Array.of(1, 0, 0, 1) };
const x = (chunk: number): Float32Array => new Float32Array(2 * chunks[chunk]!.count).fill(chunk + 1);
/** Sums over examples of (chunk + 1)·(1 + 3, 2 + 4). */
const expected = (chunk: number, scale = 1): number[] =>
  [4, 6].map((each) => each * (chunk + 1) * chunks[chunk]!.count * scale);

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe.each([
  ['a processor', onnxCpu(1)],
  ['the reference, as if it were one', { ...referenceBackend, cached: true }],
  ['a device with memory', referenceDevice],
  ['TensorFlow with memory', tensorflowBackend(tf, { device: 'tfjs', versions: {} }, { memory: true })],
])('what is kept on %s', (_, backend) => {
  async function opened(most?: number) {
    const { counter, counted } = counting(backend);
    const graph = await keepingGraph(counter, chunks, outputs, new Set(['v']), most);
    const run = async (visit: object, chunk: number, scale = 1): Promise<number[]> => {
      const result = new Float32Array(2);
      await graph.run(visit, chunk, { ...feeds, v: feeds.v.map((each) => scale * each), x: x(chunk) }, { result });
      return [...result];
    };
    return { graph, counted, run };
  }

  it('is computed once for a visit and chunk, and anew for the next', async () => {
    const { graph, counted, run } = await opened();
    for (const visit of [{}, {}])
      for (const scale of [1, 2, 3])
        for (const chunk of [0, 1, 2]) expect(await run(visit, chunk, scale)).toEqual(expected(chunk, scale));
    expect(counted).toMatchObject({ before: 6, after: 18 });
    await graph.dispose();
    expect(counted.living).toBe(0);
  });

  it('is computed at every turn by chunks beyond what may be kept', async () => {
    const { graph, counted, run } = await opened(2 * place);
    const visit = {};
    for (const scale of [1, 2])
      for (const chunk of [0, 1, 2]) expect(await run(visit, chunk, scale)).toEqual(expected(chunk, scale));
    // the first chunk once, the others take turns in a place
    expect(counted).toMatchObject({ before: 5, after: 6 });
    await graph.dispose();
    const least = await opened(0);
    expect(await least.run(visit, 2)).toEqual(expected(2));
    expect(await least.run(visit, 2, 2)).toEqual(expected(2, 2));
    expect(least.counted).toMatchObject({ before: 1, after: 2 });
    await least.graph.dispose();
  });

  it('is nobody’s where computing it has failed', async () => {
    const { graph, counted, run } = await opened();
    const visit = {};
    await run(visit, 0);
    counted.fails = true;
    const next = {};
    await expect(run(next, 0)).rejects.toThrow('lost');
    counted.fails = false;
    expect(await run(visit, 0)).toEqual(expected(0));
    expect(counted.before).toBe(2);
    await graph.dispose();
  });
});

it('nothing is kept where it would have to travel', async () => {
  const { counter, counted } = counting(referenceBackend);
  const graph = await keepingGraph(counter, chunks, outputs, new Set(['v']));
  const result = new Float32Array(2);
  await graph.run({}, 1, { ...feeds, x: x(1) }, { result });
  expect([...result]).toEqual(expected(1));
  expect(counted).toMatchObject({ before: 0, after: 1, living: 2 });
  await graph.dispose();
});
