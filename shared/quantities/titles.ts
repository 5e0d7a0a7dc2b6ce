/** What quantities are called where those of every record stand together, as in a menu. */
import { charted, drawnQuantity } from './index.ts';
import type { ChartedKind } from './index.ts';

/** Titles of the kinds of record, above their quantities. */
export const recordTitles = {
  iteration: 'By iteration',
  epoch: 'By epoch',
  curvature: 'Curvature',
} as const satisfies Record<ChartedKind, string>;

/** The title of a quantity; with its record where one of another record has the same, unless it is by iteration. @param key of a charted quantity */
export function titleAmongAll(record: ChartedKind, key: string): string {
  const { title } = drawnQuantity(record, key);
  const isShared = (Object.keys(charted) as ChartedKind[]).some(
    (other) => other !== record && charted[other].some((entry) => entry.title === title),
  );
  return isShared && record !== 'iteration' ? `${title}, ${recordTitles[record].toLowerCase()}` : title;
}
