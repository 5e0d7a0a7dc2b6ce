/** PyTorch as a backend: the differentiated graph goes to a Python process as data, and arrays through memory that both share. */
import type { BackendInfo } from '../../../../shared/trainer-messages.ts';
import type { InputAttributes } from '../../../../shared/graph/ops/leaf.ts';
import { plan } from '../../../../shared/graph/plan.ts';
import { sizeOf } from '../../../../shared/graph/tensor.ts';
import type { Tensor } from '../../../../shared/graph/tensor.ts';
import { isOnDevice, isUnchanging } from '../backend.ts';
import type { Backend, Executable, Feed } from '../backend.ts';
import { fedTo, filling } from '../feeds.ts';
import { exchangeWith } from './exchange.ts';
import { keptArrays } from './kept.ts';
import type { HostArray, Place } from './pack.ts';
import type { Python } from './process.ts';
import { translate } from './program.ts';
import type { SharedMemory } from './shared-memory.ts';
import { vectorsIn } from './vectors.ts';

/**
 * The `pytorch` backend on a Python that has been started.
 * @param memory what is shared with it; null sends bytes
 */
export function pytorchBackend(
  python: Python,
  memory: SharedMemory | null,
  info: BackendInfo,
  onProcessor: boolean,
): Backend {
  const exchange = exchangeWith(python, memory);
  const { inTurn } = exchange;
  const kept = keptArrays();
  let made = 0;
  const vectors = vectorsIn(exchange, () => made++);

  /** The place of an array that stays in Python, which is given it where it has it not yet; null where it has to travel. */
  async function staying(values: HostArray): Promise<Place | null> {
    const found = isUnchanging(values) ? kept.of(values) : null;
    if (!found) return null;
    if (found.fresh)
      await exchange
        .exchange([values], [], (places) => ({ do: 'keep', id: found.id, places }))
        .catch((error: unknown) => {
          kept.forget(values);
          throw error;
        });
    return [-1, found.id, values.length];
  }

  /** Sends a request with what is fed: parts of vectors and what stays by their places, the rest as arrays. */
  async function withFeeds(
    feeds: readonly Feed[],
    into: readonly Float32Array[],
    keeping: boolean,
    request: (places: Place[]) => object,
  ): Promise<void> {
    const travelling: HostArray[] = [];
    const there: (Place | null)[] = [];
    for (const each of feeds) {
      const place = isOnDevice(each) ? vectors.placeOf(each) : keeping ? await staying(each) : null;
      there.push(place);
      if (!place) travelling.push(each as HostArray);
    }
    await exchange.exchange(travelling, into, (places) => {
      const next = places.values();
      return request(there.map((place) => place ?? next.next().value!));
    });
  }

  function executable(
    id: number,
    inputs: readonly Tensor<InputAttributes>[],
    outputs: Readonly<Record<string, Tensor>>,
  ): Executable {
    return {
      run: (feeds, into = {}) =>
        inTurn(async () => {
          const results: Record<string, Float32Array> = {};
          const places = Object.entries<Tensor>(outputs).map(([name, { shape }]): Place | null => {
            const to = filling(name, into[name] ?? new Float32Array(sizeOf(shape)), shape);
            if (isOnDevice(to)) return vectors.placeOf(to);
            results[name] = to;
            return null;
          });
          await withFeeds(
            inputs.map(({ attributes: { name, shape } }) => fedTo(name, feeds[name], shape)),
            Object.values(results),
            true,
            (from) => ({ do: 'run', id, drop: kept.gone(), places: from, into: places }),
          );
          return results;
        }),
      // a Python that is lost has nothing left to free
      dispose: () => inTurn(() => exchange.ask({ do: 'dispose', id }).then(nothing, nothing)),
    };
  }

  return {
    describe: () => info,
    memory: vectors.memory,
    cached: onProcessor,
    compile: (outputs, known = {}) =>
      inTurn(async () => {
        const planned = plan(outputs);
        const { program, inputs, known: given } = translate(planned, (name) => name in known);
        const id = made++;
        const values = given.map(({ attributes: { name, shape } }) => fedTo(name, known[name], shape));
        await withFeeds(values, [], false, (places) => ({ do: 'compile', id, ...program, places }));
        return executable(id, inputs, planned.outputs);
      }),
  };
}

function nothing(): void {
  // nothing is to be told
}
