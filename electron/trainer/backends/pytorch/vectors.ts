/** Vectors that stay in Python, and formulas that are computed of them there. */
import type { InputAttributes } from '../../../../shared/graph/ops/leaf.ts';
import type { Tensor } from '../../../../shared/graph/tensor.ts';
import { requireWithin } from '../backend.ts';
import type { DeviceMemory, DeviceVector, VectorPart } from '../backend.ts';
import { fillingVector, numberFor, vectorFor } from '../feeds.ts';
import { planFormula } from '../formula.ts';
import type { Exchange } from './exchange.ts';
import type { Place } from './pack.ts';
import { translate } from './program.ts';

/** The vectors of one Python. */
interface Vectors {
  memory: DeviceMemory;
  /** Where Python finds a part of a vector. @throws Error where the vector is another backend's, or the part is not within it */
  placeOf(part: VectorPart): Place;
}

/** @param number gives programs their numbers */
export function vectorsIn({ inTurn, ask, exchange }: Exchange, number: () => number): Vectors {
  const ids = new WeakMap<DeviceVector, number>();
  let made = 0;

  function idOf(vector: DeviceVector): number {
    const id = ids.get(vector);
    if (id === undefined) throw new Error('a vector lies in the memory of another backend, or was disposed');
    return id;
  }

  function vectorOf(id: number, length: number): DeviceVector {
    const vector: DeviceVector = {
      length,
      write: (values) =>
        inTurn(async () => {
          const to = idOf(vector);
          await exchange([fillingVector(values, length)], [], (places) => ({ do: 'write', id: to, places }));
        }),
      read: (into = new Float32Array(length)) =>
        inTurn(async () => {
          const from = idOf(vector);
          await exchange([], [fillingVector(into, length)], () => ({ do: 'read', id: from }));
          return into;
        }),
      dispose: () =>
        inTurn(async () => {
          ids.delete(vector);
          // a Python that is lost has nothing left to free
          await ask({ do: 'free', id }).catch(() => undefined);
        }),
    };
    ids.set(vector, id);
    return vector;
  }

  return {
    placeOf(part) {
      requireWithin(part);
      return [-2 - idOf(part.vector), part.offset, part.length];
    },
    memory: {
      vector: (length) =>
        inTurn(async () => {
          const id = made++;
          await ask({ do: 'vector', id, length });
          return vectorOf(id, length);
        }),
      compile: (formula, length) =>
        inTurn(async () => {
          const planned = planFormula(formula, length);
          const { inputs, results, sums } = planned;
          const stored = Object.values(results);
          const { program } = translate(planned, () => false, new Set(stored));
          const id = number();
          await ask({ do: 'formula', id, ...program, length, results: stored.length });
          return {
            run: (vectors, numbers, into) =>
              inTurn(async () => {
                const feeds = inputs.map((node) => feedOf(node, vectors, numbers));
                const places = Object.keys(results).map((name) => idOf(vectorFor(name, into, length)));
                const frame = await ask({ do: 'apply', id, feeds, into: places });
                const found = new Float64Array(new Uint8Array(frame.payload).buffer);
                return Object.fromEntries(Object.keys(sums).map((name, at) => [name, found[at]!]));
              }),
            dispose: () => inTurn(() => ask({ do: 'dispose', id }).then(nothing, nothing)),
          };
        }),
    },
  };

  /** A vector by its number, or a number as a text: JSON has no infinities. */
  function feedOf(
    { attributes: { name }, shape: [length] }: Tensor<InputAttributes>,
    vectors: Readonly<Record<string, DeviceVector>>,
    numbers: Readonly<Record<string, number>>,
  ): number | string {
    return length === undefined ? String(numberFor(name, numbers)) : idOf(vectorFor(name, vectors, length));
  }
}

function nothing(): void {
  // nothing is to be told
}
