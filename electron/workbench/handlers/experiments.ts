/** Requests about experiments that have not started. */
import { join } from 'node:path';
import type { Handlers } from '../../../shared/protocol.ts';
import type { Context } from '../context.ts';
import { estimate } from '../experiments/estimate.ts';
import { readPresets } from '../experiments/presets.ts';

/** Handlers of `experiments.*`. */
export function experimentHandlers({
  store,
  datasets,
  resources,
}: Context): Pick<Handlers, 'experiments.estimate' | 'experiments.presets'> {
  return {
    'experiments.estimate': ({ experiment }) => estimate(experiment, datasets.list(), store.paces.get('cpu')),
    'experiments.presets': () => readPresets(join(resources, 'presets')),
  };
}
