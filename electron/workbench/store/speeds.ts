/** Rows of measured speeds: how fast each backend computes on this machine. */
import type { MeasuredSpeed } from '../../../shared/workbench-info.ts';
import type { Speed } from '../../../shared/trainer-messages.ts';
import type { Database } from './database.ts';

/** The latest speed of every backend and network. */
export interface Speeds {
  /** All of them, by backend and network. */
  list(): MeasuredSpeed[];
  /** Keeps what was measured now in place of what was measured before. */
  set(backend: string, device: string, speeds: readonly Speed[]): void;
}

/** Prepares the statements on speeds. */
export function prepareSpeeds(database: Database): Speeds {
  const list = database.prepare<MeasuredSpeed>(
    'SELECT backend, network, device, update_ms, examples_per_second, evaluated_examples, measured_at FROM speeds ORDER BY backend, network',
  );
  const set = database.prepare(
    `INSERT OR REPLACE INTO speeds (backend, network, device, update_ms, examples_per_second, evaluated_examples, measured_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  return {
    list: () => list.all(),
    set(backend, device, speeds) {
      const now = new Date().toISOString();
      database.transaction(() => {
        for (const { network, update_ms, examples_per_second, evaluated_examples } of speeds)
          set.run(backend, network, device, update_ms, examples_per_second, evaluated_examples, now);
      });
    },
  };
}
