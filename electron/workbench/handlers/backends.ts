/** Requests about backends: choosing and measuring. */
import { isBackendName } from '../../../shared/backends.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Handlers } from '../../../shared/protocol.ts';
import type { BackendSelection } from '../../../shared/workbench-info.ts';
import { measureBackend } from '../backends.ts';
import type { Measuring } from '../backends.ts';
import { backendSelection, requireBackend } from '../backend-selection.ts';
import type { Context } from '../context.ts';

/** Handlers of `backends.*`. */
export function backendHandlers({
  store,
  jobs,
  backends,
  publish,
  fork,
}: Context): Pick<Handlers, Extract<keyof Handlers, `backends.${string}`>> {
  let measuring: Measuring | null = null;
  const changed = (): BackendSelection => {
    const choice = backendSelection(store);
    publish('backends.changed', choice);
    return choice;
  };
  return {
    'backends.choose': async ({ backend }) => {
      await requireBackend(backend, backends);
      store.settings.set('backend', backend);
      return changed();
    },
    'backends.measure': async ({ backend }) => {
      await requireBackend(backend, backends);
      if (measuring) throw new ValleywalkError('input', 'a measurement is under way; cancel it or wait for its end');
      if (jobs.run.active() > 0)
        throw new ValleywalkError(
          'input',
          'runs are computing, so a measurement would be wrong; measure when they are over',
        );
      if (!isBackendName(backend)) throw new ValleywalkError('internal', `"${backend}" is not a backend`);
      measuring = measureBackend(fork, backend, (progress) => publish('backends.measuring', { backend, progress }));
      try {
        const found = await measuring.result;
        store.speeds.set(backend, found.backend.device ?? found.backend.title, found.speeds);
      } finally {
        measuring = null;
      }
      return changed();
    },
    'backends.cancel': () => {
      measuring?.cancel();
      return {};
    },
  };
}
