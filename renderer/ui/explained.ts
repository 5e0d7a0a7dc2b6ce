/** What explains the name of a column, a chart or a quantity. */
import type { ChartedKind } from '../../shared/quantities/index.ts';

/** What explains a name: a quantity of the shared tables, or a sentence. */
export interface Explained {
  metric?: { record: ChartedKind; key: string };
  help?: string;
}
