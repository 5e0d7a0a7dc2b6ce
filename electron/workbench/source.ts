/** The store as a source of figures, and the drawing of them. */
import { join } from 'node:path';
import type { FigureFile } from '../../shared/charts/request.ts';
import type { FigureSource } from '../../shared/charts/source.ts';
import { drawInThread } from './figures/drawing.ts';
import type { FigureRequest } from './figures/render.ts';
import type { Store } from './store/store.ts';
import { openSummaries } from './summaries.ts';
import type { Summaries } from './summaries.ts';

/** Reads straight from the store. @param summaries those that are known already */
export function figureSource(store: Store, summaries: Summaries = openSummaries(store)): FigureSource {
  return {
    run: (id) => store.runs.get(id).record,
    iterations: (id) => store.records.iterations(store.runs.key(id), 0),
    slices: (id, from, to) => store.records.slices(store.runs.key(id), from, to),
    epochs: (id) => store.records.epochs(store.runs.key(id)),
    analysis: (id) => ({ ...store.analyses.get(id).record, result: store.analyses.result(id) }),
    curvature: (id) => store.records.curvature(store.runs.key(id), 0),
    summary: (id, name) => summaries.one(id, name),
    times: (id) => store.records.times(store.runs.key(id)),
  };
}

/**
 * Draws figures from a source, in a thread and within a time.
 * @param resources folder that holds fonts/
 */
export function figureDrawing(
  source: FigureSource,
  resources: string,
  version: string,
): (request: FigureRequest) => Promise<FigureFile> {
  return drawInThread(source, { fonts: join(resources, 'fonts'), version });
}
