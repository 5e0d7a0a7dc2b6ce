/** PyTorch as a backend: the differentiated graph goes to a Python process as data, and arrays through memory that both share. */
import type { BackendInfo } from '../../../../shared/trainer-messages.ts';
import { plan } from '../../../../shared/graph/plan.ts';
import { shapeText, sizeOf } from '../../../../shared/graph/tensor.ts';
import type { InputAttributes } from '../../../../shared/graph/ops/leaf.ts';
import type { Tensor } from '../../../../shared/graph/tensor.ts';
import { isUnchanging } from '../backend.ts';
import type { Backend, Executable, Feed } from '../backend.ts';
import { aligned, bytesOf, pack } from './pack.ts';
import type { Place, Stretch } from './pack.ts';
import type { Python } from './process.ts';
import { translate } from './program.ts';
import type { SharedMemory } from './shared-memory.ts';

/** Bytes of arrays that stay in Python as they never change; what comes above that travels every time. */
const mostKept = 2 ** 30;

/** Arrays on their way. */
interface Sent {
  stretches: Stretch[];
  places: Place[];
  /** Bytes that follow the request, where memory is not shared. */
  payload: Uint8Array[];
  /** Where results may be written in the shared memory; null where they come as bytes. */
  at: number | null;
}

/**
 * The `pytorch` backend on a Python that has been started.
 * @param memory what is shared with it; null sends bytes
 */
export function pytorchBackend(python: Python, memory: SharedMemory | null, info: BackendInfo): Backend {
  const inTurn = turns();
  const kept = keptArrays();
  let capacity = 0;
  let made = 0;

  /** Whether the shared memory has so many bytes: it grows where it can. */
  async function shares(size: number): Promise<boolean> {
    if (!memory) return false;
    if (size <= capacity) return true;
    const refused = await python.ask({ do: 'reserve', size }).then(
      () => false,
      (error: unknown) => {
        if (/OSError|No space/.test(String(error))) return true;
        throw error;
      },
    );
    if (!refused) capacity = size;
    return !refused;
  }

  /** Writes arrays where Python finds them. @param room bytes that are wanted behind them */
  async function send(feeds: readonly Feed[], room: number): Promise<Sent> {
    const packed = pack(feeds, false);
    const at = aligned(packed.size);
    if (await shares(Math.max(1, at + room))) {
      packed.pieces.forEach((bytes, index) => memory!.write(bytes, packed.stretches[index]![0]));
      return { ...packed, payload: [], at };
    }
    const { stretches, places, pieces } = pack(feeds, true);
    return { stretches, places, payload: pieces, at: null };
  }

  /** The place of an array that stays in Python, which is told it where it does not know it yet; null where it has to travel. */
  async function keep(values: Feed): Promise<Place | null> {
    if (!isUnchanging(values)) return null;
    const { id, fresh } = kept.of(values);
    if (id === null) return null;
    if (fresh) {
      const { stretches, payload } = await send([values], 0);
      await python.ask({ do: 'keep', id, stretches }, payload).catch((error: unknown) => {
        kept.forget(values);
        throw error;
      });
    }
    return [-1, id, 0];
  }

  return {
    describe: () => info,
    cached: info.device?.startsWith('CPU') ?? false,
    compile(outputs, known = {}) {
      return inTurn(async () => {
        const planned = plan(outputs);
        const { program, inputs, known: given } = translate(planned, (name) => name in known);
        const id = made++;
        const { stretches, places, payload } = await send(
          given.map((node) => fed(node, known)),
          0,
        );
        await python.ask({ do: 'compile', id, ...program, stretches, places }, payload);
        return executable(id, inputs, planned.outputs);
      });
    },
  };

  function executable(
    id: number,
    inputs: readonly Tensor<InputAttributes>[],
    outputs: Readonly<Record<string, Tensor>>,
  ): Executable {
    const results = Object.entries(outputs).map(([name, { shape }]) => ({ name, size: sizeOf(shape), shape }));
    const resultBytes = 4 * results.reduce((sum, { size }) => sum + size, 0);
    return {
      run: (feeds, into = {}) =>
        inTurn(async () => {
          const values = inputs.map((node) => fed(node, feeds));
          const found = Object.fromEntries(
            results.map(({ name, size, shape }) => [name, resultFor(name, into[name], size, shape)]),
          );
          const staying: (Place | null)[] = [];
          for (const each of values) staying.push(await keep(each));
          const sent = await send(
            values.filter((_, index) => !staying[index]),
            resultBytes,
          );
          const places = sent.places.values();
          const { payload } = await python.ask(
            {
              do: 'run',
              id,
              drop: kept.gone(),
              stretches: sent.stretches,
              places: staying.map((place) => place ?? places.next().value!),
              at: sent.at,
            },
            sent.payload,
          );
          let at = 0;
          for (const bytes of joined(results.map(({ name }) => found[name]!))) {
            if (sent.at === null) bytes.set(payload.subarray(at, at + bytes.length));
            else memory!.read(bytes, sent.at + at);
            at += bytes.length;
          }
          return found;
        }),
      // a Python that is lost has nothing left to free
      dispose: () => inTurn(() => python.ask({ do: 'dispose', id }).then(noResult, noResult)),
    };
  }
}

