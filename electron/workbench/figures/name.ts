/** Names of figure files: what is drawn of which run, in characters that every file system takes. */
import type { ChartSpec, FigureRequest } from '../../../shared/figures/request.ts';

/** The name of a figure's file, such as `quick-walk--walk.svg`. */
export function figureName(runs: readonly string[], spec: ChartSpec, format: FigureRequest['format']): string {
  const first = slug(runs[0] ?? '');
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

/** Letters, digits and hyphens; at most 60 characters. */
function slug(text: string): string {
  const plain = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return plain || 'run';
}
