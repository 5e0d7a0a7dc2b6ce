/** Requests for figures. */
import type { Handlers } from '../../../shared/protocol.ts';
import type { Context } from '../context.ts';

/** Handlers of `figures.*`. */
export function figureHandlers({
  draw,
  store,
  publish,
}: Context): Pick<Handlers, Extract<keyof Handlers, `figures.${string}`>> {
  return {
    'figures.list': () => store.figures.list(),
    'figures.get': ({ figure }) => store.figures.get(figure),
    'figures.save': ({ recipe, figure }) => {
      const saved = store.figures.save(recipe, figure);
      publish('figures.changed', store.figures.list());
      return saved;
    },
    'figures.delete': ({ figures }) => {
      const unique = [...new Set(figures)];
      store.figures.delete(unique);
      publish('figures.changed', store.figures.list());
      return { deleted: unique.length };
    },
    'figures.render': (request) => draw(request),
  };
}
