/**
 * A run on a node: computed by a trainer in a folder of the node's own disk, what it has finished put into the shared folder piece by piece
 * (pieces.ts). No database lies there: SQLite's locks do not hold on network file systems (docs/decisions/0058).
 */
import { mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Checkpoint } from '../../../shared/trainer-messages.ts';
import type { Fork } from '../../processes/child.ts';
import { defaultTimeouts, runTrainer } from '../jobs/session.ts';
import type { Session } from '../jobs/session.ts';
import { copyWhole, fileSentence, makeFolders, piecesIn, studyPaths, writeWhole } from './files.ts';
import type { RunPaths } from './files.ts';
import {
  asText,
  attemptSchema,
  baseSchema,
  readJson,
  requireJson,
  studyFileSchema,
  submissionSchema,
  taskFileSchema,
} from './folder.ts';
import type { Attempt, Live, StudyFile, TaskFile } from './folder.ts';
import { liveFile } from './live.ts';
import { readPiece, writePiece } from './pieces.ts';
import type { Piece, PieceReport } from './pieces.ts';

/** What a task is computed with. */
export interface TaskOptions {
  /** File that names the runs by their index. */
  submission: string;
  index: number;
  fork: Fork;
  version: string;
  /** The job, and the node, as the machine names them. */
  job: string | null;
  node: string | null;
  /** Told what a person who reads the log should know. */
  tell: (sentence: string) => void;
  /** Milliseconds between two tries to write what a full disk does not take. */
  again?: number;
}

/** How a task ended. */
interface TaskEnd {
  status: NonNullable<Live['ended']>['status'];
  message: string | null;
  /** Pieces that this attempt has finished. */
  pieces: number;
}

/** A task that computes. */
export interface RunningTask {
  end: Promise<TaskEnd>;
  /** Has it write a checkpoint and end. */
  stop(): void;
}

/** Milliseconds between two tries, and how many of them there are: some twenty minutes for whoever makes room. */
const [againAfter, tries] = [5_000, 240];

/** Bytes that a node's folder must have free for a run to begin. */
const leastFree = 32 * 1024 * 1024;

/** Computes a run of a submission, or goes on with it. */
export function startTask(options: TaskOptions): RunningTask {
  const stopping = new AbortController();
  return { end: compute(options, stopping.signal), stop: () => stopping.abort() };
}

async function compute(options: TaskOptions, stopping: AbortSignal): Promise<TaskEnd> {
  const { submission, index, version, job, tell } = options;
  const folder = dirname(dirname(resolve(submission)));
  const run = (await requireJson(submission, submissionSchema)).runs[index];
  if (run === undefined)
    throw new ValleywalkError('input', `${submission} has no run ${index}; the study was submitted anew meanwhile`);
  const paths = studyPaths(folder).run(run);
  const node = options.node ?? hostname();
  const own: Attempt = {
    attempt: ((await readJson(paths.attempt, attemptSchema).catch(() => null))?.attempt ?? 0) + 1,
    node,
    pid: process.pid,
    job,
    submission: basename(submission, '.json'),
  };
  await writeWhole(paths.attempt, asText(own));
  const live = liveFile(paths.live, own);
  const fail = async (message: string): Promise<TaskEnd> => {
    const end: TaskEnd = { status: 'failed', message, pieces: 0 };
    await live.end(end);
    return end;
  };
  try {
    const study = await requireJson(studyPaths(folder).study, studyFileSchema);
    if (study.version !== version)
      return await fail(
        `node ${node} has Valleywalk ${version}, and the study was submitted with ${study.version}; install the same on both, or say how it is started there with --program`,
      );
    const task = await requireJson(paths.task, taskFileSchema);
    tell(`${task.experiment.name} (${run}), attempt ${own.attempt}, on ${node}`);
    let pieces = 0;
    for (;;) {
      const end = await computeOnce({ options, own, paths, task, study, live, stopping });
      pieces += end.pieces;
      if (end.status === 'overtaken') continue;
      const known: TaskEnd = { status: end.status, message: end.message, pieces };
      // what the other attempt says of itself stands there
      if (known.status !== 'replaced') await live.end(known, (await newest(paths, task.run)).number);
      return known;
    }
  } catch (error) {
    return await fail(error instanceof ValleywalkError ? error.message : fileSentence(error, folder));
  }
}

