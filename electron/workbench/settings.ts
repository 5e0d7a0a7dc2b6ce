/** The workbench's settings, as they stand in the store. */
import { defaultSettings, workbenchSettingsSchema } from '../../shared/workbench-settings.ts';
import type { WorkbenchSettings } from '../../shared/workbench-settings.ts';
import type { Store } from './store/store.ts';

const names = Object.keys(defaultSettings) as (keyof WorkbenchSettings)[];

/** All settings; a stored value that is none any more counts as never set. */
export function readSettings({ settings }: Pick<Store, 'settings'>): WorkbenchSettings {
  const value = (name: keyof WorkbenchSettings): unknown => {
    const read = workbenchSettingsSchema.shape[name].safeParse(JSON.parse(settings.get(name) ?? 'null'));
    return read.success ? read.data : defaultSettings[name];
  };
  return Object.fromEntries(names.map((name) => [name, value(name)])) as WorkbenchSettings;
}

/** Changes some settings and returns all. */
export function changeSettings(
  store: Pick<Store, 'settings' | 'transaction'>,
  some: { [K in keyof WorkbenchSettings]?: WorkbenchSettings[K] | undefined },
): WorkbenchSettings {
  return store.transaction(() => {
    for (const name of names) if (some[name] !== undefined) store.settings.set(name, JSON.stringify(some[name]));
    return readSettings(store);
  });
}
