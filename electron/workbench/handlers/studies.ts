/** Requests about studies. */
import type { Handlers } from '../../../shared/protocol.ts';
import { selectedBackend, requireBackend } from '../backend-selection.ts';
import type { Context } from '../context.ts';

/** Handlers of `studies.*`. */
export function studyHandlers({
  store,
  studies,
  jobs,
  backends,
}: Context): Pick<Handlers, Extract<keyof Handlers, `studies.${string}`>> {
  return {
    'studies.list': () => studies.list(),
    'studies.get': ({ study }) => studies.get(study),
    'studies.estimate': ({ study, beyond, backend = selectedBackend(store) }) =>
      studies.estimate(study, backend, beyond),
    'studies.start': async ({ study, backend = selectedBackend(store), confirm, on }) => {
      // a backend of another machine is tried there
      if (on) return studies.startOn(on, study, backend, confirm);
      await requireBackend(backend, backends);
      return studies.start(study, backend, confirm);
    },
    'studies.script': ({ study, backend = selectedBackend(store), on }) => studies.script(on, study, backend),
    'studies.collect': async () => ({ troubles: await jobs.machine.look() }),
    'studies.pause': ({ study }) => studies.pause(study),
    'studies.resume': ({ study, changes }) => studies.resume(study, changes),
    'studies.stop': ({ study }) => studies.stop(study),
    'studies.extend': ({ study, confirm, changes, ...extension }) => studies.extend(study, extension, confirm, changes),
    'studies.rename': ({ study, name }) => studies.rename(study, name),
    'studies.delete': ({ study, keepRuns }) => {
      studies.delete(study, keepRuns);
      return {};
    },
  };
}
