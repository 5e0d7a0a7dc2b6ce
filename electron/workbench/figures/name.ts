/** Names of figure files: what is drawn of which run, in characters that every file system takes. */
import { slug } from '../../../shared/slug.ts';
import type { ChartSpec, FigureRequest } from '../../../shared/figures/request.ts';

/** The name of a figure's file, such as `quick-walk--walk.svg`. */
export function figureName(runs: readonly string[], spec: ChartSpec, format: FigureRequest['format']): string {
  const first = slug((runs[0] ?? '').toLowerCase()) || 'run';
  const others = runs.length > 1 ? `-and-${runs.length - 1}-more` : '';
  return `${first}${others}--${chartSlug(spec)}.${format}`;
}

function chartSlug(spec: ChartSpec): string {
  switch (spec.chart) {
    case 'walk':
      return 'walk';
    case 'heights':
      return 'heights';
    case 'slice':
      return `slice-${spec.iteration}`;
    case 'iteration-metric':
      return slug(spec.metric);
    case 'epoch-metric':
      return `${slug(spec.metric)}-by-epoch`;
  }
}
