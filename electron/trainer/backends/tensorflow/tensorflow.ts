/** tfjs as a backend: the differentiated graph, evaluated forwards, operation by operation. */
import type * as tfjs from '@tensorflow/tfjs-core';
import { backendTitles } from '../../../../shared/backends.ts';
import { operations } from '../../../../shared/graph/ops/index.ts';
import type { ComputedOp } from '../../../../shared/graph/ops/index.ts';
import { constantOperation, isInput } from '../../../../shared/graph/ops/leaf.ts';
import type { ConstantAttributes } from '../../../../shared/graph/ops/leaf.ts';
import { plan } from '../../../../shared/graph/plan.ts';
import type { Plan } from '../../../../shared/graph/plan.ts';
import { shapeText, sizeOf } from '../../../../shared/graph/tensor.ts';
import type { Shape, Tensor } from '../../../../shared/graph/tensor.ts';
import { isOnDevice, onHost } from '../backend.ts';
import type { Backend, Executable, Feed, FloatFeed } from '../backend.ts';
import { tensorMemory } from './memory.ts';
import type { TensorMemory } from './memory.ts';
import { translations } from './translations.ts';
import type { Tfjs, Translation } from './translations.ts';

/**
 * The `tensorflow` backend on a loaded tfjs.
 * @param about device and versions, for its description
 * @param options.memory whether vectors stay on its device: where that is not the host's own memory
 */
export function tensorflowBackend(
  tf: Tfjs,
  about: { device: string; versions: Record<string, string> },
  { memory: keeps = false } = {},
): Backend {
  const memory = keeps ? tensorMemory(tf, (node, inputs) => translate(tf, node, inputs)) : null;
  return {
    ...(memory && { memory }),
    describe: () => ({
      name: 'tensorflow',
      title: backendTitles.tensorflow,
      available: true,
      ...about,
      reason: null,
    }),
    compile(outputs, known = {}) {
      // what cannot be translated is told now, not at the first run
      return Promise.resolve().then(() => executable(tf, plan(outputs), known, memory));
    },
  };
}

/** A plan with its constants on the device, and the place after which each value is needed no more. */
function executable(
  tf: Tfjs,
  planned: Plan,
  known: Readonly<Record<string, FloatFeed>>,
  memory: TensorMemory | null,
): Executable {
  const constants = new Map<Tensor, tfjs.Tensor>();
  const steps = planned.nodes.filter((node) => !isInput(node) && node.operation !== constantOperation);
  for (const { operation } of steps)
    if (!Object.hasOwn(operations, operation.name))
      throw new Error(`operation "${operation.name}" is not in the table of operations`);
  const kept = new Set(Object.values(planned.outputs));
  const lastUse = new Map<Tensor, number>();
  steps.forEach((node, step) => {
    for (const each of [node, ...node.inputs]) lastUse.set(each, step);
  });
  for (const node of planned.nodes)
    if (isInput(node) && known[node.attributes.name])
      constants.set(node, toTensor(tf, memory, node.attributes.name, known[node.attributes.name], node.shape));
    else if (node.operation === constantOperation)
      constants.set(node, constantTensor(tf, node as Tensor<ConstantAttributes>));
  const fed = planned.inputs.filter((node) => !constants.has(node));

  /** Values of the outputs on the device; everything else that was made is freed again. */
  function compute(feeds: Readonly<Record<string, Feed>>): Map<Tensor, tfjs.Tensor> {
    const values = new Map<Tensor, tfjs.Tensor>();
    const release = (node: Tensor, step: number): void => {
      if (lastUse.get(node) !== step || kept.has(node)) return;
      values.get(node)?.dispose();
      values.delete(node);
    };
    try {
      for (const node of fed)
        values.set(node, toTensor(tf, memory, node.attributes.name, feeds[node.attributes.name], node.shape));
      steps.forEach((node, step) => {
        const inputs = node.inputs.map((each) => constants.get(each) ?? values.get(each)!);
        values.set(
          node,
          tf.tidy(() => translate(tf, node, inputs)),
        );
        for (const each of new Set([node, ...node.inputs])) release(each, step);
      });
      return values;
    } catch (error) {
      for (const value of values.values()) value.dispose();
      throw error;
    }
  }

  return {
    async run(feeds, into = {}) {
      const values = compute(feeds);
      const results: Record<string, Float32Array> = {};
      try {
        for (const [name, node] of Object.entries<Tensor>(planned.outputs)) {
          const value = values.get(node) ?? constants.get(node)!;
          const place = into[name];
          if (memory && place && isOnDevice(place)) {
            memory.write(name, place, value);
            continue;
          }
          const data = (await value.data()) as Float32Array;
          results[name] = place ? onHost(name, place) : new Float32Array(data.length);
          results[name].set(data);
        }
      } finally {
        for (const value of values.values()) value.dispose();
      }
      return results;
    },
    dispose() {
      for (const value of constants.values()) value.dispose();
      constants.clear();
      return Promise.resolve();
    },
  };
}

function translate(tf: Tfjs, node: Tensor, inputs: readonly tfjs.Tensor[]): tfjs.Tensor {
  // a node's attributes are those of its operation, which a table by name cannot say
  const translation = translations[node.operation.name as ComputedOp] as Translation<never>;
  return translation(tf, node as never, inputs);
}

function toTensor(
  tf: Tfjs,
  memory: TensorMemory | null,
  name: string,
  fed: Feed | undefined,
  shape: Shape,
): tfjs.Tensor {
  if (!fed) throw new Error(`input "${name}" was not fed`);
  if (memory && isOnDevice(fed)) return memory.tensorOf(name, fed, shape);
  const values = onHost(name, fed);
  if (values.length !== sizeOf(shape))
    throw new Error(`"${name}": ${values.length} values do not fill shape ${shapeText(shape)}`);
  // a copy: the library may keep the array that it is given, and the caller writes into it again
  return tf.tensor(values.slice(), [...shape], values instanceof Float32Array ? 'float32' : 'int32');
}

function constantTensor(tf: Tfjs, { attributes: { values, shape, dtype } }: Tensor<ConstantAttributes>): tfjs.Tensor {
  const all = typeof values === 'number' ? new Array<number>(sizeOf(shape)).fill(values) : [...values];
  return tf.tensor(all, [...shape], dtype === 'int' ? 'int32' : 'float32');
}
