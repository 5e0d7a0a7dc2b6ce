/**
 * Checks a store and writes nothing into it: the database (check-database.ts), its log, every file by its checksum, what is missing and what
 * is left over.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { ValleywalkError } from '../../../shared/errors.ts';
import { isUnsound } from '../../../shared/store-check.ts';
import type { Finding, StoreCheck } from '../../../shared/store-check.ts';
import { readExamples } from '../../datasets/read.ts';
import type { Checkpoint } from '../../../shared/trainer-messages.ts';
import { backupDamage, howToGoBack, listBackups, sha256 } from './backup.ts';
import type { Backup } from './backup.ts';
import { checkDatabase } from './check-database.ts';
import { checkRuntime, databaseName, wrapToRead } from './database.ts';
import { prepareDatasets } from './datasets.ts';
import { openQuietly } from './open-quietly.ts';

/** How somebody follows a check. */
export interface CheckOptions {
  /** Told the share of the bytes that were checked, 0 to 1. */
  progress?: (share: number) => void;
  /** Aborts the check before the next file; it then throws. */
  signal?: AbortSignal;
  /** A folder to make for a copy of the database, where one is needed; it is removed at the end. */
  copies?: string;
}

/**
 * Checks the store in a folder.
 * @throws ValleywalkError `missing` where there is no store, `store` where it cannot be read at all (no permission, no room for a copy)
 */
export async function checkStore(folder: string, { progress, signal, copies }: CheckOptions = {}): Promise<StoreCheck> {
  checkRuntime(process.versions);
  const file = join(folder, databaseName);
  const bytes = sizeOf(file);
  if (bytes === 0 && !belongs(folder))
    throw new ValleywalkError('missing', `there is no store in ${folder}; name its folder with --store`);
  const backups = listBackups(folder);
  const bytesOfBackups = sum(backups.map((backup) => sizeOf(backup.file)));
  const opened = bytes === 0 ? null : openQuietly(folder, file, copies);
  try {
    const known = bytesOfBackups + bytes + (opened ? bytesBeside(folder, opened.sqlite) : 0);
    let share = 0;
    /** Tells how many bytes are done. What a run adds meanwhile takes nothing back. */
    const tell = (done: number, all = known): void => {
      share = Math.max(share, Math.min(1, done / Math.max(1, all)));
      progress?.(share);
      signal?.throwIfAborted();
    };
    const findings: Finding[] = [];
    const sound = checkBackups(backups, findings, tell);
    const back = sound[0]
      ? `There is a backup: ${howToGoBack(sound[0], file)}`
      : 'There is no sound backup beside it; have it back from one of your own, or move the store aside and begin a new one';
    const check: StoreCheck = {
      store: folder,
      sound: false,
      version: null,
      runs: 0,
      rows: 0,
      files: backups.length,
      bytes: bytesOfBackups,
      backups: sound.map((backup) => backup.file),
      findings,
    };
    if (!opened) {
      findings.push({
        kind: 'missing',
        where: file,
        what: existsSync(file) ? 'is empty' : 'is not there',
        works: 'Files of parameters (.safetensors) can be read by other programs',
        remedy: back,
      });
      return check;
    }
    if (opened.damagedLog !== null)
      findings.push({
        kind: 'damaged',
        where: `${file}-wal`,
        what: opened.damagedLog,
        works: 'What was written before it is read',
        remedy: `What was written last is lost; runs that were going on can be resumed from their checkpoints. ${back}`,
      });
    const reported = checkDatabase(opened.sqlite, file, (done) => tell(bytesOfBackups + done * bytes));
    Object.assign(check, { version: reported.version, runs: reported.runs, rows: reported.rows });
    const broken = reported.findings.some(isUnsound);
    findings.push(...reported.findings);
    if (broken && sound[0])
      findings.push({
        kind: 'not checked',
        where: 'what a backup has',
        what: `is older than the database: it has what was stored until ${sound[0].file} was made`,
        works: null,
        remedy: back,
      });
    const readable =
      reported.version !== null && !reported.findings.some(({ remedy }) => remedy?.startsWith('Check it with'));
    if (readable)
      await checkFiles(folder, opened.sqlite, check, (done, files) =>
        tell(bytesOfBackups + bytes + done, bytesOfBackups + bytes + files),
      );
    check.sound = !findings.some(isUnsound);
    return check;
  } finally {
    opened?.close();
  }
}

