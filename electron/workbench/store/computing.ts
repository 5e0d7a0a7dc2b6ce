/** Which older Valleywalk still computes in a store that is to be brought up to date: it writes to tables that go. */
import { dirname } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { ValleywalkError } from '../../../shared/errors.ts';
import { isAlive, ownersFolder } from './owners.ts';

/** What a process computes, or will. */
interface Work {
  what: string;
  status: string;
  owner: string;
  pid: number | null;
}

/** So many are named; more are counted. */
const named = 3;

/** Store version from which there are analyses. */
const withAnalyses = 5;

/**
 * Refuses to bring a store up to date in which a process that is alive computes runs or analyses, or has them queued. Call it inside the
 * transaction that brings it up to date, so that nothing begins meanwhile.
 * @param to the version that it would have
 * @throws ValleywalkError kind `store` that names process and run
 */
export function refuseWhileComputing(sqlite: Sqlite.Database, file: string, from: number, to: number): void {
  const alive = new Map<string, boolean>();
  const works = unfinished(sqlite, from).filter(({ owner }) => {
    if (!alive.has(owner)) alive.set(owner, isAlive(ownersFolder(dirname(file)), owner));
    return alive.get(owner);
  });
  if (works.length === 0) return;
  const reported = works
    .slice(0, named)
    .map(
      ({ what, status, pid }) =>
        `${pid === null ? 'another process' : `process ${pid}`} ${status === 'queued' ? 'has queued' : 'computes'} ${what}`,
    );
  if (works.length > named) reported.push(`and ${works.length - named} more`);
  throw new ValleywalkError(
    'store',
    `the run store ${file} has to be brought up to date (from version ${from} to ${to}), and an older Valleywalk works with it: ${reported.join(', ')}; what it computes would be lost, so nothing was changed; let that end or stop it there, close that Valleywalk, and open the store again`,
  );
}

/** What is owned and not over, computed things first; nobody begins what is queued and asked to stop. */
function unfinished(sqlite: Sqlite.Database, version: number): Work[] {
  const open = (table: string): string =>
    `${table}.owner IS NOT NULL AND (${table}.status = 'running' OR ${table}.status = 'queued' AND ${table}.stop_requested = 0)`;
  const order = (table: string): string => `ORDER BY ${table}.status = 'queued', runs.key`;
  const runs = sqlite
    .prepare<[], Work>(
      `SELECT 'run ' || run || ' (' || name || ')' AS what, status, owner, owner_pid AS pid FROM runs WHERE ${open('runs')} ${order('runs')}`,
    )
    .all();
  if (version < withAnalyses) return runs;
  const analyses = sqlite
    .prepare<[], Work>(
      `SELECT 'an analysis (' || analyses.kind || ') of run ' || run || ' (' || name || ')' AS what, analyses.status AS status,
         analyses.owner AS owner, (SELECT owner_pid FROM runs AS owned WHERE owned.owner = analyses.owner) AS pid
       FROM analyses JOIN runs ON key = run_key WHERE ${open('analyses')} ${order('analyses')}`,
    )
    .all();
  return [...runs, ...analyses];
}