function noResult(): void {
  // nothing is to be told
}

/** Does one thing after the other: requests share one memory. */
function turns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}

/** The arrays that stay in Python, by buffer and place; those that nobody here has any more are to be dropped there. */
function keptArrays(): {
  /** Its number, and whether it has just been given one; null where there is no room for it. */
  of(values: Feed): { id: number | null; fresh: boolean };
  /** It did not get there. */
  forget(values: Feed): void;
  /** Numbers of those that are gone since the last time. */
  gone(): number[];
} {
  const known = new WeakMap<ArrayBufferLike, Map<string, number>>();
  const sizes = new Map<number, number>();
  let numbered = 0;
  let bytes = 0;
  let gone: number[] = [];
  const keyOf = ({ byteOffset, byteLength }: Feed): string => `${byteOffset} ${byteLength}`;
  const collected = new FinalizationRegistry((ids: Map<string, number>) => {
    for (const id of ids.values()) {
      bytes -= sizes.get(id)!;
      sizes.delete(id);
      gone.push(id);
    }
  });
  return {
    of(values) {
      let ids = known.get(values.buffer);
      if (!ids) {
        ids = new Map();
        known.set(values.buffer, ids);
        collected.register(values.buffer, ids);
      }
      const key = keyOf(values);
      const id = ids.get(key);
      if (id !== undefined) return { id, fresh: false };
      if (bytes + values.byteLength > mostKept) return { id: null, fresh: false };
      ids.set(key, numbered);
      sizes.set(numbered, values.byteLength);
      bytes += values.byteLength;
      return { id: numbered++, fresh: true };
    },
    forget(values) {
      const ids = known.get(values.buffer);
      const id = ids?.get(keyOf(values));
      if (!ids || id === undefined) return;
      ids.delete(keyOf(values));
      bytes -= sizes.get(id)!;
      sizes.delete(id);
    },
    gone() {
      const told = gone;
      gone = [];
      return told;
    },
  };
}

/** What an input is fed. @throws Error when it is missing or of another size */
function fed({ attributes: { name, shape } }: Tensor<InputAttributes>, feeds: Readonly<Record<string, Feed>>): Feed {
  const values = feeds[name];
  if (!values) throw new Error(`input "${name}" was not fed`);
  if (values.length !== sizeOf(shape))
    throw new Error(`"${name}": ${values.length} values do not fill shape ${shapeText(shape)}`);
  return values;
}

function resultFor(name: string, into: Float32Array | undefined, size: number, shape: readonly number[]): Float32Array {
  if (into && into.length !== size)
    throw new Error(`"${name}": ${into.length} values do not fill shape ${shapeText(shape)}`);
  return into ?? new Float32Array(size);
}

/** The bytes of arrays in order, neighbours in memory together. */
function joined(arrays: readonly Float32Array[]): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const array of arrays) {
    const bytes = bytesOf(array);
    const before = found.at(-1);
    if (before?.buffer === bytes.buffer && before.byteOffset + before.byteLength === bytes.byteOffset)
      found[found.length - 1] = new Uint8Array(bytes.buffer, before.byteOffset, before.byteLength + bytes.byteLength);
    else found.push(bytes);
  }
  return found;
}
