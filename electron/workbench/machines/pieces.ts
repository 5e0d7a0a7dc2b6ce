/**
 * Pieces of a run: what its trainer reported from one checkpoint to the next, in a file of its own. The first begins at the start of the run,
 * each ends with a checkpoint, the last with the run's end. A piece is written once and never changed: which comes next is its number.
 */
import { z } from 'zod';
import { checkValue } from '../../../shared/check-value.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { trainerReportSchema } from '../../../shared/trainer-messages.ts';
import type { Checkpoint, TrainerReport } from '../../../shared/trainer-messages.ts';
import { decodeMessage, encodeMessage } from '../../../shared/wire.ts';
import { readRegular, sha256Of, writeOnce } from './files.ts';

/** What a run's trainer reported, from `started` to `checkpoint` or `ended`. */
export type PieceReport = Extract<
  TrainerReport,
  { type: 'started' | 'records' | 'progress' | 'parameters' | 'checkpoint' | 'ended' }
>;
const kinds: ReadonlySet<string> = new Set<PieceReport['type']>([
  'started',
  'records',
  'progress',
  'parameters',
  'checkpoint',
  'ended',
]);

/** What the first line of a piece says of the rest. */
const headerSchema = z.strictObject({
  valleywalk: z.literal('piece 1'),
  run: z.string(),
  piece: z.int().min(1),
  /** The node that computed it, and as which attempt at the run. */
  node: z.string(),
  attempt: z.int().min(1),
  /** SHA-256 of the piece that it goes on from: boundaries follow the clock, and what is computed anew has others. Null in the first. */
  previous: z.string().length(64).nullable(),
  sha256: z.string().length(64),
  bytes: z.int().min(0),
});

/** A piece that was read whole. */
export interface Piece extends Pick<z.output<typeof headerSchema>, 'node' | 'attempt' | 'previous' | 'sha256'> {
  reports: PieceReport[];
  /** The checkpoint that it ends with; null in the last. */
  checkpoint: Checkpoint | null;
  /** The end of the run, in the last. */
  ended: (TrainerReport & { type: 'ended' }) | null;
}

/** Writes a piece. @returns its SHA-256; null where there is one of that number already */
export async function writePiece(
  path: string,
  about: Pick<z.output<typeof headerSchema>, 'run' | 'piece' | 'node' | 'attempt' | 'previous'>,
  reports: readonly PieceReport[],
): Promise<string | null> {
  const body = encodeMessage(reports);
  const header = { valleywalk: 'piece 1', ...about, sha256: sha256Of(body), bytes: body.length };
  const written = await writeOnce(path, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body]));
  return written ? header.sha256 : null;
}

/**
 * Reads a piece.
 * @returns null where it is not there yet
 * @throws ValleywalkError kind `store` where it is damaged, or is none of this run
 */
export async function readPiece(path: string, about: { run: string; piece: number }): Promise<Piece | null> {
  const bytes = await readRegular(path);
  if (!bytes) return null;
  const refuse = (why: string): ValleywalkError =>
    new ValleywalkError(
      'store',
      `${path} ${why}; what was computed until then is kept: remove it and those after it, and resume the study`,
    );
  const end = bytes.indexOf(10);
  const header = checkValue(headerSchema, end < 0 ? null : parse(bytes.subarray(0, end).toString()));
  if (!header.success) throw refuse('is no piece of a run');
  if (header.data.run !== about.run || header.data.piece !== about.piece)
    throw refuse(`is piece ${header.data.piece} of run ${header.data.run}, not ${about.piece} of ${about.run}`);
  const body = bytes.subarray(end + 1);
  if (body.length !== header.data.bytes || sha256Of(body) !== header.data.sha256)
    throw refuse('is not what was written: its checksum is another');
  const reports = checkValue(z.array(trainerReportSchema), decodeMessage(body));
  if (!reports.success || !reports.data.every((report): report is PieceReport => kinds.has(report.type)))
    throw refuse('holds what no trainer of a run reports; another version of Valleywalk wrote it');
  const all = reports.data;
  const last = all.at(-1);
  const { node, attempt, previous, sha256 } = header.data;
  return {
    ...{ node, attempt, previous, sha256 },
    reports: all,
    checkpoint: last?.type === 'checkpoint' ? last.checkpoint : null,
    ended: last?.type === 'ended' ? last : null,
  };
}

/** A text as JSON; undefined where it is none. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
