/** Vectors as tensors of tfjs that stay on its device. */
import type * as tfjs from '@tensorflow/tfjs-core';
import { isInput } from '../../../../shared/graph/ops/leaf.ts';
import type { ConstantAttributes } from '../../../../shared/graph/ops/leaf.ts';
import type { Shape, Tensor } from '../../../../shared/graph/tensor.ts';
import { requireWithin } from '../backend.ts';
import type { DeviceMemory, DeviceVector, VectorPart } from '../backend.ts';
import { fillingVector, numberFor, vectorFor } from '../feeds.ts';
import { planFormula } from '../formula.ts';
import { computing, constantOf, programOf } from './program.ts';
import type { Tfjs } from './translations.ts';

/** The memory, and its vectors as executables see them. */
export interface TensorMemory extends DeviceMemory {
  /** A part as a tensor of a shape that it fills, the caller's to dispose. */
  tensorOf(part: VectorPart, shape: Shape): tfjs.Tensor;
  /** Writes a tensor into a part; the tensor stays the caller's. @throws Error naming the output where it does not fill the part */
  write(name: string, part: VectorPart, tensor: tfjs.Tensor): void;
}

/** Numbers that are summed up in float32, twice: 32 numbers, and 32 of these sums. The rest is summed up in float64 on the host. */
const block = 32;

/**
 * Opens it. Tensors never change, so that a vector is the tensor of its present values; what was cut out of it to be fed is kept until
 * it is written again, and results of an executable are put together when the whole is asked for.
 */
export function tensorMemory(tf: Tfjs): TensorMemory {
  const contents = new WeakMap<DeviceVector, Content>();
  function contentOf(vector: DeviceVector): Content {
    const found = contents.get(vector);
    if (!found) throw new Error('a vector of another backend, or one that was disposed');
    return found;
  }

  return {
    vector(length) {
      const content = openContent(tf, length);
      const vector: DeviceVector = {
        length,
        async write(values) {
          // a copy: the library may keep the array that it is given, and the caller writes into it again
          content.replace(tf.tensor1d(fillingVector(values, length).slice(), 'float32'));
          return Promise.resolve();
        },
        async read(into = new Float32Array(length)) {
          into.set(await content.whole().data());
          return into;
        },
        dispose() {
          content.dispose();
          contents.delete(vector);
          return Promise.resolve();
        },
      };
      contents.set(vector, content);
      return Promise.resolve(vector);
    },

    async compile(formula, length) {
      const planned = planFormula(formula, length);
      const summed = Object.entries(planned.sums);
      const stored = Object.entries(planned.results);
      const program = programOf(planned);
      const compute = computing(tf, program);
      const taken = planned.inputs.filter(({ shape }) => shape.length > 0).map(({ attributes: { name } }) => name);
      // no value of a formula has images' axes, so that there is one for each node
      const values = new Map(Object.values(program.outputs).map((value) => [value.node, value]));

      return Promise.resolve({
        async run(vectors, numbers, into) {
          // put together here: what is made inside is freed at its end
          const wholes = new Map(taken.map((name) => [name, contentOf(vectorFor(name, vectors, length)).whole()]));
          // found before anything is computed: one that cannot take its result must not leave others written
          const targets = stored.map(([name]) => contentOf(vectorFor(name, into, length)));
          const [parts, ...made] = tf.tidy(() => {
            const leaves = new Map(program.leaves.map((leaf) => [leaf, leafOf(leaf.node)]));
            const wanted = [...values.values()].filter((value) => !leaves.has(value));
            const computed = compute(leaves, wanted);
            const tensors = new Map([...leaves, ...wanted.map((value, index) => [value, computed[index]!] as const)]);
            const tensorOf = (node: Tensor): tfjs.Tensor => tensors.get(values.get(node)!)!;
            const partial = summed.map(([, node]) => partialSums(tf, tensorOf(node) as tfjs.Tensor1D));
            return [
              partial.length > 0 ? tf.concat1d(partial) : tf.tensor1d([]),
              // a result that is an input as it is must not be freed with the vector that it came from
              ...stored.map(([, node]) => tf.clone(tensorOf(node))),
            ];
          });

          function leafOf(node: Tensor): tfjs.Tensor {
            if (!isInput(node)) return constantOf(tf, node as Tensor<ConstantAttributes>);
            const { name } = node.attributes;
            return node.shape.length === 0 ? tf.scalar(numberFor(name, numbers)) : wholes.get(name)!;
          }

          const found: Record<string, number> = {};
          try {
            const data = (await parts.data()) as Float32Array;
            const each = data.length / summed.length;
            summed.forEach(([name], index) => {
              let total = 0;
              for (let at = index * each; at < (index + 1) * each; at++) total += data[at]!;
              found[name] = total;
            });
          } catch (error) {
            for (const tensor of made) tensor.dispose();
            throw error;
          } finally {
            parts.dispose();
          }
          targets.forEach((target, index) => target.replace(made[index] as tfjs.Tensor1D));
          return found;
        },
        dispose: () => Promise.resolve(),
      });
    },

    tensorOf(part, shape) {
      const { vector, offset, length } = part;
      requireWithin(part);
      return tf.reshape(contentOf(vector).part(offset, length), [...shape]);
    },

    write(name, part, tensor) {
      const { vector, offset, length } = part;
      if (tensor.size !== length) throw new Error(`"${name}": ${tensor.size} values do not fill a part of ${length}`);
      requireWithin(part);
      contentOf(vector).write(offset, tf.reshape(tensor, [length]));
    },
  };
}

