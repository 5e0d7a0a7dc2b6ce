/** What was chosen once and holds from then on, for every process that opens the store. */
import type { WorkbenchSettings } from '../../../shared/workbench-settings.ts';
import type { Database } from './database.ts';

/** Names of the choices. */
type Setting = 'backend' | keyof WorkbenchSettings;

/** The choices. */
export interface Settings {
  /** A choice; null where none was made. */
  get(name: Setting): string | null;
  /** Makes a choice. */
  set(name: Setting, value: string): void;
}

/** Prepares the statements on settings. */
export function prepareSettings(database: Database): Settings {
  const get = database.prepare<{ value: string }>('SELECT value FROM settings WHERE name = ?');
  const set = database.prepare(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  return {
    get: (name) => get.get(name)?.value ?? null,
    set: (name, value) => void set.run(name, value),
  };
}
