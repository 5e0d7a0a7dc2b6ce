/** The workbench's settings, as it reports them. */
import { shallowRef } from 'vue';
import { defaultSettings } from '../../shared/workbench-settings.ts';
import type { WorkbenchSettings } from '../../shared/workbench-settings.ts';
import { onConnected, onEvent, request } from './connection.ts';

/** The settings as they are now. */
export const settings = shallowRef<WorkbenchSettings>(defaultSettings);

/** Starts listening; once, when the app starts. */
export function watchSettings(): void {
  onEvent('settings.changed', (now) => (settings.value = now));
  // without an answer the defaults stay, which a change corrects
  onConnected(
    () =>
      void request('settings.get', {}).then(
        (now) => (settings.value = now),
        () => undefined,
      ),
  );
}

/** Changes some settings. */
export async function changeSettings(some: Partial<WorkbenchSettings>): Promise<void> {
  settings.value = await request('settings.change', some);
}
