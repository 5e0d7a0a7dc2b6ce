/** Inputs that are almost right, and what may come of any input: the right value, or a refusal in words. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { ValleywalkError } from '../../shared/errors.ts';

/** Cases of a fuzzed property in `npm test`; `npm run fuzz` takes as many as it is told. */
export const few = { numRuns: 60 };

/** Numbers at which lengths, offsets and types change their meaning. */
const edges = [0, 1, 2, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];

/** One change of bytes: a byte, a number of 2 or 4 bytes, what is cut out, put in or said twice. */
type Change = (bytes: Uint8Array) => Uint8Array;

const place = fc.nat(2 ** 31 - 1);
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(place, fc.nat(255)).map(
    ([at, byte]): Change =>
      (bytes) =>
        splice(bytes, at, 1, Uint8Array.of(byte)),
  ),
  fc
    .tuple(place, fc.constantFrom(...edges), fc.boolean(), fc.constantFrom(2, 4, 8))
    .map(([at, value, little, size]): Change => {
      const written = new DataView(new ArrayBuffer(8));
      if (size === 2) written.setUint16(0, value, little);
      else if (size === 4) written.setUint32(0, value, little);
      else written.setBigUint64(0, BigInt(value), little);
      return (bytes) => splice(bytes, at, size, new Uint8Array(written.buffer, 0, size));
    }),
  fc.tuple(place, fc.nat(64)).map(
    ([at, count]): Change =>
      (bytes) =>
        splice(bytes, at, count, new Uint8Array()),
  ),
  place.map(
    (at): Change =>
      (bytes) =>
        bytes.slice(0, at % (bytes.length + 1)),
  ),
  fc.tuple(place, fc.uint8Array({ maxLength: 32 })).map(
    ([at, more]): Change =>
      (bytes) =>
        splice(bytes, at, 0, more),
  ),
  fc.tuple(place, place, fc.nat(64)).map(
    ([at, from, count]): Change =>
      (bytes) =>
        splice(bytes, at, 0, bytes.slice(from % (bytes.length + 1)).slice(0, count)),
  ),
);

function splice(bytes: Uint8Array, place: number, count: number, more: Uint8Array): Uint8Array {
  const at = place % (bytes.length + 1);
  return Uint8Array.of(...bytes.subarray(0, at), ...more, ...bytes.subarray(at + count));
}

/** Valid bytes with up to four changes, or any bytes at all. */
export function damaged(...valid: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    { weight: 5, arbitrary: changed(fc.constantFrom(...valid), fc.array(change, { maxLength: 4 })) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  );
}

function changed(from: fc.Arbitrary<Uint8Array>, changes: fc.Arbitrary<Change[]>): fc.Arbitrary<Uint8Array> {
  return fc.tuple(from, changes).map(([bytes, all]) => all.reduce((now, one) => one(now), bytes));
}

/** Values that stand where others are expected. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    ' ',
    '\u0000',
    '__proto__',
    [],
    {},
    [[]],
    0,
    -0,
    -1,
    0.5,
    1e308,
    5e-324,
    2 ** 53,
    1e20,
  ),
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.array(fc.nat(), { maxLength: 40 }),
);

/** Valid JSON with values exchanged, keys taken out, renamed or put in, up to four times; or any JSON. */
export function damagedJson(...valid: readonly unknown[]): fc.Arbitrary<unknown> {
  const step = fc.tuple(
    place,
    fc.constantFrom('exchange', 'remove', 'rename', 'add', 'nest'),
    odd,
    fc.string({ maxLength: 12 }),
  );
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(fc.constantFrom(...valid), fc.array(step, { maxLength: 4 })).map(([value, steps]) => {
        const holder = { value: JSON.parse(JSON.stringify(value)) as unknown };
        for (const [at, how, other, key] of steps) {
          const places = placesIn(holder);
          const [within, name] = places[at % places.length]!;
          if (how === 'exchange') put(within, name, other);
          else if (how === 'nest') put(within, name, [within[name]]);
          else if (within === holder) continue;
          else if (how === 'remove') delete within[name];
          else put(within, how === 'rename' ? `${name}${key}` : key, how === 'rename' ? within[name] : other);
        }
        return holder.value;
      }),
    },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
}

type Holder = Record<string, unknown>;

/** Sets a key of its own, `__proto__` as well, as JSON.parse does. */
function put(within: Holder, name: string, value: unknown): void {
  Object.defineProperty(within, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Every place in a value, as what holds it and under which name. */
function placesIn(holder: object): [Holder, string][] {
  return Object.entries(holder).flatMap(([name, value]): [Holder, string][] => [
    [holder as Holder, name],
    ...(typeof value === 'object' && value !== null ? placesIn(value as object) : []),
  ]);
}

/**
 * Runs what reads an input. It may refuse with an error of ours in words that a person can read; anything else is a fault.
 * @returns what was read, null where it was refused
 */
export async function readOrRefused<T>(read: () => T | Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ValleywalkError) || error.kind === 'internal') throw error;
    expectSentence(error.message);
    return null;
  }
}

/** Expects words for a person: not empty, not endless, nothing that a value left out has put in. */
export function expectSentence(message: string): void {
  expect(message.length).toBeGreaterThan(5);
  expect(message.length).toBeLessThan(4000);
  expect(message).not.toMatch(
    /\[object |Maximum call stack|Invalid array length|Cannot read|is not a function|undefined/,
  );
}
