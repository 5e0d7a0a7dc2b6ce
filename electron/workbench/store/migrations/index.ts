/** The migrations in order; `user_version` of a store says how many of them it has. */
import type Sqlite from 'better-sqlite3';
import { sql as initial } from './0001-initial.ts';
import { sql as datasetFormats } from './0002-dataset-formats.ts';
import { sql as noise } from './0003-noise.ts';
import { sql as backends } from './0004-backends.ts';
import { sql as analyses } from './0005-analyses.ts';
import { sql as figures } from './0006-figures.ts';
import { sql as curvature } from './0007-curvature.ts';
import { sql as runNotes } from './0008-run-notes.ts';
import { sql as imported } from './0009-imported.ts';
import { sql as resume } from './0010-resume.ts';
import { sql as studies } from './0011-studies.ts';
import { sql as times } from './0012-times.ts';
import { sql as deletedAnalyses } from './0013-deleted-analyses.ts';
import { sql as packs } from './0014-packs.ts';
import { sql as paces } from './0015-paces.ts';
import { sql as evaluatedExamples } from './0016-evaluated-examples.ts';
import { sql as analysisThreads } from './0017-analysis-threads.ts';
import { sql as resolution } from './0018-resolution.ts';
import { sql as spectralNorm } from './0019-spectral-norm.ts';
import { sql as datasetReading } from './0020-dataset-reading.ts';
import { sql as removedRuns } from './0021-removed-runs.ts';
import { sql as checksums } from './0022-checksums.ts';
import { sql as failedAttempts } from './0023-failed-attempts.ts';
import { move as moveToSeries, sql as series } from './0024-series.ts';
import { sql as draws } from './0025-draws.ts';
import { sql as starts } from './0026-starts.ts';
import { sql as realTargets } from './0027-real-targets.ts';
import { sql as pacesOfChoices } from './0028-paces-of-choices.ts';
import { sql as machines } from './0029-machines.ts';

/** One step of the store's schema. */
export interface Migration {
  /** File name without extension; its number is its place in the list. */
  name: string;
  sql: string;
  /**
   * Does after `sql` what SQL cannot, within the same transaction.
   * @param tell is told what takes long, and what a person should know
   */
  move?: (sqlite: Sqlite.Database, tell: (sentence: string) => void) => void;
}

/** All migrations; only ever append to it. */
export const migrations: readonly Migration[] = [
  { name: '0001-initial', sql: initial },
  { name: '0002-dataset-formats', sql: datasetFormats },
  { name: '0003-noise', sql: noise },
  { name: '0004-backends', sql: backends },
  { name: '0005-analyses', sql: analyses },
  { name: '0006-figures', sql: figures },
  { name: '0007-curvature', sql: curvature },
  { name: '0008-run-notes', sql: runNotes },
  { name: '0009-imported', sql: imported },
  { name: '0010-resume', sql: resume },
  { name: '0011-studies', sql: studies },
  { name: '0012-times', sql: times },
  { name: '0013-deleted-analyses', sql: deletedAnalyses },
  { name: '0014-packs', sql: packs },
  { name: '0015-paces', sql: paces },
  { name: '0016-evaluated-examples', sql: evaluatedExamples },
  { name: '0017-analysis-threads', sql: analysisThreads },
  { name: '0018-resolution', sql: resolution },
  { name: '0019-spectral-norm', sql: spectralNorm },
  { name: '0020-dataset-reading', sql: datasetReading },
  { name: '0021-removed-runs', sql: removedRuns },
  { name: '0022-checksums', sql: checksums },
  { name: '0023-failed-attempts', sql: failedAttempts },
  { name: '0024-series', sql: series, move: moveToSeries },
  { name: '0025-draws', sql: draws },
  { name: '0026-starts', sql: starts },
  { name: '0027-real-targets', sql: realTargets },
  { name: '0028-paces-of-choices', sql: pacesOfChoices },
  { name: '0029-machines', sql: machines },
];

/** Applies migrations to a database, in order. Call it inside a transaction. */
export function migrate(
  sqlite: Sqlite.Database,
  some: readonly Migration[],
  tell: (sentence: string) => void = () => undefined,
): void {
  for (const { sql, move } of some) {
    sqlite.exec(sql);
    move?.(sqlite, tell);
  }
}
