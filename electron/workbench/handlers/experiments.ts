/** Requests about experiments that have not started. */
import { join } from 'node:path';
import type { Handlers } from '../../../shared/protocol.ts';
import type { Context } from '../context.ts';
import { estimate } from '../experiments/estimate.ts';
import { machineMemory } from '../experiments/memory.ts';
import { measuredPaces } from '../experiments/paces.ts';
import { selectedBackend } from '../backend-selection.ts';
import { readPresets } from '../experiments/presets.ts';
import { startOf } from '../experiments/starts.ts';

/** Handlers of `experiments.*`. */
export function experimentHandlers({
  store,
  datasets,
  resources,
}: Context): Pick<Handlers, 'experiments.estimate' | 'experiments.presets'> {
  return {
    'experiments.estimate': ({ experiment, backend = selectedBackend(store) }) =>
      estimate(
        experiment,
        datasets.list(),
        measuredPaces(store, backend),
        backend,
        machineMemory(),
        startOf(store, backend),
      ),
    'experiments.presets': () => readPresets(join(resources, 'presets')),
  };
}
