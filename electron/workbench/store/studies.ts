/** Rows of studies: what was asked, and how far their runs are. */
import type { Experiment } from '../../../shared/experiment.ts';
import type { MachineChoice } from '../../../shared/machines.ts';
import type { Draft } from '../../../shared/settings.ts';
import type { RunStatus } from '../../../shared/records.ts';
import type { Draws, Range } from '../../../shared/sweep.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Database } from './database.ts';

/** A study as it is stored. */
export interface StoredStudy {
  study: string;
  name: string;
  /** The settings that all runs share, as they were given. */
  experiment: Draft;
  /** Lists of values and ranges by path. */
  sweep: Record<string, unknown[] | Range>;
  seeds: number[];
  /** Absent where nothing is drawn. */
  draws?: Draws;
  backend: string;
  /** The machine that computes its runs; absent for this machine's own queue. */
  machine?: MachineChoice;
  /** ISO 8601, UTC. */
  created_at: string;
  /** Grows with every change of the row. */
  revision: number;
}

/** What of a study can change. Lists only ever grow at their ends: places in the grid count on it. */
type StudyChanges = Partial<Pick<StoredStudy, 'name' | 'sweep' | 'seeds' | 'draws' | 'machine'>>;

/** The runs of a study that have one status, summed up. */
export interface Tally {
  status: RunStatus;
  runs: number;
  /** What they were estimated to take, in seconds. */
  estimated: number;
  /** The part of it that is done. */
  done: number;
}

/** The studies of a store. */
export interface Studies {
  insert(study: Omit<StoredStudy, 'revision' | 'created_at'>): StoredStudy;
  /** @throws ValleywalkError kind `missing` */
  get(study: string): StoredStudy;
  has(study: string): boolean;
  /** All studies, newest first. */
  list(): StoredStudy[];
  /** @throws ValleywalkError kind `missing` */
  change(study: string, changes: StudyChanges): StoredStudy;
  /** Forgets a study; runs that it still has stay, without it. @throws ValleywalkError kind `missing` */
  remove(study: string): void;
  /** Its runs by status. */
  tally(study: string): Tally[];
  /** Any one of its runs with a status, and what it was estimated to take, in seconds. */
  sample(study: string, status: RunStatus): { experiment: Experiment; estimatedSeconds: number } | null;
}

interface Row extends Omit<StoredStudy, 'experiment' | 'sweep' | 'seeds' | 'draws' | 'machine'> {
  /** JSON, as the next four. */
  experiment: string;
  sweep: string;
  seeds: string;
  draws: string | null;
  machine: string | null;
}

/** Prepares the statements on studies. */
export function prepareStudies(database: Database): Studies {
  const insert = database.prepare(
    'INSERT INTO studies (study, name, experiment, sweep, seeds, draws, backend, machine, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const get = database.prepare<Row>('SELECT * FROM studies WHERE study = ?');
  const list = database.prepare<Row>('SELECT * FROM studies ORDER BY created_at DESC, study DESC');
  const change = database.prepare(
    'UPDATE studies SET name = ?, sweep = ?, seeds = ?, draws = ?, machine = ?, revision = revision + 1 WHERE study = ?',
  );
  const remove = database.prepare('DELETE FROM studies WHERE study = ?');
  const tally = database.prepare<Tally>(
    `SELECT status, count(*) AS runs, total(estimated_seconds) AS estimated,
            total(estimated_seconds * progress) AS done
     FROM runs WHERE study = ? AND deleted_at IS NULL GROUP BY status`,
  );
  const sample = database.prepare<{ experiment: string; estimated_seconds: number }>(
    'SELECT experiment, estimated_seconds FROM runs WHERE study = ? AND status = ? AND deleted_at IS NULL LIMIT 1',
  );

  const find = (study: string): StoredStudy => {
    const row = get.get(study);
    if (!row) throw missing(study);
    return toStored(row);
  };
  return {
    insert({ study, name, experiment, sweep, seeds, draws, backend, machine }) {
      const now = new Date().toISOString();
      const lists = [JSON.stringify(sweep), JSON.stringify(seeds), jsonOf(draws)];
      insert.run(study, name, JSON.stringify(experiment), ...lists, backend, jsonOf(machine), now);
      return find(study);
    },
    get: find,
    has: (study) => get.get(study) !== undefined,
    list: () => list.all().map(toStored),
    change(study, changes) {
      const now = { ...find(study), ...changes };
      const lists = [JSON.stringify(now.sweep), JSON.stringify(now.seeds), jsonOf(now.draws)];
      change.run(now.name, ...lists, jsonOf(now.machine), study);
      return find(study);
    },
    remove(study) {
      if (remove.run(study) === 0) throw missing(study);
    },
    tally: (study) => tally.all(study),
    sample(study, status) {
      const row = sample.get(study, status);
      return row
        ? { experiment: JSON.parse(row.experiment) as Experiment, estimatedSeconds: row.estimated_seconds }
        : null;
    },
  };
}

function missing(study: string): ValleywalkError {
  return new ValleywalkError(
    'missing',
    `there is no study ${study}; it may have been deleted, valleywalk studies shows what there is`,
  );
}

function jsonOf(value: object | undefined): string | null {
  return value ? JSON.stringify(value) : null;
}

function toStored({ draws, machine, ...row }: Row): StoredStudy {
  return {
    ...row,
    experiment: JSON.parse(row.experiment) as Draft,
    sweep: JSON.parse(row.sweep) as StoredStudy['sweep'],
    seeds: JSON.parse(row.seeds) as number[],
    ...(draws === null ? {} : { draws: JSON.parse(draws) as Draws }),
    ...(machine === null ? {} : { machine: JSON.parse(machine) as MachineChoice }),
  };
}
