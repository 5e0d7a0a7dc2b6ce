/** The points on the line of a step, written where the walk's vectors lie. */
import type { Place } from '../evaluator.ts';
import { emptyPoint, leastVariance, variancesOf } from '../point.ts';
import type { Layout, Point } from '../point.ts';
import type { Step } from '../sources/source.ts';
import type { VectorSpace } from '../space/space.ts';
import { blend } from '../vector.ts';

/** Points to write blends into, and how they are written. */
export interface Between {
  /** As many as are evaluated at once. */
  between: readonly Point[];
  /**
   * Writes (1−α)·start + α·end; exactly `start` at 0 and `end` at 1. Beyond the step a running variance does not fall below a tenth of the smaller
   * of both.
   */
  blend: (start: Point, end: Point, alpha: number, into: Point) => Promise<void>;
}

/** Makes so many points in a space; none where no line is probed. */
export async function openBetween(space: VectorSpace, count: number, model: Layout): Promise<Between> {
  const between: Point[] = [];
  const variances = variancesOf(model);
  while (between.length < count) between.push(emptyPoint(model, await space.vector()));
  return {
    between,
    async blend(start, end, alpha, into) {
      await space.blend(start.parameters, end.parameters, alpha, into.parameters);
      blend(start.statistics, end.statistics, alpha, into.statistics);
      if (alpha >= 0 && alpha <= 1) return;
      for (const [index, isVariance] of variances.entries())
        if (isVariance)
          into.statistics[index] = Math.max(
            into.statistics[index]!,
            leastVariance * Math.min(start.statistics[index]!, end.statistics[index]!),
          );
    },
  };
}

/**
 * Takes places on the line of a step, as many at a time as there are points for.
 * @param go `tick`: before each time; `stopped`: whether to give up
 * @param take is given places with their points written, which are good until it has answered
 * @returns false when stopped on the way
 * @throws RangeError where there are no points to write them into
 */
export async function takeAlong(
  { between, blend }: Between,
  { from, to }: Pick<Step, 'from' | 'to'>,
  alphas: readonly number[],
  go: { tick: () => void; stopped: () => boolean },
  take: (places: readonly Place[]) => Promise<void>,
): Promise<boolean> {
  if (between.length === 0) throw new RangeError('there is no point to write the places of a line into');
  for (let first = 0; first < alphas.length; first += between.length) {
    go.tick();
    if (go.stopped()) return false;
    const places = alphas
      .slice(first, first + between.length)
      .map((alpha, index): Place => ({ alpha, point: between[index]! }));
    for (const { alpha, point } of places) await blend(from, to, alpha, point);
    await take(places);
  }
  return true;
}
