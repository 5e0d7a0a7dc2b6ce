/** What is brushed on parallel axes, and which values that holds. */
import { axisValues, runAxis } from '../../shared/over-settings/run-axis.ts';
import type { RunPoint } from '../../shared/over-settings/run-axis.ts';
import type { Brush } from '../../shared/over-settings/brush-filter.ts';

/** Stretches by the name of the axis: of numbers by their ends, of words by their places among all, from 0. */
export type Areas = Readonly<Record<string, readonly (readonly [number, number])[]>>;

/** The areas with those of one axis replaced; none takes it away. */
export function withAreas(areas: Areas, axis: string, intervals: readonly (readonly [number, number])[]): Areas {
  const { [axis]: _, ...others } = areas;
  return intervals.length > 0 ? { ...others, [axis]: intervals } : others;
}

/** Brushes of areas. @param points whose words have the places that areas count in; the axes of the chart */
export function brushesOf(areas: Areas, points: readonly RunPoint[], axes: readonly string[]): Brush[] {
  return Object.entries(areas)
    .filter(([name]) => axes.includes(name))
    .map(([name, intervals]) => {
      const axis = runAxis(name)!;
      const words = axis.words ? axisValues(axis, points) : [];
      return {
        axis: name,
        holds: (value) => {
          const at = typeof value === 'number' ? value : words.indexOf(value);
          return intervals.some(([from, to]) => at >= Math.min(from, to) && at <= Math.max(from, to));
        },
      };
    });
}

/** The points that have a value on every axis: those that are drawn. */
export function drawnPoints<P extends RunPoint>(points: readonly P[], axes: readonly string[]): P[] {
  const all = axes.map((name) => runAxis(name)!);
  return points.filter((point) => all.every((axis) => axis.value(point) !== null));
}
