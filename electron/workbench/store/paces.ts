/** Rows of measured paces: how fast this machine computes, for estimates. */
import type { Database } from './database.ts';

/** Multiply-adds a second when updating and when evaluating; null where never measured. */
export interface Pace {
  update: number | null;
  evaluate: number | null;
}

/** The measured paces by backend. */
export interface Paces {
  get(backend: string): Pace;
  /** Keeps the latest measurement of each kind. */
  set(backend: string, pace: Pace): void;
}

/** Prepares the statements on paces. */
export function preparePaces(database: Database): Paces {
  const get = database.prepare<{ kind: keyof Pace; multiply_adds_per_second: number }>(
    'SELECT kind, multiply_adds_per_second FROM paces WHERE backend = ?',
  );
  const set = database.prepare(
    `INSERT INTO paces (backend, kind, multiply_adds_per_second, measured_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (backend, kind) DO UPDATE
     SET multiply_adds_per_second = excluded.multiply_adds_per_second, measured_at = excluded.measured_at`,
  );
  return {
    get(backend) {
      const pace: Pace = { update: null, evaluate: null };
      for (const row of get.all(backend)) pace[row.kind] = row.multiply_adds_per_second;
      return pace;
    },
    set(backend, pace) {
      const now = new Date().toISOString();
      for (const kind of ['update', 'evaluate'] as const) {
        const value = pace[kind];
        if (value !== null) set.run(backend, kind, value, now);
      }
    },
  };
}
