/** ONNX Runtime as a backend: graphs become ONNX models, models become sessions of an execution provider. */
import { availableParallelism, cpus } from 'node:os';
import type * as ort from 'onnxruntime-node';
import { backendTitles } from '../../../../shared/backends.ts';
import type { BackendInfo } from '../../../../shared/trainer-messages.ts';
import { plan } from '../../../../shared/graph/plan.ts';
import type { Plan } from '../../../../shared/graph/plan.ts';
import type { Shape, Tensor } from '../../../../shared/graph/tensor.ts';
import { onHost } from '../backend.ts';
import type { Backend, Executable, Feed } from '../backend.ts';
import { fedTo } from '../feeds.ts';
import { emit } from './emit.ts';
import { batchLastShape } from './model.ts';
import type { Adaptation } from './emit.ts';
import { processorAdaptation } from './processor.ts';
import { runtime } from './runtime.ts';

/** Options of a session on the processor. @param threads threads that compute */
export function processorOptions(threads: number): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // every session has threads of its own: those of a resting session must not spin while another computes (on two cores, with a
    // stem and a head session taking turns, a pass took 92 ms instead of 42 ms); within a run they may
    extra: { session: { intra_op: { allow_spinning: '1' }, force_spinning_stop: '1' } },
    // warnings about constant initializers are of no use to anybody
    logSeverityLevel: 3,
  };
}

/**
 * The `cpu` backend.
 * @param threads threads that compute; all cores when left out
 */
export function onnxCpu(threads: number = availableParallelism()): Backend {
  return {
    describe: (): BackendInfo => ({
      name: 'cpu',
      title: backendTitles.cpu,
      available: true,
      device: `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'} (${cpus()[0]?.model.trim() ?? 'unknown model'})`,
      versions: onnxVersions(),
      reason: null,
    }),
    cached: true,
    compile: onnxCompiler(processorOptions(threads), processorAdaptation),
  };
}

/** Version of the runtime. */
export function onnxVersions(): Record<string, string> {
  return { onnxruntime: runtime.env.versions.node ?? runtime.env.versions.common };
}

/**
 * Compiles graphs into sessions with these options.
 * @param adapt what suits this provider better than the usual translations, for a graph
 */
export function onnxCompiler(
  options: ort.InferenceSession.SessionOptions,
  adapt: (plan: Plan, between?: ReadonlySet<string>) => Adaptation = () => ({}),
): Backend['compile'] {
  return async (outputs, known = {}, between) => {
    const whole = plan(outputs);
    const planned = { ...whole, inputs: whole.inputs.filter(({ attributes: { name } }) => !(name in known)) };
    const values = Object.entries(known).map(([name, fed]) => [name, onHost(name, fed)]);
    const adaptation = adapt(planned, between);
    const model = emit(planned, Object.fromEntries(values) as Record<string, Float32Array>, adaptation);
    return executable(
      await runtime.InferenceSession.create(model, { ...options, ...memoryOf(planned, between) }),
      planned,
      adaptation.liesBatchLast,
    );
  };
}

/** A graph that others are fed from runs once for many runs of theirs: its memory is not kept for the next run. */
function memoryOf({ outputs }: Plan, between?: ReadonlySet<string>): ort.InferenceSession.SessionOptions {
  const feedsOthers = Object.keys(outputs).some((name) => between?.has(name));
  return feedsOthers ? { enableCpuMemArena: false } : {};
}

/** A session with checked feeds. @param liesBatchLast names of what it is fed and tells batch-last */
function executable(
  session: ort.InferenceSession,
  planned: Plan,
  liesBatchLast: ReadonlySet<string> = new Set(),
): Executable {
  const lying = (name: string, shape: Shape): Shape => (liesBatchLast.has(name) ? batchLastShape(shape) : shape);
  return {
    async run(feeds, into = {}) {
      const tensors: Record<string, ort.Tensor> = {};
      for (const { attributes } of planned.inputs)
        tensors[attributes.name] = toTensor(
          attributes.name,
          feeds[attributes.name],
          lying(attributes.name, attributes.shape),
        );
      const fetches: Record<string, ort.Tensor | null> = {};
      for (const [name, { shape }] of Object.entries<Tensor>(planned.outputs))
        fetches[name] = into[name] ? toTensor(name, into[name], lying(name, shape)) : null;
      const results = await session.run(tensors, fetches);
      return Object.fromEntries(
        Object.keys(planned.outputs).map((name) => [name, results[name]!.data as Float32Array]),
      );
    },
    dispose: () => session.release(),
  };
}

function toTensor(name: string, fed: Feed | undefined, shape: readonly number[]): ort.Tensor {
  const values = onHost(name, fedTo(name, fed, shape));
  return values instanceof Float32Array
    ? new runtime.Tensor('float32', values, shape)
    : new runtime.Tensor('int32', values, shape);
}
