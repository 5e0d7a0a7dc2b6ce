/** Rows of analyses: what was asked of a run's kept parameters, and what was found. */
import { analysisRecordSchema, analysisResultSchema } from '../../../shared/analyses/index.ts';
import { answered } from '../../../shared/analyses/valley-floor.ts';
import type { AnalysisRecord, AnalysisRequest, AnalysisResult } from '../../../shared/analyses/index.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Database, Value } from './database.ts';

/** An analysis as the workbench knows it. */
export interface StoredAnalysis {
  record: AnalysisRecord;
  /** Token of the owning workbench; null once it is over. */
  owner: string | null;
  /** Another process asked for it to be stopped. */
  stopRequested: boolean;
  /** Whether it is put aside: only those that compute it, or look for its owner, still see it. */
  deleted: boolean;
  /** Grows with every change of the row. */
  revision: number;
}

/** What of an analysis can change. */
export type AnalysisChanges = Partial<
  Pick<AnalysisRecord, 'status' | 'progress' | 'seconds_left' | 'started_at' | 'finished_at' | 'threads' | 'error'>
> & { result?: AnalysisResult; owner?: null; stop_requested?: 0 | 1 };

/** The analyses of a store. */
export interface Analyses {
  insert(analysis: { analysis: string; runKey: number; request: AnalysisRequest; owner: string }): StoredAnalysis;
  /** @throws ValleywalkError kind `missing` */
  get(analysis: string): StoredAnalysis;
  /** What it found; null until it has finished. @throws ValleywalkError kind `missing` */
  result(analysis: string): AnalysisResult | null;
  /** All analyses, newest first; of one run, or of every run. */
  list(runKey?: number): StoredAnalysis[];
  /** An analysis, deleted or not. @throws ValleywalkError kind `missing` */
  known(analysis: string): StoredAnalysis;
  /** Analyses of an owner that somebody asked to be stopped, deleted or not. */
  toStop(owner: string): string[];
  /** Changes one, deleted or not. @throws ValleywalkError kind `missing` */
  change(analysis: string, changes: AnalysisChanges): StoredAnalysis;
  /** Deletes an analysis so that it can be restored. @throws ValleywalkError kind `missing` */
  putAside(analysis: string): void;
  /** Takes a deletion back. @throws ValleywalkError kind `missing` when it was not deleted, or long ago */
  restore(analysis: string): StoredAnalysis;
  /** Removes permanently what was deleted before a moment (ISO 8601, UTC). */
  sweep(moment: string): void;
  /** Marks analyses as interrupted whose owner is gone. */
  interruptOrphans(isAlive: (owner: string) => boolean, own: string): void;
}

interface Row {
  analysis: string;
  run: string;
  kind: string;
  settings: string;
  status: AnalysisRecord['status'];
  progress: number;
  seconds_left: number | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  threads: number | null;
  error: string | null;
  owner: string | null;
  stop_requested: number;
  deleted_at: string | null;
  revision: number;
}

/** An analysis never starts before it was made and never ends before it started, whatever the clock was set to. */
const ordered: Readonly<Record<string, string>> = {
  started_at: 'max(?, created_at)',
  finished_at: 'max(?, coalesce(started_at, created_at))',
};

