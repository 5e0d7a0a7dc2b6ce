/** Failures that say where they happened. */
import type { Backend, DeviceMemory, DeviceVector } from './backend.ts';

/** The same backend, whose failures name it and its device. */
export function namingFailures(backend: Backend): Backend {
  const named = (doing: string, error: unknown): Error => {
    const { name, device } = backend.describe();
    const cause = error instanceof Error ? error.message : String(error);
    return new Error(`the backend ${name}${device ? ` (${device})` : ''} failed while ${doing}: ${cause}`, {
      cause: error,
    });
  };
  const naming = <R>(doing: string, work: Promise<R>): Promise<R> =>
    work.catch((error: unknown) => {
      throw named(doing, error);
    });
  const moving = 'keeping vectors';

  /** The device's own vectors go in and out of it: only their own methods are wrapped, in place. */
  function namedVector(vector: DeviceVector): DeviceVector {
    const [write, read] = [vector.write.bind(vector), vector.read.bind(vector)];
    return Object.assign(vector, {
      write: (values: Float32Array) => naming(moving, write(values)),
      read: (into?: Float32Array) => naming(moving, read(into)),
    });
  }

  const namedMemory = (memory: DeviceMemory): DeviceMemory => ({
    vector: async (length) => namedVector(await naming(moving, memory.vector(length))),
    async compile(formula, length) {
      const compiled = await naming('preparing a formula', memory.compile(formula, length));
      return {
        run: (vectors, numbers, into) => naming('computing', compiled.run(vectors, numbers, into)),
        dispose: () => compiled.dispose(),
      };
    },
  });

  return {
    ...backend,
    ...(backend.memory && { memory: namedMemory(backend.memory) }),
    async compile(outputs, known, between) {
      const executable = await naming('preparing a network', backend.compile(outputs, known, between));
      return {
        run: (feeds, into) => naming('computing', executable.run(feeds, into)),
        dispose: () => executable.dispose(),
      };
    },
  };
}
