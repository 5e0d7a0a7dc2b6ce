/** Arrays of real numbers that NumPy saved: the columns of a table, and what is to be predicted. */
import { ValleywalkError } from '../../shared/errors.ts';
import type { Column } from '../../shared/targets.ts';
import { wrong } from './bytes.ts';
import { nameOf, parseNpy, readers } from './npy.ts';
import type { Saved } from './npy.ts';
import type { RawExamples } from './raw.ts';
import { checkTargets, orderNotes } from './values.ts';

/** A .npy file. */
interface NpyFile {
  /** How errors call it. */
  file: string;
  bytes: Uint8Array;
}

/** Whether inputs are numbers of a table, and no images. */
export function isTable({ bytes, file }: NpyFile): boolean {
  return parseNpy(bytes, file).shape.length < 3;
}

/**
 * Whether targets are real numbers to predict: floats are, unless they are written as classes of images may be, whole numbers from 0 to
 * 255 beside bytes.
 */
export function arePredicted(inputs: NpyFile, targets: NpyFile): boolean {
  const x = parseNpy(inputs.bytes, inputs.file);
  const y = parseNpy(targets.bytes, targets.file);
  if (!y.type.startsWith('f')) return false;
  if (x.type !== 'u1' || x.shape.length < 3 || y.type === 'f2') return true;
  return numbersOf(y, targets.file).some((value) => !Number.isInteger(value) || value < 0 || value > 255);
}

/** The rows of a table: [count] or [count, columns]. @throws ValleywalkError naming file and byte */
export function tableOf({
  bytes,
  file,
}: NpyFile): Pick<RawExamples, 'count' | 'channels' | 'height' | 'width' | 'pixels'> {
  const saved = parseNpy(bytes, file);
  const [count = 0, width = 1] = saved.shape;
  if (saved.shape.length === 0 || count === 0 || width === 0)
    throw wrong(file, saved.header, 'numbers of shape (count,) or (count, columns)', `(${saved.shape.join(', ')})`);
  const pixels = numbersOf(saved, file);
  const absent = pixels.findIndex((value) => !Number.isFinite(value));
  if (absent >= 0)
    throw wrong(
      file,
      placeOf(saved, absent),
      `a number in row ${Math.floor(absent / width) + 1}, column ${(absent % width) + 1}`,
      `${pixels[absent]!}; leave the row out, or write the number that is meant`,
    );
  return { count, channels: 1, height: 1, width, pixels };
}

/**
 * Targets of so many examples: [count] or [count, targets].
 * @throws ValleywalkError naming file and byte, or row and column
 */
export function valuesOf(
  { bytes, file }: NpyFile,
  inputs: { file: string; count: number },
): { values: Float64Array; targetColumns: Column[]; classes: null; classNames: null; notes: string[] } {
  const saved = parseNpy(bytes, file);
  const [count = 0, width = 1] = saved.shape;
  if (saved.shape.length === 0 || saved.shape.length > 2 || width === 0)
    throw wrong(file, saved.header, 'targets of shape (count,) or (count, targets)', `(${saved.shape.join(', ')})`);
  if (count !== inputs.count)
    throw new ValleywalkError(
      'input',
      `${inputs.file} holds ${inputs.count} examples but ${file} holds ${count} targets; the two arrays must belong together`,
    );
  const targetColumns = Array.from({ length: width }, (_, at) => ({
    name: width === 1 ? 'y' : `y[${at}]`,
    unit: null,
  }));
  const values = numbersOf(saved, file);
  checkTargets(values, targetColumns, count, (row, column) => `${file}: row ${row + 1}, column ${column + 1}`);
  return { values, targetColumns, classes: null, classNames: null, notes: orderNotes(values, targetColumns) };
}

/** Where a number begins in its file. */
function placeOf({ at, type }: Saved, index: number): number {
  return at + index * Number(type[1]);
}

/** Numbers of any real type, but for halves, whose few digits nobody measures with. */
function numbersOf({ type, little, data, header }: Saved, file: string): Float64Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const floats: Readonly<Record<string, (at: number) => number>> = {
    f4: (at) => view.getFloat32(at, little),
    f8: (at) => view.getFloat64(at, little),
  };
  const whole = readers[type.replace('b', 'u')];
  const read = floats[type] ?? (whole && ((at: number) => Number(whole(view, at, little))));
  if (!read)
    throw wrong(
      file,
      header,
      'numbers as float32, float64 or whole ones',
      `${nameOf(type)}; save them as array.astype(np.float32)`,
    );
  const size = Number(type[1]);
  const numbers = new Float64Array(data.length / size);
  for (let index = 0; index < numbers.length; index++) numbers[index] = read(index * size);
  return numbers;
}
