/** Levels of a quantity on a plane: round numbers, dense where the valley is. */
import { drawableEnds, niceTicks } from './ticks.ts';

/** Levels and the range that colours span. */
export interface Levels {
  /** Ascending; an isoline runs along each. */
  at: number[];
  low: number;
  /** Colours end here: losses above it are drawn as this. */
  high: number;
}

/** Share of the values that lie within the levels: a plane often rises steeply at its corners, and the valley is what matters. */
const within = 0.9;

/**
 * Chooses some twelve levels.
 * @param values finite numbers, at least one
 */
export function levelsOf(values: readonly number[]): Levels {
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[0]!;
  const top = sorted.at(-1)!;
  const usual = sorted[Math.min(sorted.length - 1, Math.ceil(within * (sorted.length - 1)))]!;
  // a plane without steep corners is drawn whole
  const high = top - low < 3 * (usual - low) ? top : usual;
  const at = niceTicks(low, high, 12).filter((level) => level > low && level < high);
  const [, end] = drawableEnds([low, high > low ? high : low + 1]);
  return { at: at.length > 0 ? at : [low / 2 + high / 2], low, high: end };
}
