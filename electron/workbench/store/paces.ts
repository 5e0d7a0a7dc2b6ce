/** Rows of measured paces: how fast this machine computes, for estimates. */
import type { NetworkSettings } from '../../../shared/networks/index.ts';
import type { Database } from './database.ts';

/** Multiply-adds a second when updating and when evaluating; null where never measured. */
export interface Pace {
  update: number | null;
  evaluate: number | null;
}

/** A pace with what it was measured on. */
export interface MeasuredPace {
  architecture: NetworkSettings['architecture'];
  kind: keyof Pace;
  /** Multiply-adds that were done at a time, as `workAtATime` counts them. */
  work: number;
  /** Multiply-adds a second of the whole machine. */
  pace: number;
}

/** The measured paces by backend. */
export interface Paces {
  /** Every pace of a backend, in no particular order. */
  of(backend: string): MeasuredPace[];
  /** Keeps a measurement in place of an earlier one of the same network, kind and order of magnitude. */
  add(backend: string, measured: MeasuredPace): void;
}

/** Prepares the statements on paces. */
export function preparePaces(database: Database): Paces {
  const of = database.prepare<MeasuredPace>(
    'SELECT architecture, kind, work, multiply_adds_per_second AS pace FROM paces WHERE backend = ?',
  );
  const add = database.prepare(
    `INSERT OR REPLACE INTO paces (backend, architecture, kind, magnitude, work, multiply_adds_per_second, measured_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  return {
    of: (backend) => of.all(backend),
    add(backend, { architecture, kind, work, pace }) {
      const magnitude = Math.round(Math.log(work) / Math.log(4));
      add.run(backend, architecture, kind, magnitude, work, pace, new Date().toISOString());
    },
  };
}
