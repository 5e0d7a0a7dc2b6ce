/** Vectors in the host's memory, by the loops of walk/loops/. */
import type { OptimizerSettings } from '../../../../shared/optimizers/index.ts';
import { isOnDevice } from '../../backends/backend.ts';
import type { Vector } from '../../backends/backend.ts';
import { allocateVectors } from '../loops/arena.ts';
import { openUpdate } from '../rules/host-update.ts';
import { blend, cosineOfUpdates, distanceBetween, lengthOf } from '../vector.ts';
import type { OpenRule, VectorSpace } from './space.ts';

/** An array of the host. @throws Error where it is a device's, which never comes here */
function here(vector: Vector): Float32Array {
  if (isOnDevice(vector)) throw new Error('a vector of a device came where the host computes');
  return vector;
}

/** Arrays by name. */
export function arraysOf(vectors: Readonly<Record<string, Vector>>): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(vectors).map(([name, vector]) => [name, here(vector)]));
}

/** Opens it, with so many vectors of so many numbers in one memory. */
export function hostSpace(count: number, size: number): VectorSpace {
  const vectors = allocateVectors(count, size);
  function take(): Float32Array {
    const made = vectors.pop();
    if (!made) throw new Error('the walk takes more vectors than it said (trainingVectors in sources/training.ts)');
    return made;
  }
  const vector = async (): Promise<Float32Array> => Promise.resolve(take());
  return {
    vector,
    holding: (values) => Promise.resolve(values),
    blend: (start, end, alpha, into) => Promise.resolve(blend(here(start), here(end), alpha, here(into))),
    distance: (a, b) => Promise.resolve(distanceBetween(here(a), here(b))),
    norm: (a) => Promise.resolve(lengthOf(here(a))),
    cosine: (before, at, next) => Promise.resolve(cosineOfUpdates(here(before), here(at), here(next))),
    rule(optimizer: OptimizerSettings): Promise<OpenRule> {
      const openedUpdate = openUpdate(optimizer, take);
      return Promise.resolve({
        vector,
        copyOf: (each) => Promise.resolve(here(each).slice()),
        update({ iteration, current, next, initial, gradient, previous, learningRate }, remembered) {
          const points = {
            current: here(current),
            next: here(next),
            initial: here(initial),
            gradient: here(gradient),
            previous: here(previous),
          };
          const { norm, ...found } = openedUpdate({ iteration, learningRate, ...points }, arraysOf(remembered));
          return Promise.resolve({ ...found, norm: () => Promise.resolve(norm) });
        },
      });
    },
    dispose: () => Promise.resolve(),
  };
}
