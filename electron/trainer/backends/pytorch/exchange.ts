/** How arrays get to Python and back: through memory that both share where it has room, else as bytes of frames. */
import { aligned, bytesOf, pack } from './pack.ts';
import type { HostArray, Place, Stretch } from './pack.ts';
import type { Frame } from './frames.ts';
import type { Python } from './process.ts';
import type { SharedMemory } from './shared-memory.ts';

/** Arrays on their way. */
interface Sent {
  stretches: Stretch[];
  places: Place[];
  /** Bytes that follow the request, where memory is not shared. */
  payload: Uint8Array[];
  /** Where results may be written in the shared memory; null where they come as bytes. */
  at: number | null;
}

/** Requests to one Python, one after the other: they share one memory. */
export interface Exchange {
  /** Does one thing after the other. What `work` asks, it asks by the functions below. */
  inTurn: <R>(work: () => Promise<R>) => Promise<R>;
  /** Asks without arrays. */
  ask: (request: object) => Promise<Frame>;
  /**
   * Asks with arrays, and receives some.
   * @param request told where the arrays lie
   * @param into where what is answered goes, in this order
   */
  exchange: (
    feeds: readonly HostArray[],
    into: readonly HostArray[],
    request: (places: Place[]) => object,
  ) => Promise<Frame>;
}

/** @param memory what is shared with Python; null sends bytes */
export function exchangeWith(python: Python, memory: SharedMemory | null): Exchange {
  let last: Promise<unknown> = Promise.resolve();
  let capacity = 0;
  /** The least that there was no room for: trying again for as much would fill what there is before it fails. */
  let refused = Infinity;

  /** Whether the shared memory has so many bytes: it grows where it can. */
  async function shares(size: number): Promise<boolean> {
    if (size <= capacity) return true;
    if (size >= refused) return false;
    const { reserved } = (await python.ask({ do: 'reserve', size })).value;
    if (reserved) capacity = size;
    else refused = size;
    return Boolean(reserved);
  }

  /** Writes arrays where Python finds them. @param room bytes that are wanted behind them */
  async function send(feeds: readonly HostArray[], room: number): Promise<Sent> {
    if (memory) {
      const packed = pack(feeds, false);
      const at = aligned(packed.size);
      if (await shares(Math.max(1, at + room))) {
        packed.pieces.forEach((bytes, index) => memory.write(bytes, packed.stretches[index]![0]));
        return { ...packed, payload: [], at };
      }
    }
    const { stretches, places, pieces } = pack(feeds, true);
    return { stretches, places, payload: pieces, at: null };
  }

  return {
    inTurn(work) {
      const result = last.then(work);
      last = result.catch(() => undefined);
      return result;
    },
    ask: (request) => python.ask(request),
    async exchange(feeds, into, request) {
      const { stretches, places, payload, at } = await send(
        feeds,
        into.reduce((sum, { byteLength }) => sum + byteLength, 0),
      );
      const frame = await python.ask({ ...request(places), stretches, at }, payload);
      let from = 0;
      for (const bytes of joined(into)) {
        if (at === null) bytes.set(frame.payload.subarray(from, from + bytes.length));
        else memory!.read(bytes, at + from);
        from += bytes.length;
      }
      return frame;
    },
  };
}

/** The bytes of arrays in order, neighbours in memory together. */
function joined(arrays: readonly HostArray[]): Uint8Array[] {
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
