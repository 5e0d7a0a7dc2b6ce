/** tfjs as a backend: the differentiated graph, evaluated forwards, as a whole where the library can and else operation by operation. */
import type * as tfjs from '@tensorflow/tfjs-core';
import { backendTitles } from '../../../../shared/backends.ts';
import { isInput } from '../../../../shared/graph/ops/leaf.ts';
import type { ConstantAttributes, InputAttributes } from '../../../../shared/graph/ops/leaf.ts';
import { plan } from '../../../../shared/graph/plan.ts';
import type { Plan } from '../../../../shared/graph/plan.ts';
import type { Shape, Tensor } from '../../../../shared/graph/tensor.ts';
import { isOnDevice, onHost } from '../backend.ts';
import type { Backend, Executable, Feed, FloatFeed } from '../backend.ts';
import { fedTo } from '../feeds.ts';
import { graphCache } from './graph-cache.ts';
import type { GraphCache } from './graph-cache.ts';
import { tensorMemory } from './memory.ts';
import type { TensorMemory } from './memory.ts';
import { computing, constantOf, programOf } from './program.ts';
import type { Value } from './program.ts';
import type { Tfjs } from './translations.ts';
import { makesGraphs, wholeGraph } from './whole-graph.ts';
import type { WholeGraph } from './whole-graph.ts';

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
  const graphs = graphCache();
  const memory = keeps ? tensorMemory(tf) : null;
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
      return Promise.resolve().then(() => executable(tf, plan(outputs), known, { graphs, memory }));
    },
  };
}

/** A plan with its constants on the device. */
function executable(
  tf: Tfjs,
  planned: Plan,
  known: Readonly<Record<string, FloatFeed>>,
  { graphs, memory }: { graphs: GraphCache; memory: TensorMemory | null },
): Executable {
  const program = programOf(planned);
  const constants = new Map<Value, tfjs.Tensor>();
  const built: tfjs.Tensor[] = [];
  const fed: { value: Value; input: InputAttributes }[] = [];
  for (const leaf of program.leaves) {
    const tensor = constantTensor(tf, memory, leaf.node, known);
    if (tensor) constants.set(leaf, tensor);
    if (!isInput(leaf.node)) built.push(tensor!);
    else if (!tensor) fed.push({ value: leaf, input: leaf.node.attributes });
  }
  const isFed = new Set(fed.map(({ value }) => value));
  const compute = computing(tf, program);
  const leaves = new Set(program.leaves);
  const computed = [...new Set(Object.values(program.outputs))].filter((value) => !leaves.has(value));
  let graph: WholeGraph | null = null;
  const key = makesGraphs(tf) && computed.length > 0 ? structureOf(planned) : null;

  /** Values of the outputs that are computed, in their order, from those of constants and inputs. */
  function outputs(values: ReadonlyMap<Value, tfjs.Tensor>): readonly tfjs.Tensor[] {
    if (key === null) return compute(values, computed);
    const inputs = program.leaves.filter(({ node }) => isInput(node)).map((leaf) => values.get(leaf)!);
    graph ??= graphs.take(key, () => wholeGraph(tf, inputs, built, () => compute(values, computed)));
    return graph.run(inputs);
  }

  return {
    async run(feeds, into = {}) {
      const made: tfjs.Tensor[] = [];
      const values = new Map(constants);
      const results: Record<string, Float32Array> = {};
      try {
        for (const { value, input } of fed) {
          const tensor = toTensor(tf, memory, input.name, feeds[input.name], input.shape);
          made.push(tensor);
          values.set(value, tensor);
        }
        const yielded = outputs(values);
        made.push(...yielded);
        computed.forEach((value, index) => values.set(value, yielded[index]!));
        for (const [name, value] of Object.entries(program.outputs)) {
          const place = into[name];
          if (memory && place && isOnDevice(place)) {
            const tensor = values.get(value)!;
            // what is fed from an array is not copied (toTensor), and its caller writes into it again
            const kept = isFed.has(value) ? tf.tensor((await tensor.data()).slice(), tensor.shape) : tensor;
            if (kept !== tensor) made.push(kept);
            memory.write(name, place, kept);
            continue;
          }
          const data = (await values.get(value)!.data()) as Float32Array;
          results[name] = place ? onHost(name, place) : new Float32Array(data.length);
          results[name].set(data);
        }
      } finally {
        for (const each of made) each.dispose();
      }
      return results;
    },
    dispose() {
      for (const value of constants.values()) value.dispose();
      constants.clear();
      if (graph && key !== null) graphs.giveBack(key);
      graph = null;
      return Promise.resolve();
    },
  };
}

/** What a plan computes, as a text: the same for plans whose inputs, operations and outputs are the same. */
function structureOf({ nodes, outputs }: Plan): string {
  const numbers = new Map(nodes.map((node, index) => [node, index]));
  return JSON.stringify([
    nodes.map(({ operation, attributes, inputs }) => [
      operation.name,
      attributes,
      ...inputs.map((each) => numbers.get(each)),
    ]),
    Object.values(outputs).map((each) => numbers.get(each)),
  ]);
}

/** The value of a constant, or of an input that is known; null for one that is fed. */
function constantTensor(
  tf: Tfjs,
  memory: TensorMemory | null,
  node: Tensor,
  known: Readonly<Record<string, FloatFeed>>,
): tfjs.Tensor | null {
  if (!isInput(node)) return constantOf(tf, node as Tensor<ConstantAttributes>);
  const { name } = node.attributes;
  const value = known[name];
  if (!value) return null;
  // an array is copied, since it is kept from one run to the next
  return toTensor(tf, memory, name, isOnDevice(value) ? value : value.slice(), node.shape);
}

function toTensor(
  tf: Tfjs,
  memory: TensorMemory | null,
  name: string,
  fed: Feed | undefined,
  shape: Shape,
): tfjs.Tensor {
  const there = fedTo(name, fed, shape);
  if (memory && isOnDevice(there)) return memory.tensorOf(there, shape);
  const values = onHost(name, there);
  // not copied: the tensor is disposed before the run returns its promise's result, and until then nobody writes into the array
  return tf.tensor(values, [...shape], values instanceof Float32Array ? 'float32' : 'int32');
}
