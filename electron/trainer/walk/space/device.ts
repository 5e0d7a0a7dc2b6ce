/** Vectors on a device: blends, lengths and updates are formulas that it compiles. */
import { input } from '../../../../shared/graph/ops/index.ts';
import { stepsOnHost } from '../../../../shared/optimizers/index.ts';
import type { OptimizerSettings } from '../../../../shared/optimizers/index.ts';
import { isOnDevice } from '../../backends/backend.ts';
import type { CompiledFormula, DeviceMemory, DeviceVector, Formula, Vector } from '../../backends/backend.ts';
import { openUpdate } from '../rules/host-update.ts';
import { formulaOf } from '../rules/index.ts';
import { cosineOf } from '../vector.ts';
import { vectorFormulas } from '../vector-formulas.ts';
import { arraysOf } from './host.ts';
import type { OpenRule, VectorSpace } from './space.ts';

/** A vector of the device. @throws Error where it is the host's, which never comes here */
function there(vector: Vector): DeviceVector {
  if (!isOnDevice(vector)) throw new Error('an array of the host came where the device computes');
  return vector;
}

/** Opens it. @param size numbers in each vector */
export function deviceSpace(memory: DeviceMemory, size: number): VectorSpace {
  const vectors = new Set<DeviceVector>();
  const compiled = new Map<string, Promise<CompiledFormula>>();
  const formulas = {
    copy: { results: { into: input('a', [size]) }, sums: {} },
    ...vectorFormulas(size),
  };

  /** A formula, compiled when it is first asked for. */
  function formula(name: string, of: Formula): Promise<CompiledFormula> {
    const found = compiled.get(name) ?? memory.compile(of, size);
    compiled.set(name, found);
    return found;
  }

  async function vector(): Promise<DeviceVector> {
    const made = await memory.vector(size);
    vectors.add(made);
    return made;
  }

  const squared = async (name: 'distance' | 'norm', fed: Record<string, DeviceVector>): Promise<number> =>
    Math.sqrt((await (await formula(name, formulas[name])).run(fed, {}, {}))['squared']!);

  return {
    vector,
    async holding(values, reuse) {
      const into = reuse ? there(reuse) : await vector();
      await into.write(values);
      return into;
    },
    async blend(start, end, alpha, into) {
      const ends = { a: there(start), b: there(end) };
      await (await formula('blend', formulas.blend)).run(ends, { rest: 1 - alpha, alpha }, { into: there(into) });
    },
    distance: (from, to) => squared('distance', { a: there(from), b: there(to) }),
    norm: (of) => squared('norm', { a: there(of) }),
    async cosine(before, here, next) {
      const ways = { a: there(before), b: there(here), c: there(next) };
      const found = await (await formula('cosine', formulas.cosine)).run(ways, {}, {});
      return cosineOf({ product: found['product']!, last: found['last']!, now: found['now']! });
    },
    async rule(optimizer) {
      if (stepsOnHost(optimizer, 'device')) return onHost(optimizer, size);
      const own = formulaOf(optimizer, size);
      const executable = await formula('update', own.formula);
      return {
        vector,
        async copyOf(each, reuse) {
          const into = reuse ? there(reuse) : await vector();
          await (await formula('copy', formulas.copy)).run({ a: there(each) }, {}, { into });
          return into;
        },
        async update({ iteration, learningRate, next, current, gradient, previous, initial }, remembered) {
          const kept = Object.fromEntries(Object.entries(remembered).map(([name, each]) => [name, there(each)]));
          const fed = {
            current: there(current),
            gradient: there(gradient),
            previous: there(previous),
            initial: there(initial),
          };
          const found = await executable.run({ ...fed, ...kept }, own.numbers(iteration, learningRate), {
            next: there(next),
            ...kept,
          });
          return { sums: own.sums(found), clippedNorm: null, norm: () => Promise.resolve(own.norm(found)) };
        },
      };
    },
    async dispose() {
      for (const each of compiled.values()) await (await each).dispose();
      for (const each of vectors) await each.dispose();
    },
  };
}

/** A rule whose steps are the host's: its vectors lie on the host, θ_t comes there and θ_{t+1} goes back. */
function onHost(optimizer: OptimizerSettings, size: number): OpenRule {
  const next = new Float32Array(size);
  const here = new Float32Array(size);
  const update = openUpdate(optimizer, () => new Float32Array(size));
  return {
    vector: () => Promise.resolve(new Float32Array(size)),
    copyOf: (each) => Promise.resolve(arraysOf({ each })['each']!.slice()),
    async update({ iteration, learningRate, ...points }, remembered) {
      await there(points.current).read(here);
      const { initial, gradient, previous } = arraysOf({
        initial: points.initial,
        gradient: points.gradient,
        previous: points.previous,
      }) as Record<'initial' | 'gradient' | 'previous', Float32Array>;
      const step = { iteration, learningRate, current: here, next, initial, gradient, previous };
      const { norm, ...found } = update(step, arraysOf(remembered));
      await there(points.next).write(next);
      return { ...found, norm: () => Promise.resolve(norm) };
    },
  };
}
