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

/** Where an axis ends of which nobody planned how far it goes, such as of a distance: at 1, 2 or 5 times a power of ten. @param reached above 0 */
export function roundEnd(reached: number): number {
  const power = 10 ** Math.floor(Math.log10(reached));
  return [1, 2, 5, 10].map((times) => times * power).find((end) => end >= reached) ?? reached;
}
