/** Requests about the workbench's settings. */
import type { Handlers } from '../../../shared/protocol.ts';
import type { Context } from '../context.ts';
import { changeSettings, readSettings } from '../settings.ts';

/** Handlers of `settings.*`. */
export function settingsHandlers({
  store,
  jobs,
  publish,
}: Context): Pick<Handlers, Extract<keyof Handlers, `settings.${string}`>> {
  return {
    'settings.get': () => readSettings(store),
    'settings.change': (some) => {
      const settings = changeSettings(store, some);
      publish('settings.changed', settings);
      for (const kind of Object.values(jobs)) kind.settle();
      return settings;
    },
  };
}
