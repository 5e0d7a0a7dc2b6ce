/** Requests for figures. */
import type { Handlers } from '../../../shared/protocol.ts';
import type { Context } from '../context.ts';

/** Handlers of `figures.*`. */
export function figureHandlers({ draw }: Context): Pick<Handlers, 'figures.render'> {
  return { 'figures.render': (request) => draw(request) };
}
