/** The horizontal axis of a run that goes on: it grows in coarse steps, so that the picture stands still between them. */

/** Up to so many iterations the axis has its whole planned length at once. */
const shortest = 48;

/**
 * Where the axis of a run that goes on ends: at its planned length, halved as often as what is done still fits in.
 * @param done iterations (or epochs) that are done
 * @param planned how many there will be
 * @param least a length below which it is not halved
 */
export function liveEnd(done: number, planned: number, least = shortest): number {
  let end = planned;
  while (end / 2 >= Math.max(done, least)) end /= 2;
  return Math.max(done, Math.ceil(end));
}
