/** Counts what goes between the host's memory and a backend's, for tests and benches. */
import { isOnDevice } from '../backends/backend.ts';
import type { Backend, DeviceMemory, DeviceVector, Feed, Vector } from '../backends/backend.ts';

/** Bytes so far. */
export interface Transfers {
  /** From the host's arrays: feeds, what is built in, and what vectors are written with. */
  toDevice: number;
  /** To the host's arrays: results, and what is read of vectors. */
  toHost: number;
}

/** The same backend, and what it moves; a formula's numbers and sums are not counted. */
export function countingTransfers(backend: Backend): { backend: Backend; moved: Transfers } {
  const moved: Transfers = { toDevice: 0, toHost: 0 };
  /** Of an array that goes under several names once, as backends may send it. */
  const bytesOf = (values: readonly (Feed | Vector)[]): number => {
    const arrays = [...new Set(values.filter((each) => ArrayBuffer.isView(each)))];
    const places = new Map(arrays.map((each) => [`${each.byteOffset} ${each.byteLength}`, each]));
    const alone = arrays.filter((each) => {
      const known = places.get(`${each.byteOffset} ${each.byteLength}`)!;
      return known === each || known.buffer !== each.buffer;
    });
    return alone.reduce((sum, each) => sum + each.byteLength, 0);
  };
  const countedVector = (vector: DeviceVector): DeviceVector => {
    const [write, read] = [vector.write.bind(vector), vector.read.bind(vector)];
    return Object.assign(vector, {
      write(values: Float32Array) {
        moved.toDevice += values.byteLength;
        return write(values);
      },
      read(into?: Float32Array) {
        moved.toHost += 4 * vector.length;
        return read(into);
      },
    });
  };
  const countedMemory = (memory: DeviceMemory): DeviceMemory => ({
    vector: async (length) => countedVector(await memory.vector(length)),
    compile: (formula, length) => memory.compile(formula, length),
  });
  const counted: Backend = {
    ...backend,
    ...(backend.memory && { memory: countedMemory(backend.memory) }),
    async compile(outputs, known = {}) {
      moved.toDevice += bytesOf(Object.values(known));
      const executable = await backend.compile(outputs, known);
      const names = new Set(Object.keys(known));
      return {
        async run(feeds, into = {}) {
          // what is built in is fed besides, and does not move
          moved.toDevice += bytesOf(
            Object.entries(feeds).flatMap(([name, values]) => (names.has(name) ? [] : [values])),
          );
          const results = await executable.run(feeds, into);
          const back = Object.entries(results).filter(([name]) => !into[name] || !isOnDevice(into[name]));
          moved.toHost += bytesOf(back.map(([, values]) => values));
          return results;
        },
        dispose: () => executable.dispose(),
      };
    },
  };
  return { backend: counted, moved };
}

/** A backend as if it kept no vectors. */
export function withoutMemory(backend: Backend): Backend {
  const plain = { ...backend };
  delete plain.memory;
  return plain;
}
