/** The float64 reference as a backend that answers at once: a second, independent way to compute a walk, for tests. */
import { isOnDevice, onHost, requireWithin } from '../backends/backend.ts';
import type { Backend, DeviceMemory, DeviceVector, Feed, VectorPart } from '../backends/backend.ts';
import { fillingVector, vectorFor } from '../backends/feeds.ts';
import { planFormula } from '../backends/formula.ts';
import { evaluateReference } from '../../../shared/graph/reference.ts';
import { computeByElement } from './formula-by-element.ts';

/** Computes in float64, feeds and results in float32; never lets the event loop turn by itself. */
export const referenceBackend: Backend = {
  describe: () => ({
    name: 'reference',
    title: 'Reference',
    available: true,
    device: null,
    versions: {},
    reason: null,
  }),
  compile: (outputs) =>
    Promise.resolve({
      run(feeds, into = {}) {
        const fed = Object.entries(feeds).map(([name, values]) => [name, onHost(name, values)] as const);
        const results = Object.entries(evaluateReference(outputs, Object.fromEntries(fed))).map(([name, values]) => {
          const place = into[name];
          const result = place ? onHost(name, place) : new Float32Array(values.length);
          result.set(values);
          return [name, result] as const;
        });
        return Promise.resolve(Object.fromEntries(results));
      },
      dispose: () => Promise.resolve(),
    }),
};

/** The numbers of the reference's own vectors: nobody else gets at them but by reading and writing. */
const contents = new WeakMap<DeviceVector, Float32Array>();

function contentOf(vector: DeviceVector): Float32Array {
  const found = contents.get(vector);
  if (!found) throw new Error('it is no vector of this device, or it was disposed');
  return found;
}

function viewOf(part: VectorPart): Float32Array {
  requireWithin(part);
  return contentOf(part.vector).subarray(part.offset, part.offset + part.length);
}

/** Vectors in a memory of its own; formulas in float64, each stored element rounded once. */
const referenceMemory: DeviceMemory = {
  vector(length) {
    const vector: DeviceVector = {
      length,
      write(values) {
        contentOf(vector).set(fillingVector(values, length));
        return Promise.resolve();
      },
      read(into = new Float32Array(length)) {
        into.set(contentOf(vector));
        return Promise.resolve(into);
      },
      dispose: () => Promise.resolve(void contents.delete(vector)),
    };
    contents.set(vector, new Float32Array(length));
    return Promise.resolve(vector);
  },
  compile(formula, length) {
    const planned = planFormula(formula, length);
    const contentsOf = (
      names: readonly string[],
      vectors: Readonly<Record<string, DeviceVector>>,
    ): Record<string, Float32Array> =>
      Object.fromEntries(names.map((name) => [name, contentOf(vectorFor(name, vectors, length))]));
    const reads = planned.inputs.filter(({ shape }) => shape.length === 1).map(({ attributes: { name } }) => name);
    return Promise.resolve({
      run(vectors, numbers, into) {
        const written = contentsOf(Object.keys(planned.results), into);
        return Promise.resolve(computeByElement(planned, contentsOf(reads, vectors), numbers, written));
      },
      dispose: () => Promise.resolve(),
    });
  },
};

/** The reference with memory of a device: what a walk on vectors is compared with. */
export const referenceDevice: Backend = {
  ...referenceBackend,
  memory: referenceMemory,
  async compile(outputs, known) {
    const executable = await referenceBackend.compile(outputs, known);
    const host = (values: Feed): Float32Array | Int32Array => (isOnDevice(values) ? viewOf(values) : values);
    return {
      ...executable,
      async run(feeds, into = {}) {
        const fed = Object.fromEntries(Object.entries(feeds).map(([name, values]) => [name, host(values)]));
        const places = Object.fromEntries(
          Object.entries(into).map(([name, place]) => [name, isOnDevice(place) ? viewOf(place) : place]),
        );
        const found = await executable.run(fed, places);
        return Object.fromEntries(Object.entries(found).filter(([name]) => !into[name] || !isOnDevice(into[name])));
      },
    };
  },
};
