/** Names of figure files, in characters that every file system takes. */
import { slug } from '../../../shared/slug.ts';
import type { FigureFormat } from '../../../shared/charts/request.ts';

/** The name of a figure's file, such as `learning-rates.svg`. */
export function figureName(name: string, format: FigureFormat): string {
  return `${slug(name.toLowerCase(), 100) || 'figure'}.${format}`;
}
