/** ONNX's own messages, field numbers as in onnx.proto3 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3). */
import { Message } from '../protobuf.ts';

/** Element types of TensorProto.DataType that are used here. */
export const onnxType = { float: 1, int32: 6, int64: 7 } as const;

/** An operator call. */
export interface OnnxNode {
  operator: string;
  inputs: readonly string[];
  output: string;
  /** Numbers are int attributes, arrays are ints attributes, texts are string attributes, a Float32Array of one a float attribute. */
  attributes?: Readonly<Record<string, number | readonly number[] | string | Float32Array>>;
}

/** A tensor stored in the file. */
export interface OnnxConstant {
  name: string;
  shape: readonly number[];
  values: Float32Array | Int32Array | BigInt64Array;
}

/** A named input or output. */
export interface OnnxValue {
  name: string;
  shape: readonly number[];
  type: number;
}

/** A shape [examples, channels, height, width] as it lies batch-last. */
export function batchLastShape([examples, ...rest]: readonly number[]): number[] {
  return [...rest, examples!];
}

/** Encodes a model of one graph, IR version 8, opset 17. */
export function encodeModel(graph: {
  nodes: readonly OnnxNode[];
  constants: readonly OnnxConstant[];
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
}): Uint8Array {
  const body = new Message();
  for (const node of graph.nodes) body.bytes(1, encodeNode(node));
  body.bytes(2, 'graph');
  for (const each of graph.constants) body.bytes(5, encodeConstant(each));
  for (const each of graph.inputs) body.bytes(11, encodeValue(each));
  for (const each of graph.outputs) body.bytes(12, encodeValue(each));
  return new Message()
    .integer(1, 8)
    .bytes(2, 'valleywalk')
    .bytes(7, body)
    .bytes(8, new Message().bytes(1, '').integer(2, 17))
    .finish();
}

function encodeNode({ operator, inputs, output, attributes = {} }: OnnxNode): Message {
  const message = new Message();
  for (const name of inputs) message.bytes(1, name);
  message.bytes(2, output).bytes(3, output).bytes(4, operator);
  for (const [name, value] of Object.entries(attributes)) {
    const attribute = new Message().bytes(1, name);
    if (typeof value === 'number') attribute.integer(3, value).integer(20, 2);
    else if (typeof value === 'string') attribute.bytes(4, value).integer(20, 3);
    else if (value instanceof Float32Array) attribute.float(2, value[0]!).integer(20, 1);
    else {
      for (const each of value) attribute.integer(8, each);
      attribute.integer(20, 7);
    }
    message.bytes(5, attribute);
  }
  return message;
}

function encodeConstant({ name, shape, values }: OnnxConstant): Message {
  const message = new Message();
  for (const dimension of shape) message.integer(1, dimension);
  const type =
    values instanceof Float32Array ? onnxType.float : values instanceof Int32Array ? onnxType.int32 : onnxType.int64;
  return message
    .integer(2, type)
    .bytes(8, name)
    .bytes(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function encodeValue({ name, shape, type }: OnnxValue): Message {
  const dimensions = new Message();
  for (const dimension of shape) dimensions.bytes(1, new Message().integer(1, dimension));
  const tensor = new Message().integer(1, type).bytes(2, dimensions);
  return new Message().bytes(1, name).bytes(2, new Message().bytes(1, tensor));
}
