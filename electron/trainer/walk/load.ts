/** Kept parameters, read back: every file is checked against its checksum and against the architecture before it is used. */
import { createHash } from 'node:crypto';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { ParameterFile } from '../../../shared/trainer-messages.ts';
import { checkFile } from '../../datasets/bytes.ts';
import { sameShape, shapeText, sizeOf } from '../../../shared/graph/tensor.ts';
import type { ParameterSlot } from '../../../shared/networks/parameters.ts';
import { feedsOf, emptyPoint } from './point.ts';
import type { HostPoint, Layout } from './point.ts';
import { encodeSafetensors, floatTypes, readAsFloat32, readHeader, readTensor } from './safetensors.ts';
import type { TensorEntry } from './safetensors.ts';

/** The kept points of a run. */
export interface KeptPoints {
  /** Iterations whose parameters are kept, ascending. */
  readonly iterations: readonly number[];
  /** The parameters before update `iteration` and the running statistics with them. @throws ValleywalkError */
  read(iteration: number): Promise<HostPoint>;
  /** Reads parts of one point's parameters without the rest. @throws ValleywalkError */
  part(iteration: number): Promise<PartReader>;
}

/** Reads parts of a file of parameters; its checksum was compared when it was opened. */
interface PartReader {
  /** Fills `into` with the elements of a parameter tensor from element `from` on. */
  read(slot: ParameterSlot, from: number, into: Float32Array): Promise<void>;
  close(): Promise<void>;
}

/** Most problems of a file that a message names. */
const named = 4;

/**
 * The kept points in a folder.
 * @param files as they were written down when they were written
 */
export function keptPoints(directory: string, files: readonly ParameterFile[], model: Layout): KeptPoints {
  const byIteration = new Map(files.map((file) => [file.iteration, file]));
  const place = (iteration: number): { path: string; file: ParameterFile } => {
    const file = byIteration.get(iteration);
    if (!file)
      throw new ValleywalkError(
        'input',
        `the parameters of iteration ${iteration} are not kept; kept are ${listOf([...byIteration.keys()])}`,
      );
    return { path: join(directory, file.file), file };
  };
  const load = async (iteration: number): Promise<{ path: string; bytes: Uint8Array }> => {
    const { path, file } = place(iteration);
    const bytes = await readFile(path).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    if (sha256Of(bytes) !== file.sha256)
      throw new ValleywalkError(
        'store',
        `the kept parameters ${path} have changed since they were written; restore the file, or run the experiment again`,
      );
    return { path, bytes };
  };
  return {
    iterations: [...byIteration.keys()].sort((a, b) => a - b),
    async read(iteration) {
      const { path, bytes } = await load(iteration);
      return decodePoint(bytes, path, model);
    },
    async part(iteration) {
      const { path, bytes } = await load(iteration);
      const entries = checkedEntries(bytes, path, model);
      const handle = await open(path);
      return {
        async read({ name }, from, into) {
          const raw = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
          await handle.read(raw, 0, raw.length, entries.get(name)!.start + 4 * from);
        },
        close: () => handle.close(),
      };
    },
  };
}

/** What was found of a file from elsewhere. */
export interface InspectedPoint {
  /** Of the file that is to be kept. */
  sha256: string;
  bytes: number;
  /** Whether it was written anew, as float32 under the architecture's names; else the file is to be kept as it is. */
  converted: boolean;
  /** What is not as it was in the file, in sentences. */
  changes: string[];
}

/** Largest file of a point: its tensors in the widest type, a header and batch norm's counters. */
const mostHeaderBytes = 100_000_000;

/**
 * Checks a file of parameters that comes from elsewhere: its structure, every tensor's name, type and shape, and that every number is finite.
 * @param to where to write it as float32 under the architecture's names, where it is not so already; null writes nothing
 * @throws ValleywalkError naming the file and what is wrong with it
 */
