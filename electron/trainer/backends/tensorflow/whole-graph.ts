/**
 * Graphs that libtensorflow computes as a whole. tfjs-node calls the library operation by operation, each with its way through JavaScript,
 * and none may be fused with the next. So the calls of the first run are recorded, its tensors made into a graph of the same
 * operations, and every run, the first one too, is a single call of a session of that graph: the library then fuses matrix products and
 * convolutions with biases and ReLU, frees and reuses memory as it goes, and computes what does not depend on each other at the same time.
 *
 * tfjs-node opens sessions of saved models only, which are folders: one is written, read and removed again.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as tfjs from '@tensorflow/tfjs-core';
import { attributeKind, attributeValue, constant, placeholder, savedModel } from './graph-def.ts';
import type { Attribute, NodeDef } from './graph-def.ts';
import type { Tfjs } from './translations.ts';

/** A result of the library: its number there, and what it is. */
interface Made {
  id: number;
  shape: number[];
  dtype: number;
}

/** As much of tfjs-node's binding to the library as is recorded. */
interface Binding {
  executeOp(name: string, attributes: Attribute[], inputs: number[], count: number): Made[];
  createTensor(shape: number[], type: number, values: Float32Array | Int32Array | Uint8Array): number;
  runSavedModel?: unknown;
}

/** As much of tfjs-node's backend as is used beside tfjs itself. */
interface NodeBackend {
  binding: Binding;
  isUsingGpuDevice: boolean;
  tensorMap: { get(data: object): { id: number } };
  loadSavedModelMetaGraph(folder: string, tags: string): number;
  runSavedModel(
    id: number,
    inputs: readonly tfjs.Tensor[],
    names: readonly { name: string }[],
    outputs: readonly string[],
  ): tfjs.Tensor[];
  deleteSavedModel(id: number): void;
}

/** TF_DataType of what graphs compute with. */
const dataType = { float32: 1, int32: 3 } as const;

/** A graph in a session. */
export interface WholeGraph {
  /** Computes the outputs, which are the caller's to dispose. @param inputs as many and of the shapes that it was made from */
  run(inputs: readonly tfjs.Tensor[]): tfjs.Tensor[];
  dispose(): void;
}

/**
 * Whether graphs can be made: by tfjs-node's library, on a processor. On a GPU a session takes its inputs from the host and gives its
 * results to it, so that operations one by one, whose values stay there, are the better way.
 */
export function makesGraphs(tf: Tfjs): boolean {
  const { binding, isUsingGpuDevice } = tf.backend() as unknown as Partial<NodeBackend>;
  return binding?.runSavedModel !== undefined && isUsingGpuDevice === false;
}

/**
 * Makes a graph of what `compute` does, where {@link makesGraphs}.
 * @param inputs what the graph is fed
 * @param constants what is built in
 * @param compute computes the outputs from both, by operations whose number, kind and shapes depend on nothing else; what it returns is disposed
 */
export function wholeGraph(
  tf: Tfjs,
  inputs: readonly tfjs.Tensor[],
  constants: readonly tfjs.Tensor[],
  compute: () => readonly tfjs.Tensor[],
): WholeGraph {
  const native = tf.backend() as unknown as NodeBackend;
  const { nodes, fed, outputs } = record(native, inputs, constants, compute);
  const session = open(native, nodes);
  const names = fed.map((index) => ({ name: `${inputName(index)}:0` }));
  const outputNames = outputs.map((name) => `${name}:0`);
  return {
    run: (values) =>
      native.runSavedModel(
        session,
        fed.map((index) => values[index]!),
        names,
        outputNames,
      ),
    dispose: () => native.deleteSavedModel(session),
  };
}

const inputName = (index: number): string => `input${index}`;

/** The operations that the library is asked for meanwhile, as nodes; which inputs they take, and the nodes that yield the outputs. */
function record(
  backend: NodeBackend,
  inputs: readonly tfjs.Tensor[],
  constants: readonly tfjs.Tensor[],
  compute: () => readonly tfjs.Tensor[],
): { nodes: NodeDef[]; fed: number[]; outputs: string[] } {
  const { binding } = backend;
  const calls: { name: string; attributes: Attribute[]; inputs: number[]; outputs: Made[] }[] = [];
  const created = new Map<number, NodeDef>();
  const recording: Pick<Binding, 'executeOp' | 'createTensor'> = {
    executeOp(name, attributes, ids, count) {
      const results = binding.executeOp(name, attributes, ids, count);
      calls.push({ name, attributes, inputs: ids, outputs: results });
      return results;
    },
    createTensor(shape, type, values) {
      const id = binding.createTensor(shape, type, values);
      created.set(id, constant(`constant${id}`, type, shape, values));
      return id;
    },
  };
  // the binding's own properties cannot be written
  backend.binding = Object.create(binding, Object.getOwnPropertyDescriptors(recording)) as Binding;
  const idOf = (tensor: tfjs.Tensor): number => backend.tensorMap.get(tensor.dataId).id;
  let outputIds: number[];
  try {
    const results = compute();
    outputIds = results.map(idOf);
    for (const each of results) each.dispose();
  } finally {
    backend.binding = binding;
  }
  const nodes: NodeDef[] = [];
  const names = new Map<number, string>();
  // what the library has not been given yet no operation took
  const fed = inputs.flatMap((tensor, index) => (idOf(tensor) >= 0 ? [index] : []));
  for (const index of fed) {
    const { shape, dtype } = inputs[index]!;
    nodes.push(placeholder(inputName(index), dataType[dtype as 'float32'], shape));
    names.set(idOf(inputs[index]!), inputName(index));
  }
  // those that a run before this one had given to the library
  for (const tensor of constants) {
    const id = idOf(tensor);
    const type = dataType[tensor.dtype as 'float32'];
    if (id >= 0 && !created.has(id)) created.set(id, constant(`constant${id}`, type, tensor.shape, tensor.dataSync()));
  }
  const nameOf = (id: number): string => {
    const name = names.get(id);
    if (name !== undefined) return name;
    const made = created.get(id)!;
    nodes.push(made);
    names.set(id, made.name);
    return made.name;
  };
  calls.forEach((call, index) => {
    const name = `operation${index}`;
    nodes.push({
      name,
      operation: call.name,
      inputs: call.inputs.map(nameOf),
      attributes: call.attributes.map((each) => ({ name: each.name, value: attributeValue(each) })),
    });
    call.outputs.forEach(({ id }, output) => names.set(id, output === 0 ? name : `${name}:${output}`));
  });
  const type = attributeValue({ name: 'T', type: attributeKind.type, value: dataType.float32 });
  const outputs = outputIds.map((id, index) => {
    const name = `output${index}`;
    nodes.push({ name, operation: 'Identity', inputs: [nameOf(id)], attributes: [{ name: 'T', value: type }] });
    return name;
  });
  return { nodes, fed, outputs };
}

/** Opens a session of a graph. @returns its number */
function open(backend: NodeBackend, nodes: readonly NodeDef[]): number {
  const folder = mkdtempSync(join(tmpdir(), 'valleywalk-graph-'));
  try {
    writeFileSync(join(folder, 'saved_model.pb'), savedModel(nodes));
    return backend.loadSavedModelMetaGraph(folder, 'serve');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
