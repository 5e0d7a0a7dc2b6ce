/** Kept parameters, read back: every file is checked against its checksum and against the architecture before it is used. */
import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ValleywalkError } from '../../../shared/protocol.ts';
import type { ParameterFile } from '../../../shared/trainer-messages.ts';
import { sameShape, shapeText } from '../graph/tensor.ts';
import type { ParameterSlot } from '../models/parameters.ts';
import { feedsOf, emptyPoint } from './point.ts';
import type { Layout, Point } from './point.ts';
import { readHeader, readTensor } from './safetensors.ts';
import type { TensorEntry } from './safetensors.ts';

/** The kept points of a run. */
export interface KeptPoints {
  /** Iterations whose parameters are kept, ascending. */
  readonly iterations: readonly number[];
  /** The parameters before update `iteration` and the running statistics with them. @throws ValleywalkError */
  read(iteration: number): Promise<Point>;
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

/**
 * Checks a file of parameters that comes from elsewhere: its structure, and every tensor's name, type and shape.
 * @returns its checksum and size
 * @throws ValleywalkError naming the file and what is wrong with it
 */
export async function inspectPointFile(path: string, model: Layout): Promise<{ sha256: string; bytes: number }> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  checkedEntries(bytes, path, model);
  return { sha256: sha256Of(bytes), bytes: bytes.length };
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function decodePoint(bytes: Uint8Array, path: string, model: Layout): Point {
  const entries = checkedEntries(bytes, path, model);
  const point = emptyPoint(model);
  for (const [name, values] of Object.entries(feedsOf(point, model))) readTensor(bytes, entries.get(name)!, values);
  return point;
}

/** The tensors of the architecture in a file, by name. @throws ValleywalkError kind `input` naming what does not fit, and how */
function checkedEntries(bytes: Uint8Array, path: string, model: Layout): Map<string, TensorEntry> {
  let entries: Map<string, TensorEntry>;
  try {
    entries = new Map(readHeader(bytes).entries.map((entry) => [entry.name, entry]));
  } catch (error) {
    throw new ValleywalkError('input', `${path} cannot be read: ${(error as Error).message}`);
  }
  const slots = [...model.parameters, ...model.statistics];
  const problems = slots.flatMap(({ name, shape }): string[] => {
    const entry = entries.get(name);
    if (!entry) return [`tensor ${name} ${shapeText(shape)} is missing`];
    if (entry.dtype !== 'F32') return [`tensor ${name} is ${entry.dtype}, not F32; save it as 32-bit floats`];
    if (!sameShape(entry.shape, shape))
      return [`tensor ${name} is ${shapeText(entry.shape)}, the architecture has ${shapeText(shape)}`];
    return [];
  });
  const known = new Set(slots.map(({ name }) => name));
  // PyTorch's batch norm counts its batches; nothing here needs the count
  for (const name of entries.keys())
    if (!known.has(name) && !name.endsWith('.num_batches_tracked'))
      problems.push(`tensor ${name} is not one of the architecture's`);
  if (problems.length === 0) return entries;
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
