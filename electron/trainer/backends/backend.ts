/** What a compute backend is: it describes itself and compiles graphs; the walk knows nothing else about it. */
import type { BackendInfo } from '../../../shared/trainer-messages.ts';
import type { Tensor } from '../../../shared/graph/tensor.ts';

/**
 * Float32 numbers that stay where a backend computes, made by its {@link DeviceMemory}; zeros at first. A lost device loses them: whatever
 * is asked of one then fails as a run of an executable does.
 */
export interface DeviceVector {
  /** How many numbers. */
  readonly length: number;
  /** Takes over all of its numbers; the array is read during the call only. @throws Error when there are fewer or more */
  write(values: Float32Array): Promise<void>;
  /** All of its numbers, copied to the host. @param into where to; a new array when left out */
  read(into?: Float32Array): Promise<Float32Array>;
  /** Frees it. */
  dispose(): Promise<void>;
}

/** A vector of parameters, wherever it lies: an array in the host's memory, or a vector of the device. */
export type Vector = Float32Array | DeviceVector;

/** A stretch of a device's vector, as a feed or as the place of a result. */
export interface VectorPart {
  vector: DeviceVector;
  /** First number. */
  offset: number;
  /** How many. */
  length: number;
}

/** @throws Error where a part is not within its vector */
export function requireWithin({ vector, offset, length }: VectorPart): void {
  if (offset < 0 || offset + length > vector.length)
    throw new Error(`a part from ${offset}, ${length} long, is not within a vector of ${vector.length}`);
}

/** A value of a float input, row-major, exactly the input's elements. A part is of a vector of the same backend. */
export type FloatFeed = Float32Array | VectorPart;

/** A value fed to a run; int inputs take Int32Array. */
export type Feed = FloatFeed | Int32Array;

/** Whether something lies on a device. */
export function isOnDevice(values: Feed): values is VectorPart;
export function isOnDevice(values: Vector): values is DeviceVector;
export function isOnDevice(values: Feed | Vector): boolean {
  return !ArrayBuffer.isView(values);
}

/**
 * The host's array that is fed or written, for a backend without memory of its own.
 * @throws Error naming the input where it is a part of a vector
 */
export function onHost<F extends Feed>(name: string, values: F): Exclude<F, VectorPart> {
  if (isOnDevice(values)) throw new Error(`"${name}" lies in the memory of another backend`);
  return values as Exclude<F, VectorPart>;
}

/** The stretches of buffers that never change, in bytes. */
const unchangingStretches = new WeakMap<ArrayBufferLike, [from: number, to: number][]>();

/** Marks an array as one that is never written again, so that a device may keep it and its views. @returns the array itself */
export function unchanging<T extends Float32Array | Int32Array>(values: T): T {
  const { buffer, byteOffset, byteLength } = values;
  const marked = unchangingStretches.get(buffer) ?? [];
  if (!isUnchanging(values)) marked.push([byteOffset, byteOffset + byteLength]);
  unchangingStretches.set(buffer, marked);
  return values;
}

/** Whether an array, or one that it is a view of, was marked as {@link unchanging}. */
export function isUnchanging({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): boolean {
  return (
    unchangingStretches.get(buffer)?.some(([from, to]) => from <= byteOffset && byteOffset + byteLength <= to) ?? false
  );
}

/** A compiled graph. */
export interface Executable {
  /**
   * Computes every output. Feeds are read during the call only; results are written into `into` where it names an output, and
   * into new arrays otherwise. No part that is written overlaps one that is fed.
   * @param feeds every input by name; more than the graph's inputs may be given
   * @param into arrays, views included, or parts of the device's vectors for outputs by name, each of the output's size
   * @returns every output by name, but those that stay on the device
   * @throws Error when an input is missing or has another number of elements.
   */
  run(
    feeds: Readonly<Record<string, Feed>>,
    into?: Readonly<Record<string, FloatFeed>>,
  ): Promise<Record<string, Float32Array>>;
  /** Frees native memory; the executable cannot run any more. */
  dispose(): Promise<void>;
}

/**
 * What is to be computed of whole vectors, element by element: graphs of element-wise operations whose inputs are vectors, `input(name,
 * [length])`, and numbers, `input(name, [])`. Blends and updates of optimisers are written so, once for every device.
 */
export interface Formula {
  /** New contents of vectors, each of shape [length], by name. What others are made of is the stored value, rounded to float32. */
  readonly results: Readonly<Record<string, Tensor>>;
  /** Sums over all elements of tensors of shape [length], by name. */
  readonly sums: Readonly<Record<string, Tensor>>;
}

/** A compiled formula. */
export interface CompiledFormula {
  /**
   * Computes it on the device. Every element is read before it is written, so that a vector may be both fed and written. Where it fails
   * it has written none of them, or all of the device's vectors fail from then on: what can still be read goes into checkpoints.
   * @param vectors inputs by name
   * @param numbers inputs by name
   * @param into where each result goes
   * @returns the sums by name
   */
  run(
    vectors: Readonly<Record<string, DeviceVector>>,
    numbers: Readonly<Record<string, number>>,
    into: Readonly<Record<string, DeviceVector>>,
  ): Promise<Record<string, number>>;
  /** Frees what it holds on the device. */
  dispose(): Promise<void>;
}

/**
 * Memory of a device in which vectors stay from one run to the next.
 *
 * How exact formulas are: a device with fast float64 (processors, NVIDIA's) computes them in float64, so that each element is rounded
 * once, and sums up in float64. Another computes in float32, each operation rounded: a result is then within 2⁻²² of the sum of the sizes of
 * its terms. Its sums are taken in float32 over few elements at a time and in float64 over these sums, so that a sum is within 2⁻¹⁷ of the sum
 * of its terms' sizes, whatever the vector's length, and not finite where a term's size is beyond float32.
 * Both are tested on every backend (testing/vector-suite.ts). The same call on the same device gives the same numbers.
 */
export interface DeviceMemory {
  /** A vector of zeros. @throws Error where there is no room for it */
  vector(length: number): Promise<DeviceVector>;
  /**
   * Compiles a formula over vectors of a length.
   * @throws Error naming an operation that is not element-wise, or a shape that fits neither vector nor number
   */
  compile(formula: Formula, length: number): Promise<CompiledFormula>;
}

/** A way to compute. */
export interface Backend {
  /** Name, title, device and versions; whether it is available here. */
  describe(): BackendInfo;
  /** True where what one operation yields is at hand for the next only while it is little: in a processor's cache. */
  readonly cached?: boolean;
  /**
   * Where vectors stay; absent where the host's memory is as near, as it is to a processor, or where a runtime offers none: then everything
   * that is fed comes from the host's arrays, and no part of a vector is ever fed.
   */
  readonly memory?: DeviceMemory;
  /**
   * Compiles the graph of some float outputs, by name. Nodes that no output needs cost nothing.
   * @param known values of float inputs, by name, that every run will be fed: a backend may build them in, which makes runs faster
   *   and compiling slower
   * @param between names of inputs and outputs whose numbers only ever go from one executable to another, both compiled with the same names here: a
   *   backend may lay them out as it computes with them, in as many numbers
   * @throws Error when an operation has no translation or the runtime refuses the graph.
   */
  compile(
    outputs: Readonly<Record<string, Tensor>>,
    known?: Readonly<Record<string, FloatFeed>>,
    between?: ReadonlySet<string>,
  ): Promise<Executable>;
}
