/** Requests about setups: looking for libraries, setting them up, and removing them. */
import type { Handlers } from '../../../shared/protocol.ts';
import type { Context } from '../context.ts';

/** Handlers of `setups.*`. */
export function setupHandlers({ setups }: Context): Pick<Handlers, Extract<keyof Handlers, `setups.${string}`>> {
  return {
    'setups.list': setups.list,
    'setups.look': ({ setup }) => setups.look(setup),
    'setups.asked': ({ setup }) => setups.asked(setup),
    'setups.install': ({ setup, ...of }) => setups.install(setup, of),
    'setups.remove': ({ setup }) => setups.remove(setup),
    'setups.cancel': () => {
      setups.cancel();
      return {};
    },
  };
}