export async function inspectPointFile(path: string, model: Layout, to: string | null = null): Promise<InspectedPoint> {
  const slots = [...model.parameters, ...model.statistics];
  const most = mostHeaderBytes + 8 * slots.reduce((sum, { shape }) => sum + sizeOf(shape), 0) + 8 * slots.length;
  const handle = await open(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  let bytes: Uint8Array;
  try {
    checkFile(path, await handle.stat(), most);
    bytes = await handle.readFile();
  } finally {
    await handle.close();
  }
  const { entries, prefixes } = unwrapped(bytes, path, model);
  checkEntries(entries, path, model, Object.keys(floatTypes));
  const changes = prefixes.map((prefix) => `“${prefix}” was left out of the names of tensors`);
  const types = new Set<string>();
  const tensors = slots.map(({ name, shape }) => {
    const entry = entries.get(name)!;
    const values = new Float32Array(sizeOf(shape));
    readAsFloat32(bytes, entry, values);
    checkFinite(values, entry, path);
    if (entry.dtype !== 'F32') types.add(entry.dtype);
    return { name, shape, values };
  });
  for (const type of [...types].sort())
    changes.push(`tensors came as ${type} and were read as float32, ${floatTypes[type]}`);
  if (changes.length === 0) return { sha256: sha256Of(bytes), bytes: bytes.length, converted: false, changes };
  const written = encodeSafetensors(tensors, {});
  if (to !== null) await writeFile(to, written);
  return { sha256: sha256Of(written), bytes: written.length, converted: true, changes };
}

/** Names that wrappers of a network put into those of its tensors: DataParallel's, torch.compile's. */
const wrappers = new Set(['module', '_orig_mod']);

/** A file's tensors by their names without those of wrappers, wherever they stand. @throws ValleywalkError kind `input` */
function unwrapped(
  bytes: Uint8Array,
  path: string,
  model: Layout,
): { entries: Map<string, TensorEntry>; prefixes: string[] } {
  const found = entriesOf(bytes, path);
  const own = [...model.parameters, ...model.statistics].some(({ name }) =>
    name.split('.').some((part) => wrappers.has(part)),
  );
  if (own) return { entries: new Map(found.map((entry) => [entry.name, entry])), prefixes: [] };
  const prefixes = new Set<string>();
  const entries = new Map<string, TensorEntry>();
  for (const entry of found) {
    const parts = entry.name.split('.');
    for (const part of parts) if (wrappers.has(part)) prefixes.add(`${part}.`);
    const name = parts.filter((part) => !wrappers.has(part)).join('.');
    const other = entries.get(name);
    if (other)
      throw new ValleywalkError(
        'input',
        `${path} has both ${other.name} and ${entry.name}, which are one tensor of the architecture; save one of them`,
      );
    entries.set(name, entry);
  }
  return { entries, prefixes: [...prefixes] };
}

/** Refuses a tensor with a number that is none. @throws ValleywalkError naming the file, the tensor and the index */
function checkFinite(values: Float32Array, { name, shape, dtype }: TensorEntry, path: string): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const index: number[] = [];
  for (let rest = at, axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  const beyond = dtype === 'F64' && !Number.isNaN(values[at]) ? ', or beyond what float32 holds' : '';
  throw new ValleywalkError(
    'input',
    `${path}: tensor ${name} is ${Number.isNaN(values[at]) ? 'NaN' : `infinite${beyond}`} at index [${index.join(', ')}]; a loss there is none, so take the point off the list of iterations, or end the trajectory before it`,
  );
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function decodePoint(bytes: Uint8Array, path: string, model: Layout): HostPoint {
  const entries = checkedEntries(bytes, path, model);
  const point = emptyPoint(model);
  for (const [name, values] of Object.entries(feedsOf(point, model))) readTensor(bytes, entries.get(name)!, values);
  return point;
}

/** The tensors of the architecture in a file, by name, as float32. @throws ValleywalkError kind `input` naming what does not fit, and how */
function checkedEntries(bytes: Uint8Array, path: string, model: Layout): Map<string, TensorEntry> {
  const entries = new Map(entriesOf(bytes, path).map((entry) => [entry.name, entry]));
  checkEntries(entries, path, model, ['F32']);
  return entries;
}

function entriesOf(bytes: Uint8Array, path: string): TensorEntry[] {
  try {
    return readHeader(bytes).entries;
  } catch (error) {
    throw new ValleywalkError('input', `${path} cannot be read: ${(error as Error).message}`);
  }
}

/** Checks names, types and shapes. @param types those that are read @throws ValleywalkError naming what does not fit, and how */
function checkEntries(
  entries: ReadonlyMap<string, TensorEntry>,
  path: string,
  model: Layout,
  types: readonly string[],
): void {
  const slots = [...model.parameters, ...model.statistics];
  const problems = slots.flatMap(({ name, shape }): string[] => {
    const entry = entries.get(name);
    if (!entry) return [`tensor ${name} ${shapeText(shape)} is missing`];
    if (!types.includes(entry.dtype))
      return [`tensor ${name} is ${entry.dtype}, not ${types.join(', ')}; save it as 32-bit floats`];
    if (!sameShape(entry.shape, shape))
      return [`tensor ${name} is ${shapeText(entry.shape)}, the architecture has ${shapeText(shape)}`];
    return [];
  });
  const known = new Set(slots.map(({ name }) => name));
  // PyTorch's batch norm counts its batches; nothing here needs the count
  for (const name of entries.keys())
    if (!known.has(name) && !name.endsWith('.num_batches_tracked'))
      problems.push(`tensor ${name} is not one of the architecture's`);
  if (problems.length === 0) return;
  const more = problems.length > named ? `; and ${problems.length - named} more` : '';
  throw new ValleywalkError(
    'input',
    `${path} does not fit the architecture: ${problems.slice(0, named).join('; ')}${more}`,
  );
}

function unreadable(path: string, error: unknown): ValleywalkError {
  const gone = (error as NodeJS.ErrnoException).code === 'ENOENT';
  return new ValleywalkError(
    gone ? 'missing' : 'input',
    gone ? `the file ${path} is not there` : `${path} cannot be read: ${(error as Error).message}`,
  );
}

/** Iterations in words: `0, 10, 20 … 400 (41 points)`. */
function listOf(iterations: readonly number[]): string {
  if (iterations.length === 0) return 'none';
  if (iterations.length <= 8) return iterations.join(', ');
  return `${iterations.slice(0, 3).join(', ')} … ${iterations.at(-1)} (${iterations.length} points)`;
}
