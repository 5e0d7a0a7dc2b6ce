/**
 * TensorFlow's own messages, as much of them as a graph of recorded operations needs: field numbers as in graph.proto, node_def.proto,
 * attr_value.proto, tensor.proto and saved_model.proto (https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core).
 */
import { Message } from '../protobuf.ts';

/** Kinds of attributes, TF_AttrType of TensorFlow's C API. */
export const attributeKind = { text: 0, integer: 1, float: 2, boolean: 3, type: 4, shape: 5 } as const;

/** An attribute as tfjs-node hands it to the library: a value, or a list of numbers or booleans. */
export interface Attribute {
  name: string;
  type: number;
  value: unknown;
}

/** A node of a graph; inputs are `name` or `name:output`. */
export interface NodeDef {
  name: string;
  operation: string;
  inputs: readonly string[];
  attributes: readonly { name: string; value: Message }[];
}

/** Version of the graph's form: that of TensorFlow 2.9, whose operations tfjs-node 4 calls; later libraries read it. */
const producer = 1087;

/** @throws Error for a kind of attribute that no operation of tfjs has. */
export function attributeValue({ name, type, value }: Attribute): Message {
  const list = Array.isArray(value);
  const values = (list ? value : [value]) as (number | boolean | string)[];
  const inner = new Message();
  for (const each of values)
    if (type === attributeKind.text) inner.bytes(2, String(each));
    else if (type === attributeKind.integer) inner.integer(3, Number(each));
    else if (type === attributeKind.float) inner.float(4, Number(each));
    else if (type === attributeKind.boolean) inner.integer(5, Number(each));
    else if (type === attributeKind.type) inner.integer(6, Number(each));
    else throw new Error(`attribute "${name}" is of a kind that cannot be recorded: ${type}`);
  // the fields of a list have the numbers of those of a single value
  return list ? new Message().bytes(1, inner) : inner;
}

function shapeMessage(shape: readonly number[]): Message {
  const message = new Message();
  for (const size of shape) message.bytes(2, new Message().integer(1, size));
  return message;
}

const typeAttribute = (type: number): { name: string; value: Message } => ({
  name: 'dtype',
  value: new Message().integer(6, type),
});

/** A value that is fed. @param type TF_DataType */
export function placeholder(name: string, type: number, shape: readonly number[]): NodeDef {
  const value = new Message().bytes(7, shapeMessage(shape));
  return { name, operation: 'Placeholder', inputs: [], attributes: [typeAttribute(type), { name: 'shape', value }] };
}

/** A value that is built in. @param type TF_DataType of the values */
export function constant(
  name: string,
  type: number,
  shape: readonly number[],
  values: Float32Array | Int32Array | Uint8Array,
): NodeDef {
  const tensor = new Message()
    .integer(1, type)
    .bytes(2, shapeMessage(shape))
    .bytes(4, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const value = new Message().bytes(8, tensor);
  return { name, operation: 'Const', inputs: [], attributes: [typeAttribute(type), { name: 'value', value }] };
}

/** A saved model without variables, of one graph with the tag `serve`: the contents of saved_model.pb. */
export function savedModel(nodes: readonly NodeDef[]): Uint8Array {
  const graph = new Message();
  for (const { name, operation, inputs, attributes } of nodes) {
    const message = new Message().bytes(1, name).bytes(2, operation);
    for (const each of inputs) message.bytes(3, each);
    for (const each of attributes) message.bytes(5, new Message().bytes(1, each.name).bytes(2, each.value));
    graph.bytes(1, message);
  }
  graph.bytes(4, new Message().integer(1, producer));
  const meta = new Message().bytes(1, new Message().bytes(4, 'serve')).bytes(2, graph);
  return new Message().integer(1, 1).bytes(2, meta).finish();
}
