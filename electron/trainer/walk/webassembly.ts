/**
 * Writes WebAssembly modules of loops over vectors in memory: as much of the binary format and of its 128-bit instructions as those need
 * (https://webassembly.github.io/spec/core/binary). Code is built as expressions, each the bytes that leave its value on the stack.
 */

/** Bytes of code. */
export type Code = readonly number[];

/** Types of values by their bytes: a byte offset or count, a number, four float32 or two float64 at once. */
const types = { i32: 0x7f, f64: 0x7c, v128: 0x7b } as const;
type ValueType = keyof typeof types;

/** A function without a result that other code calls by name. */
export interface ModuleFunction {
  name: string;
  parameters: readonly ValueType[];
  /** Further variables, numbered after the parameters. */
  variables: readonly ValueType[];
  body: Code;
}

/** Unsigned number in LEB128. */
function unsigned(value: number): Code {
  const low = value & 0x7f;
  const rest = value >>> 7;
  return rest === 0 ? [low] : [low | 0x80, ...unsigned(rest)];
}

/** Signed number in LEB128. */
function signed(value: number): Code {
  const low = value & 0x7f;
  const rest = value >> 7;
  return rest === (low & 0x40 ? -1 : 0) ? [low] : [low | 0x80, ...signed(rest)];
}

const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const text = (value: string): Code => list([...Buffer.from(value)].map((byte) => [byte]));
const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];

/** A module of these functions that computes in the memory which it imports as `host.memory`. */
export function encodeModule(functions: readonly ModuleFunction[]): Uint8Array<ArrayBuffer> {
  const bodies = functions.map(({ variables, body }) => {
    const code = [...list(variables.map((type) => [1, types[type]])), ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list(functions.map(({ parameters }) => [0x60, ...list(parameters.map((type) => [types[type]])), 0]))),
    ...section(2, list([[...text('host'), ...text('memory'), 0x02, 0x00, 0x00]])),
    ...section(3, list(functions.map((_, index) => unsigned(index)))),
    ...section(7, list(functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)]))),
    ...section(10, list(bodies)),
  ]);
}

const vector = (operation: number): Code => [0xfd, ...unsigned(operation)];

/** Value of a parameter or variable. */
export const get = (variable: number): Code => [0x20, ...unsigned(variable)];
/** Sets a variable. */
export const set = (variable: number, value: Code): Code => [...value, 0x21, ...unsigned(variable)];
/** A whole number. */
export const whole = (value: number): Code => [0x41, ...signed(value)];
/** Sum of whole numbers. */
export const plus = (a: Code, b: Code): Code => [...a, ...b, 0x6a];
/** Repeats the body while a is less than b afterwards, both without sign. */
export const repeat = (body: Code, a: Code, b: Code): Code => [0x03, 0x40, ...body, ...a, ...b, 0x49, 0x0d, 0x00, 0x0b];
/** A float64 in both halves. */
export const both = (value: Code): Code => [...value, ...vector(0x14)];
/** Sums of two float64 at once. */
export const add = (a: Code, b: Code): Code => [...a, ...b, ...vector(0xf0)];
/** Differences of two float64 at once. */
export const subtract = (a: Code, b: Code): Code => [...a, ...b, ...vector(0xf1)];
/** Products of two float64 at once. */
export const multiply = (a: Code, b: Code): Code => [...a, ...b, ...vector(0xf2)];
/** Two float64 rounded to float32. */
export const rounded = (value: Code): Code => [...value, ...vector(0x5e)];
/** The first two float32 as float64. */
export const widened = (value: Code): Code => [...value, ...vector(0x5f)];
/** Two float32 in memory, as float64. @param offset bytes after the address */
export const loadPair = (address: Code, offset: number): Code =>
  widened([...address, ...vector(0x5d), 2, ...unsigned(offset)]);
/** Writes two float32, the first two of the value. */
export const storePair = (address: Code, offset: number, value: Code): Code => [
  ...address,
  ...value,
  ...vector(0x5b),
  2,
  ...unsigned(offset),
  0,
];
/** Sixteen bytes in memory. */
export const load = (address: Code): Code => [...address, ...vector(0x00), 3, 0];
/** Writes sixteen bytes. */
export const store = (address: Code, value: Code): Code => [...address, ...value, ...vector(0x0b), 3, 0];