/** Prepares the statements on analyses. */
export function prepareAnalyses(database: Database): Analyses {
  const columns = `analysis, run, analyses.kind, settings, analyses.status, analyses.progress, analyses.seconds_left,
    analyses.created_at, analyses.started_at, analyses.finished_at, analyses.threads, analyses.error, analyses.owner,
    analyses.stop_requested, analyses.deleted_at, analyses.revision`;
  const from = `SELECT ${columns} FROM analyses JOIN runs ON runs.key = run_key`;
  const newestFirst = 'ORDER BY analyses.created_at DESC, analysis DESC';
  const insert = database.prepare(
    `INSERT INTO analyses (analysis, run_key, kind, settings, status, created_at, owner) VALUES (?, ?, ?, ?, 'queued', ?, ?)`,
  );
  const there = 'analyses.deleted_at IS NULL';
  const get = database.prepare<Row>(`${from} WHERE analysis = ? AND ${there}`);
  const whole = database.prepare<Row>(`${from} WHERE analysis = ?`);
  const unfinished = database.prepare<Row>(`${from} WHERE analyses.status IN ('queued', 'running')`);
  const ofRun = database.prepare<Row>(`${from} WHERE run_key = ? AND ${there} ${newestFirst}`);
  const all = database.prepare<Row>(`${from} WHERE ${there} ${newestFirst}`);
  const result = database.prepare<{ result: string | null }>(
    `SELECT result FROM analyses WHERE analysis = ? AND ${there}`,
  );
  const aside = database.prepare(`UPDATE analyses SET deleted_at = ? WHERE analysis = ? AND ${there}`);
  const back = database.prepare('UPDATE analyses SET deleted_at = NULL WHERE analysis = ? AND deleted_at IS NOT NULL');
  const sweep = database.prepare('DELETE FROM analyses WHERE deleted_at < ?');

  const one = (row: Row | undefined, analysis: string): StoredAnalysis => {
    if (!row) throw missing(analysis);
    return toStored(row);
  };
  const find = (analysis: string): StoredAnalysis => one(get.get(analysis), analysis);
  const known = (analysis: string): StoredAnalysis => one(whole.get(analysis), analysis);
  function change(analysis: string, { result, ...changes }: AnalysisChanges): StoredAnalysis {
    const values = { ...changes, ...(result ? { result: JSON.stringify(result) } : {}) } as Record<string, Value>;
    const names = Object.keys(values).filter((name) => values[name] !== undefined);
    const sql = `UPDATE analyses SET ${names.map((name) => `${name} = ${ordered[name] ?? '?'}, `).join('')}revision = revision + 1 WHERE analysis = ?`;
    if (database.prepare(sql).run(...names.map((name) => values[name]!), analysis) === 0) throw missing(analysis);
    return known(analysis);
  }
  return {
    insert({ analysis, runKey, request, owner }) {
      const now = new Date().toISOString();
      insert.run(analysis, runKey, request.kind, JSON.stringify(request.settings), now, owner);
      return find(analysis);
    },
    get: find,
    known,
    toStop: (owner) =>
      unfinished
        .all()
        .map(toStored)
        .filter((each) => each.owner === owner && each.stopRequested)
        .map(({ record }) => record.analysis),
    result(analysis) {
      const row = result.get(analysis);
      if (!row) throw missing(analysis);
      return row.result === null ? null : analysisResultSchema.parse(answered(JSON.parse(row.result)));
    },
    list: (runKey) => (runKey === undefined ? all.all() : ofRun.all(runKey)).map(toStored),
    change,
    putAside(analysis) {
      if (aside.run(new Date().toISOString(), analysis) === 0) throw missing(analysis);
    },
    restore(analysis) {
      if (back.run(analysis) === 0)
        throw new ValleywalkError('missing', `analysis ${analysis} is not deleted, or gone for good; start it again`);
      return find(analysis);
    },
    sweep: (moment) => void sweep.run(moment),
    interruptOrphans(isAlive, own) {
      for (const { record, owner } of unfinished.all().map(toStored))
        if (owner !== own && (owner === null || !isAlive(owner)))
          change(record.analysis, {
            status: 'interrupted',
            finished_at: new Date().toISOString(),
            seconds_left: null,
            error: 'the program that computed it ended before it was done; start it again',
            owner: null,
          });
    },
  };
}

function missing(analysis: string): ValleywalkError {
  return new ValleywalkError('missing', `there is no analysis ${analysis}; it may have been deleted`);
}

function toStored({ kind, settings, owner, stop_requested, deleted_at, revision, ...row }: Row): StoredAnalysis {
  return {
    record: analysisRecordSchema.parse({ ...row, request: { kind, settings: JSON.parse(settings) as unknown } }),
    owner,
    stopRequested: stop_requested === 1,
    deleted: deleted_at !== null,
    revision,
  };
}
