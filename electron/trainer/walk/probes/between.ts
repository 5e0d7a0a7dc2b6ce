/** The points between two of a step, written where the walk's vectors lie. */
import { emptyPoint } from '../point.ts';
import type { Layout, Point } from '../point.ts';
import type { VectorSpace } from '../space/space.ts';
import { blend } from '../vector.ts';

/** Points to write blends into, and how they are written. */
export interface Between {
  /** As many as are evaluated at once. */
  between: readonly Point[];
  /** Writes (1−α)·start + α·end; exactly `start` at 0 and `end` at 1. @param alpha in [0, 1] */
  blend: (start: Point, end: Point, alpha: number, into: Point) => Promise<void>;
}

/** Makes so many points in a space. */
export async function openBetween(space: VectorSpace, count: number, model: Layout): Promise<Between> {
  const between: Point[] = [];
  while (between.length < count) between.push(emptyPoint(model, await space.vector()));
  return {
    between,
    async blend(start, end, alpha, into) {
      await space.blend(start.parameters, end.parameters, alpha, into.parameters);
      blend(start.statistics, end.statistics, alpha, into.statistics);
    },
  };
}
