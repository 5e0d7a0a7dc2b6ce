/** The legend of a comparison: its settings named once, their values beside the lines. */
import { groupingsOf } from '../../runs/group.ts';
import { lowered } from '../../setting-words.ts';
import type { ComparisonSpec } from '../kinds/comparison.ts';
import { hasCommonPlaces } from './comparison-curves.ts';
import type { Curve } from './comparison-groups.ts';
import type { Legend } from './legend.ts';
import { counted } from './text.ts';

/**
 * The legend of lines that have points, one entry a label: groups by their values under the title of what they are grouped by, with the
 * number of their runs. A figure from before looks had schemes says all of it in every entry.
 */
export function comparisonLegend(
  curves: readonly Curve[],
  spec: ComparisonSpec,
  isMarked: (key: string) => boolean,
): Legend {
  const first = [...new Map(curves.map((curve) => [curve.label, curve])).values()];
  const drawn = (key: string) => (isMarked(key) ? ('marked line' as const) : ('line' as const));
  if (spec.scheme === 'places') return { entries: first.map(({ key, label }) => ({ name: label, drawn: drawn(key) })) };
  const by = spec.group === null ? [] : groupingsOf(spec.group);
  const counts = first.map(({ runs }) => (hasCommonPlaces(spec) ? runs.length : 1));
  const alike = counts.every((count) => count === counts[0]);
  const title = by.map((grouping, index) => (index === 0 ? grouping.title : lowered(grouping.title))).join(', ');
  return {
    isLimited: true,
    title: title === '' ? null : alike && counts[0]! > 1 ? `${title} (${counts[0]} runs each)` : title,
    ...(title === '' ? {} : { shortTitle: title }),
    entries: first.map(({ key, label, value }, index) => ({
      name: label,
      drawn: drawn(key),
      ...(value === null ? {} : { text: value }),
      ...(value === null || alike ? {} : { text: `${value} (${counted(counts[index]!, 'run')})`, shortText: value }),
    })),
  };
}
