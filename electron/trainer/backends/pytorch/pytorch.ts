/** PyTorch as a backend: the differentiated graph goes to a Python process as data, and arrays through memory that both share. */
import type { BackendInfo } from '../../../../shared/trainer-messages.ts';
import type { InputAttributes } from '../../../../shared/graph/ops/leaf.ts';
import { plan } from '../../../../shared/graph/plan.ts';
import { shapeText, sizeOf } from '../../../../shared/graph/tensor.ts';
import type { Tensor } from '../../../../shared/graph/tensor.ts';
import { isUnchanging } from '../backend.ts';
import type { Backend, Executable, Feed } from '../backend.ts';
import { exchangeWith } from './exchange.ts';
import { keptArrays } from './kept.ts';
import type { Place } from './pack.ts';
import type { Python } from './process.ts';
import { translate } from './program.ts';
import type { SharedMemory } from './shared-memory.ts';

/**
 * The `pytorch` backend on a Python that has been started.
 * @param memory what is shared with it; null sends bytes
 */
export function pytorchBackend(python: Python, memory: SharedMemory | null, info: BackendInfo): Backend {
  const { inTurn, ask, exchange } = exchangeWith(python, memory);
  const kept = keptArrays();
  let made = 0;

  /** The place of an array that stays in Python, which is given it where it has it not yet; null where it has to travel. */
  async function staying(values: Feed): Promise<Place | null> {
    const found = isUnchanging(values) ? kept.of(values) : null;
    if (!found) return null;
    if (found.fresh)
      await exchange([values], [], () => ({ do: 'keep', id: found.id })).catch((error: unknown) => {
        kept.forget(values);
        throw error;
      });
    return [-1, found.id, values.length];
  }

  function executable(
    id: number,
    inputs: readonly Tensor<InputAttributes>[],
    outputs: Readonly<Record<string, Tensor>>,
  ): Executable {
    return {
      run: (feeds, into = {}) =>
        inTurn(async () => {
          const values = inputs.map((node) => fed(node, feeds));
          const results = Object.fromEntries(
            Object.entries<Tensor>(outputs).map(([name, { shape }]) => [
              name,
              into[name] ? filling(name, into[name], shape) : new Float32Array(sizeOf(shape)),
            ]),
          );
          const there: (Place | null)[] = [];
          for (const each of values) there.push(await staying(each));
          const travelling = values.filter((_, index) => !there[index]);
          await exchange(travelling, Object.values(results), (places) => {
            const next = places.values();
            return { do: 'run', id, drop: kept.gone(), places: there.map((place) => place ?? next.next().value!) };
          });
          return results;
        }),
      // a Python that is lost has nothing left to free
      dispose: () => inTurn(() => ask({ do: 'dispose', id }).then(nothing, nothing)),
    };
  }

  return {
    describe: () => info,
    cached: info.device?.startsWith('CPU') ?? false,
    compile: (outputs, known = {}) =>
      inTurn(async () => {
        const planned = plan(outputs);
        const { program, inputs, known: given } = translate(planned, (name) => name in known);
        const id = made++;
        const values = given.map((node) => fed(node, known));
        await exchange(values, [], (places) => ({ do: 'compile', id, ...program, places }));
        return executable(id, inputs, planned.outputs);
      }),
  };
}

function nothing(): void {
  // nothing is to be told
}

/** What an input is fed. @throws Error when it is missing or of another size */
function fed({ attributes: { name, shape } }: Tensor<InputAttributes>, feeds: Readonly<Record<string, Feed>>): Feed {
  const values = feeds[name];
  if (!values) throw new Error(`input "${name}" was not fed`);
  return filling(name, values, shape);
}

/** Something that fills a shape. @throws Error where it does not */
function filling<V extends { length: number }>(name: string, values: V, shape: readonly number[]): V {
  if (values.length !== sizeOf(shape))
    throw new Error(`"${name}": ${values.length} values do not fill shape ${shapeText(shape)}`);
  return values;
}