/** Sums of at most {@link block}² consecutive numbers; what is left over at the end is one more each. */
function partialSums(tf: Tfjs, values: tfjs.Tensor1D): tfjs.Tensor1D {
  let left = values;
  const rest: tfjs.Tensor1D[] = [];
  for (let level = 0; level < 2; level++) {
    const rows = Math.floor(left.size / block);
    const whole = rows * block;
    if (whole < left.size) rest.push(tf.reshape(tf.sum(tf.slice1d(left, whole, left.size - whole)), [1]));
    const blocks = whole === left.size ? left : tf.slice1d(left, 0, whole);
    if (whole > 0) left = tf.sum(tf.reshape(blocks, [rows, block]), 1);
    else return tf.concat1d(rest);
  }
  return tf.concat1d([left, ...rest]);
}

/** The numbers of a vector; every tensor that goes in is its own from then on, those that come out stay its own. */
interface Content {
  whole(): tfjs.Tensor1D;
  part(offset: number, length: number): tfjs.Tensor1D;
  replace(whole: tfjs.Tensor1D): void;
  write(offset: number, part: tfjs.Tensor1D): void;
  dispose(): void;
}

/** A stretch of a vector that is at hand as a tensor of its own. */
interface Piece {
  offset: number;
  tensor: tfjs.Tensor1D;
  /** Written since the whole was put together last. */
  newer: boolean;
}

function openContent(tf: Tfjs, length: number): Content {
  /** As it was before newer pieces were written; null for zeros. */
  let base: tfjs.Tensor1D | null = null;
  let pieces: Piece[] = [];

  function whole(): tfjs.Tensor1D {
    const newer = pieces.filter((piece) => piece.newer).sort((a, b) => a.offset - b.offset);
    if (base && newer.length === 0) return base;
    const made = tf.tidy(() => {
      const before = base ?? tf.zeros<tfjs.Rank.R1>([length]);
      const parts: tfjs.Tensor1D[] = [];
      let done = 0;
      for (const { offset, tensor } of newer) {
        if (offset > done) parts.push(tf.slice1d(before, done, offset - done));
        parts.push(tensor);
        done = offset + tensor.size;
      }
      if (done < length) parts.push(tf.slice1d(before, done, length - done));
      return parts.length === 1 ? tf.clone(parts[0]!) : tf.concat1d(parts);
    });
    base?.dispose();
    for (const piece of pieces) piece.newer = false;
    return (base = made);
  }

  function clear(): void {
    base?.dispose();
    for (const { tensor } of pieces) tensor.dispose();
    base = null;
    pieces = [];
  }

  return {
    whole,
    part(offset, size) {
      const found = pieces.find((piece) => piece.offset === offset && piece.tensor.size === size);
      if (found) return found.tensor;
      const tensor = tf.slice1d(whole(), offset, size);
      pieces.push({ offset, tensor, newer: false });
      return tensor;
    },
    replace(values) {
      clear();
      base = values;
    },
    write(offset, tensor) {
      const overlapping = pieces.filter(
        (piece) => piece.offset < offset + tensor.size && offset < piece.offset + piece.tensor.size,
      );
      const exact = (piece: Piece): boolean => piece.offset === offset && piece.tensor.size === tensor.size;
      if (overlapping.some((piece) => piece.newer && !exact(piece))) whole();
      for (const piece of overlapping) piece.tensor.dispose();
      pieces = pieces.filter((piece) => !overlapping.includes(piece));
      pieces.push({ offset, tensor, newer: true });
    },
    dispose: clear,
  };
}
