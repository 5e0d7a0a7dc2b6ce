/** Requests about data sets. */
import type { Handlers } from '../../../shared/protocol.ts';
import type { Context } from '../context.ts';

/** Handlers of `datasets.*`. */
export function datasetHandlers({
  datasets,
  publish,
}: Context): Pick<Handlers, 'datasets.list' | 'datasets.add' | 'datasets.remove'> {
  return {
    'datasets.list': () => datasets.list(),
    'datasets.add': async ({ folder, title }) => {
      const added = await datasets.add(folder, title === '' ? undefined : title);
      publish('datasets.changed', datasets.list());
      return added;
    },
    'datasets.remove': ({ id }) => {
      datasets.remove(id);
      publish('datasets.changed', datasets.list());
      return {};
    },
  };
}
