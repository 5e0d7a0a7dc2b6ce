/** What a compute backend is: it describes itself and compiles graphs; the walk knows nothing else about it. */
import type { BackendInfo } from '../../../shared/trainer-messages.ts';
import type { Tensor } from '../../../shared/graph/tensor.ts';

/** A value fed to a run: float inputs take Float32Array, int inputs Int32Array, row-major, exactly the input's elements. */
export type Feed = Float32Array | Int32Array;

/** The stretches of buffers that never change, in bytes. */
const unchangingStretches = new WeakMap<ArrayBufferLike, [from: number, to: number][]>();

/** Marks an array as one that is never written again, so that a device may keep it and its views. @returns the array itself */
export function unchanging<T extends Feed>(values: T): T {
  const { buffer, byteOffset, byteLength } = values;
  const marked = unchangingStretches.get(buffer) ?? [];
  if (!isUnchanging(values)) marked.push([byteOffset, byteOffset + byteLength]);
  unchangingStretches.set(buffer, marked);
  return values;
}

/** Whether an array, or one that it is a view of, was marked as {@link unchanging}. */
export function isUnchanging({ buffer, byteOffset, byteLength }: Feed): boolean {
  return (
    unchangingStretches.get(buffer)?.some(([from, to]) => from <= byteOffset && byteOffset + byteLength <= to) ?? false
  );
}

/** A compiled graph. */
export interface Executable {
  /**
   * Computes every output. Feeds are read during the call only; results are written into `into` where it names an output, and
   * into new arrays otherwise.
   * @param feeds every input by name; more than the graph's inputs may be given
   * @param into arrays for outputs by name, views included, each of the output's size
   * @returns every output by name
   * @throws Error when an input is missing or has another number of elements.
   */
  run(
    feeds: Readonly<Record<string, Feed>>,
    into?: Readonly<Record<string, Float32Array>>,
  ): Promise<Record<string, Float32Array>>;
  /** Frees native memory; the executable cannot run any more. */
  dispose(): Promise<void>;
}

/** A way to compute. */
export interface Backend {
  /** Name, title, device and versions; whether it is available here. */
  describe(): BackendInfo;
  /** True where what one operation yields is at hand for the next only while it is little: in a processor's cache. */
  readonly cached?: boolean;
  /**
   * Compiles the graph of some float outputs, by name. Nodes that no output needs cost nothing.
   * @param known values of float inputs, by name, that every run will be fed: a backend may build them in, which makes runs faster
   *   and compiling slower
   * @throws Error when an operation has no translation or the runtime refuses the graph.
   */
  compile(
    outputs: Readonly<Record<string, Tensor>>,
    known?: Readonly<Record<string, Float32Array>>,
  ): Promise<Executable>;
}
