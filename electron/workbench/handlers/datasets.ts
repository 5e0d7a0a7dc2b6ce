/** Requests about data sets. */
import type { Handlers } from '../../../shared/protocol.ts';
import { dataFormats } from '../../datasets/formats/index.ts';
import type { Context } from '../context.ts';

/** Handlers of `datasets.*`. */
export function datasetHandlers({
  datasets,
  publish,
}: Context): Pick<
  Handlers,
  'datasets.list' | 'datasets.formats' | 'datasets.examples' | 'datasets.add' | 'datasets.remove'
> {
  return {
    'datasets.list': () => datasets.list(),
    'datasets.formats': () =>
      dataFormats.map(({ key, title, holds, before, namesTargets }) => ({
        ...{ key, title, holds, before, namesTargets },
      })),
    'datasets.examples': ({ id, perClass }) => datasets.examples(id, perClass),
    'datasets.add': async ({ folder, title, targets }) => {
      const added = await datasets.add(folder, title === '' ? undefined : title, targets);
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
