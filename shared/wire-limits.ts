/**
 * Reads MessagePack's headers without building anything, so that what a message claims is held against its size first: the reader sets
 * aside what an array's header promises, and nested promises multiply.
 */

/** Deepest nesting; what is sent nests less than ten times. */
const deepest = 64;

const refuse = (what: string): never => {
  throw new Error(`not a message: ${what}`);
};

/**
 * Checks that every length lies within the bytes, that there is one value and nothing after it, and that it nests no deeper than 64.
 * @throws Error that says what is wrong
 */
export function checkMessage(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  /** Values still to come in each of the containers that are open. */
  const open: number[] = [1];
  /** The same, all together: each takes a byte at least. */
  let pending = 1;

  const length = (size: 1 | 2 | 4): number => {
    if (at + size > bytes.length) refuse('it ends within a length');
    const read = size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at) : view.getUint32(at);
    at += size;
    return read;
  };
  const skip = (count: number): void => {
    if (count > bytes.length - at) refuse('it ends within a value');
    at += count;
  };
  const enter = (values: number): void => {
    pending += values;
    if (pending > bytes.length - at) refuse('it promises more values than it has bytes');
    if (values === 0) return;
    if (open.length > deepest) refuse(`it nests deeper than ${deepest}`);
    open.push(values);
  };

  while (open.length > 0) {
    const left = open.at(-1)!;
    if (left === 0) {
      open.pop();
      continue;
    }
    open[open.length - 1] = left - 1;
    pending--;
    if (at >= bytes.length) refuse('it ends before its last value');
    const head = bytes[at++]!;
    if (head < 0x80 || head >= 0xe0) continue;
    if (head < 0x90) enter(2 * (head & 0x0f));
    else if (head < 0xa0) enter(head & 0x0f);
    else if (head < 0xc0) skip(head & 0x1f);
    else
      switch (head) {
        case 0xc0: // nil
        case 0xc2: // false
        case 0xc3: // true
          break;
        case 0xc4: // bytes
        case 0xd9: // text
          skip(length(1));
          break;
        case 0xc5:
        case 0xda:
          skip(length(2));
          break;
        case 0xc6:
        case 0xdb:
          skip(length(4));
          break;
        case 0xc7: // extensions: a type follows the length
          skip(length(1) + 1);
          break;
        case 0xc8:
          skip(length(2) + 1);
          break;
        case 0xc9:
          skip(length(4) + 1);
          break;
        case 0xcc: // numbers
        case 0xd0:
          skip(1);
          break;
        case 0xcd:
        case 0xd1:
          skip(2);
          break;
        case 0xca:
        case 0xce:
        case 0xd2:
          skip(4);
          break;
        case 0xcb:
        case 0xcf:
        case 0xd3:
          skip(8);
          break;
        case 0xd4: // extensions of 1, 2, 4, 8 and 16 bytes
        case 0xd5:
        case 0xd6:
        case 0xd7:
        case 0xd8:
          skip(1 + 2 ** (head - 0xd4));
          break;
        case 0xdc: // arrays
          enter(length(2));
          break;
        case 0xdd:
          enter(length(4));
          break;
        case 0xde: // maps
          enter(2 * length(2));
          break;
        case 0xdf:
          enter(2 * length(4));
          break;
        default:
          refuse('it holds a byte that stands for nothing');
      }
  }
  if (at < bytes.length) refuse('something follows its end');
}

/** Values that the columns of a message may unfold to, counted down while it is read. */
export interface Allowance {
  left: number;
}

/**
 * What the columns of a message may unfold to. Rows that are told apart cost bytes: at least 12 a stretch of a slice's points, fewer than 128 of
 * them, in a table of some thirty columns; a short message may hold a constant column of its own.
 */
export function allowanceOf(bytes: Uint8Array): Allowance {
  return { left: 2 ** 20 + 320 * bytes.length };
}

/**
 * Takes a column's length from what is left. @throws Error where it is no length, or too long for the message
 */
export function take(allowance: Allowance, length: number | undefined): number {
  if (length === undefined || !Number.isInteger(length) || length < 0) return refuse('a column has no length');
  if (length > allowance.left) return refuse('its columns are longer than its bytes can tell');
  allowance.left -= length;
  return length;
}

/** The bytes of a column as whole values. @throws Error where they are none @returns how many */
export function wholeValues(bytes: ArrayBuffer, size: number, atLeast = 0): number {
  const count = bytes.byteLength / size;
  if (!Number.isInteger(count) || count < atLeast) return refuse('a column ends within a value');
  return count;
}