/** Compares the backups with their checksums. @param tell told the bytes that are done, after each @returns those that are sound */
function checkBackups(backups: readonly Backup[], findings: Finding[], tell: (done: number) => void): Backup[] {
  let done = 0;
  return backups.filter((backup) => {
    const damage = backupDamage(backup);
    tell((done += sizeOf(backup.file)));
    if (damage !== null)
      findings.push({
        kind: 'damaged',
        where: backup.file,
        what: damage,
        works: 'The store itself works without it',
        remedy: 'Do not go back to it',
      });
    return damage === null;
  });
}

/** Whether anything in a folder without a database belongs to a store. */
function belongs(folder: string): boolean {
  return ['parameters', 'checkpoints', 'backups', 'owners', databaseName].some((name) =>
    existsSync(join(folder, name)),
  );
}

/** Bytes of the files beside the database that will be compared, about: those of runs and of data sets. */
function bytesBeside(folder: string, sqlite: Sqlite.Database): number {
  const bytes = (work: () => number): number => {
    try {
      return work();
    } catch {
      // a finding later on
      return 0;
    }
  };
  return (
    bytes(() => sum(parameterFiles(sqlite, folder).map((each) => each.bytes))) +
    bytes(() => sum(checkpoints(sqlite, folder).map((each) => each.bytes))) +
    sum(addedSets(sqlite, folder).map((each) => each.bytes))
  );
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

interface Kept {
  run: string;
  path: string;
  sha256: string;
  bytes: number;
  works: string;
  remedy: string;
}

/** @param tell told after each file how many bytes of how many were checked; what it throws ends the check */
async function checkFiles(
  folder: string,
  sqlite: Sqlite.Database,
  check: StoreCheck,
  tell: (done: number, all: number) => void,
): Promise<void> {
  const { findings } = check;
  const read = <T>(what: string, work: () => T[]): T[] => {
    try {
      return work();
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      if (!findings.some(isUnsound))
        findings.push({ kind: 'damaged', where: what, what: `cannot be read (${said})`, works: null, remedy: null });
      return [];
    }
  };
  const runs = read('the list of runs', () =>
    sqlite.prepare<[], [string, 0 | 1]>('SELECT run, deleted_at IS NOT NULL FROM runs').raw().all(),
  );
  const kept = (): Kept[] => [
    ...read('the list of parameter files', () => parameterFiles(sqlite, folder)),
    ...read('the list of checkpoints', () => checkpoints(sqlite, folder)),
  ];
  const files = kept();
  const sets = addedSets(sqlite, check.store);
  const all = sum([...files, ...sets].map(({ bytes }) => bytes));
  let done = 0;
  tell(done, all);
  for (const each of files) {
    const problem = await problemOf(each);
    tell((done += each.bytes), all);
    check.files += 1;
    check.bytes += sizeOf(each.path);
    if (problem === null) continue;
    // a run that goes on replaces its checkpoint
    if (!kept().some(({ path, sha256: now }) => path === each.path && now === each.sha256)) continue;
    const { path, works, remedy } = each;
    findings.push({
      kind: problem === 'is not there' ? 'missing' : 'damaged',
      where: path,
      what: problem,
      works,
      remedy,
    });
  }
  leftOver(
    folder,
    new Map(runs.map(([run, deleted]) => [run, deleted === 1])),
    new Set(files.map(({ path }) => path)),
    findings,
  );
  for (const { set, bytes } of sets) {
    await checkDataset(set, check);
    check.bytes += bytes;
    tell((done += bytes), all);
  }
}

function parameterFiles(sqlite: Sqlite.Database, folder: string): Kept[] {
  return sqlite
    .prepare<[], { run: string; kind: string; iteration: number; file: string; sha256: string; bytes: number }>(
      `SELECT run, kind, iteration, file, sha256, bytes FROM parameter_files JOIN runs ON runs.key = run_key
       WHERE deleted_at IS NULL ORDER BY run, iteration`,
    )
    .all()
    .map(({ run, kind, iteration, file, ...rest }) => ({
      ...rest,
      run,
      path: join(folder, 'parameters', run, file),
      works: `The records of run ${run} and its other parameters are not touched; analyses that need those of iteration ${iteration} are refused`,
      remedy:
        kind === 'imported'
          ? 'Import the trajectory again from the folder that it came from'
          : `Restore the file, or run the experiment of run ${run} again: the same parameters come out`,
    }));
}

function checkpoints(sqlite: Sqlite.Database, folder: string): Kept[] {
  return sqlite
    .prepare<[], { run: string; status: string; checkpoint: string }>(
      'SELECT run, status, checkpoint FROM runs WHERE checkpoint IS NOT NULL AND deleted_at IS NULL',
    )
    .all()
    .flatMap(({ run, checkpoint }) => {
      let reported: Checkpoint;
      try {
        reported = JSON.parse(checkpoint) as Checkpoint;
      } catch {
        // the row is a finding of its own
        return [];
      }
      return {
        run,
        path: join(folder, 'checkpoints', run, reported.file),
        sha256: reported.sha256,
        bytes: reported.bytes,
        works: `What run ${run} has recorded can be read and exported; it cannot be resumed from iteration ${reported.iteration}`,
        remedy: 'Restore the file, or run the experiment again: the same numbers come out',
      };
    });
}

async function problemOf({ path, bytes, sha256: reported }: Kept): Promise<string | null> {
  // lets others in the process go on between two files
  await new Promise(setImmediate);
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return 'is no file';
    if (stat.size !== bytes) return `has ${stat.size} bytes instead of ${bytes}`;
    return sha256(path) === reported ? null : 'is not what was written (its SHA-256 is another)';
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'is not there' : `cannot be read (${message})`;
  }
}