/** What one piece of the work knows. */
interface Work {
  options: TaskOptions;
  own: Attempt;
  paths: RunPaths;
  task: TaskFile;
  study: StudyFile;
  live: ReturnType<typeof liveFile>;
  stopping: AbortSignal;
}

/** How a session with a trainer ended; `overtaken`: another attempt had written the next piece, after which it goes on. */
type SessionEnd = Omit<TaskEnd, 'status'> & { status: TaskEnd['status'] | 'overtaken' };

async function computeOnce(work: Work): Promise<SessionEnd> {
  const { options, own, paths, task, study, live, stopping } = work;
  const { last, number, elapsed, from, ...newestPiece } = await newest(paths, task.run);
  if (last?.ended) return { status: last.ended.status, message: last.ended.message, pieces: 0 };
  const root = study.scratch ?? process.env['SLURM_TMPDIR'] ?? process.env['TMPDIR'] ?? tmpdir();
  const full = await noRoom(root, own.node);
  if (full !== null) return { status: 'failed', message: full, pieces: 0 };
  const scratch = await mkdtemp(join(root, 'valleywalk-')).catch((error: unknown) => {
    throw new ValleywalkError(
      'input',
      `node ${own.node} has no folder to compute in: ${fileSentence(error, root)} (--scratch names another)`,
    );
  });
  const [checkpoints, parameters] = [join(scratch, 'checkpoints'), join(scratch, 'parameters')];
  try {
    await makeFolders(checkpoints, parameters);
    if (from) await copyWhole(join(paths.checkpoints, from.file), join(checkpoints, from.file), from);
    return await new Promise<SessionEnd>((resolve) => {
      let outcome: SessionEnd | null = null;
      let next = number + 1;
      let { previous } = newestPiece;
      let written = 0;
      let pending: PieceReport[] = [];
      /** Pieces are written one after the other. */
      let writing: Promise<unknown> = Promise.resolve();
      const give = (reports: PieceReport[]): void => {
        writing = writing.then(async () => {
          if (outcome) return;
          const told = await publish(work, { checkpoints, parameters }, { piece: next, previous }, reports);
          if ('sha256' in told) {
            previous = told.sha256;
            next += 1;
            written += 1;
            return;
          }
          outcome = { ...told, pieces: written };
          session.abandon();
        });
      };
      const session: Session = runTrainer(
        options.fork,
        {
          type: 'start',
          experiment: task.experiment,
          dataset: task.dataset,
          backend: task.backend,
          parametersDirectory: task.experiment.keepParameters === 'none' ? null : parameters,
          imported: null,
          checkpointDirectory: checkpoints,
          resumeFrom: from,
          elapsedSeconds: elapsed,
          threads: task.threads,
        },
        defaultTimeouts,
        {
          report(report) {
            if (report.type === 'progress') {
              // of how far it was, a piece says the last only
              pending = pending.filter(({ type }) => type !== 'progress');
              live.progress(report);
            }
            if (report.type !== 'analysis-progress' && report.type !== 'analysed' && report.type !== 'inspected')
              pending.push(report);
            if (report.type === 'checkpoint') give(pending.splice(0));
          },
          silent: () => undefined,
          ended({ status, message, pace }) {
            // what came after the newest checkpoint of a run that goes on later is computed anew
            if (status === 'finished' || status === 'diverged')
              give([
                ...pending.splice(0),
                { type: 'ended', status, message, pace: pace ?? { update: null, evaluate: null } },
              ]);
            writing = writing.then(
              () => (outcome ??= { status: status === 'paused' ? 'stopped' : status, message, pieces: written }),
            );
          },
          gone: () =>
            void writing.then(
              () => resolve(outcome!),
              (error: unknown) =>
                resolve({ status: 'failed', message: fileSentence(error, paths.folder), pieces: written }),
            ),
        },
      );
      stopping.addEventListener('abort', () => session.stop(), { once: true });
      if (stopping.aborted) session.stop();
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Where a run goes on: its newest piece, that one's number and SHA-256, its checkpoint, and the seconds that were computed until then; null
 * where they are not known. Before the first piece that is there it goes on from base.json, or from its start.
 */
async function newest(
  paths: RunPaths,
  run: string,
): Promise<{
  last: Piece | null;
  number: number;
  previous: string | null;
  from: Checkpoint | null;
  elapsed: number | null;
}> {
  const base = await readJson(paths.base, baseSchema);
  const first = base?.pieces ?? 0;
  const number = await piecesIn(paths, first);
  const start = base ? base.elapsed_seconds : 0;
  if (number === first)
    return { last: null, number, previous: base?.previous ?? null, from: base?.checkpoint ?? null, elapsed: start };
  const last = await readPiece(paths.piece(number), { run, piece: number });
  const known = { last, number, previous: last?.sha256 ?? null, from: last?.checkpoint ?? null };
  for (let at = number; at > first; at--) {
    const piece = at === number ? last : await readPiece(paths.piece(at), { run, piece: at });
    const times = piece?.reports.flatMap((report) =>
      report.type === 'records' ? [...report.batch.times.elapsed_seconds] : [],
    );
    if (times && times.length > 0) return { ...known, elapsed: times.at(-1)! };
  }
  return { ...known, elapsed: base ? start : null };
}

/** Writes a piece with the files that it names. @returns its SHA-256 where it stands; else how the session ends */
async function publish(
  { options: { tell, again = againAfter }, own, paths, task, stopping }: Work,
  scratch: { checkpoints: string; parameters: string },
  { piece, previous }: { piece: number; previous: string | null },
  reports: readonly PieceReport[],
): Promise<Omit<SessionEnd, 'pieces'> | { sha256: string }> {
  const checkpoint = reports.find((report) => report.type === 'checkpoint')?.checkpoint ?? null;
  for (let left = tries; ; left--) {
    try {
      const current = await readJson(paths.attempt, attemptSchema);
      if (current?.attempt !== own.attempt || current.node !== own.node || current.pid !== own.pid)
        return {
          status: 'replaced',
          message: current
            ? `attempt ${current.attempt} on ${current.node} goes on with the run`
            : `${paths.attempt} is gone: the study was deleted`,
        };
      for (const report of reports)
        if (report.type === 'parameters')
          await copyWhole(
            join(scratch.parameters, report.file.file),
            join(paths.parameters, report.file.file),
            report.file,
          );
      if (checkpoint)
        await copyWhole(
          join(scratch.checkpoints, checkpoint.file),
          join(paths.checkpoints, checkpoint.file),
          checkpoint,
        );
      const about = { run: task.run, piece, node: own.node, attempt: own.attempt, previous };
      const sha256 = await writePiece(paths.piece(piece), about, reports);
      if (sha256 === null) return { status: 'overtaken', message: null };
      if (checkpoint) await tidy(paths.checkpoints, scratch.checkpoints, checkpoint);
      return { sha256 };
    } catch (error) {
      const sentence = error instanceof ValleywalkError ? error.message : fileSentence(error, paths.folder);
      if (left === tries) tell(`${sentence}; trying again, the run goes on meanwhile`);
      if (left === 0 || stopping.aborted) return { status: 'failed', message: sentence };
      await setTimeout(again);
    }
  }
}

/** Removes checkpoints before the newest: all on the node, in the shared folder all but the one before, which may be being read. */
async function tidy(shared: string, own: string, { file }: Checkpoint): Promise<void> {
  const iterationOf = (name: string): number => Number(/^checkpoint-(\d+)/.exec(name)?.[1] ?? Infinity);
  const older = async (folder: string): Promise<string[]> =>
    (await readdir(folder).catch(() => []))
      .filter((name) => iterationOf(name) < iterationOf(file))
      .sort((one, other) => iterationOf(one) - iterationOf(other));
  for (const name of await older(own)) await rm(join(own, name), { force: true });
  for (const name of (await older(shared)).slice(0, -1)) await rm(join(shared, name), { force: true });
}

/** Tells, in a sentence, that a node has no room to compute in; null where it has. */
async function noRoom(folder: string, node: string): Promise<string | null> {
  const disk = await statfs(folder).catch(() => null);
  if (!disk || disk.bavail * disk.bsize >= leastFree) return null;
  return `${folder} on node ${node} is full (${Math.floor((disk.bavail * disk.bsize) / 2 ** 20)} of at least ${leastFree / 2 ** 20} MB free); free some there, or name another folder with --scratch, and resume the study`;
}