/**
 * Files in the folders of runs that nothing refers to.
 * @param runs by id, whether each is deleted: its files stay for an hour
 */
function leftOver(
  folder: string,
  runs: ReadonlyMap<string, boolean>,
  known: ReadonlySet<string>,
  findings: Finding[],
): void {
  for (const kind of ['parameters', 'checkpoints']) {
    const root = join(folder, kind);
    for (const run of existsSync(root) ? readdirSync(root) : []) {
      if (runs.get(run) === true) continue;
      const names = statSync(join(root, run)).isDirectory() ? readdirSync(join(root, run)) : [''];
      const left = names.map((name) => join(root, run, name)).filter((path) => !known.has(path));
      if (left.length === 0) continue;
      const one = left.length === 1;
      findings.push({
        kind: 'left over',
        where: one ? left[0]! : `${left.length} files in ${join(root, run)}`,
        what: runs.has(run)
          ? `${one ? 'is' : 'are'} not among the files that run ${run} tells`
          : `${one ? 'belongs' : 'belong'} to ${run}, which is no run of the database`,
        works: null,
        remedy: runs.has(run)
          ? null
          : 'Opening the store removes it; copy it before, if the database has lost that run',
      });
    }
  }
}

/** A data set that was added. */
type AddedSet = ReturnType<ReturnType<typeof prepareDatasets>['list']>[number];

/** The data sets that were added, with the bytes of their files. */
function addedSets(sqlite: Sqlite.Database, folder: string): { set: AddedSet; bytes: number }[] {
  try {
    const sets = prepareDatasets(wrapToRead(sqlite, folder)).list();
    return sets.map((set) => ({ set, bytes: sum(set.files.map(sizeOf)) }));
  } catch {
    // of an older store, or a finding of its own
    return [];
  }
}

/** Compares a data set with its checksum; its files lie where their owner keeps them. */
async function checkDataset(set: AddedSet, check: StoreCheck): Promise<void> {
  const { id, files, checksum } = set;
  check.files += files.length;
  let problem: string | null;
  let kind: Finding['kind'] = 'damaged';
  try {
    const raw = await readExamples(set);
    problem = raw.checksum === checksum ? null : 'has files that are not what they were when it was added';
  } catch (error) {
    if (error instanceof ValleywalkError && error.kind === 'missing') kind = 'missing';
    problem = `cannot be read (${error instanceof Error ? error.message : String(error)})`;
  }
  if (problem !== null)
    check.findings.push({
      kind,
      where: `data set ${id}`,
      what: problem,
      works: 'Runs on it keep their records; they cannot be resumed, and analyses of them are refused',
      remedy: `Restore its files, or forget it (valleywalk data remove ${id}) and add it again`,
    });
}
