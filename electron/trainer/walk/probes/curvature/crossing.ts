/** Searches the smallest rate at which a step down the gradient raises the loss. */

/** By how much a step at a rate raises the loss, and up to which size of that nothing is told. */
export interface Change {
  /** L(θ − η·g) − L(θ); +∞ where the loss is no finite number. */
  change: number;
  /** What rounding may do to it, ≥ 0. */
  resolution: number;
}

/** Where the loss is as high again as where the step begins. */
export interface Crossing {
  /** η_c: where the secant of the bracket has it or, in the middle of rates at which rounding hides it, that middle. */
  rate: number;
  /** A rate that surely lowers the loss. */
  lower: number;
  /** A greater rate that surely raises it. */
  upper: number;
}

/** What is known of the line. */
interface Line {
  /** ‖g‖², by which the loss falls at first, per rate; above 0. */
  squaredNorm: number;
  /** Where to begin: well below the crossing, as far as is known; above 0. */
  start: number;
  /** How many more changes may be computed, asked before each; one that is known already costs none. */
  left: () => number;
}

/** A rate with what it does. */
interface Tried extends Change {
  rate: number;
}

/** Most rates while they grow by √2, a factor of 4096 in all: a rise that comes and goes within √2 is not seen. */
const mostGrowths = 24;
/** Most rates while a start is looked for, and powers of √2 by which one is lowered where it is too far and raised where rounding hides what it does. */
const mostStarts = 8;
const [nearer, farther] = [4, 2];
/** Share of the rate that a bracket may be wide, and most rates that make it narrow. */
const tolerance = 0.01;
const mostRefined = 12;

const raises = ({ change, resolution }: Change): boolean => change > resolution;
const lowers = ({ change, resolution }: Change): boolean => change < -resolution;

/** Whether one end surely lowers the loss and the other surely raises it. */
export const isSure = (lower: Change, upper: Change): boolean => lowers(lower) && raises(upper);

/**
 * Grows from a rate well below, one that surely lowers the loss and by no less than half of what the slope says (Armijo's condition with ½, which on a quadratic
 * holds up to half of η_c), looked for at lower rates where one is too far and at greater ones where rounding hides what it does; by √2 until the loss is surely raised, and then narrows the bracket by secants of change/rate, straight lines on a
 * quadratic, every third time by its middle.
 * @param changeAt null when stopped on the way
 * @returns `stopped`, or `none` where none of the rates tried lowers the loss by more than rounding, or none raises it
 */
export async function smallestCrossing(
  changeAt: (rate: number) => Promise<Change | null>,
  { squaredNorm, start, left }: Line,
): Promise<Crossing | 'none' | 'stopped'> {
  const at = async (rate: number): Promise<Tried | null> => {
    const change = await changeAt(rate);
    return change && { rate, ...change };
  };

  // steps of √2, and what a search that is made again asks for is the same to the bit
  const rateAt = (power: number): number => start * 2 ** (power / 2);
  let lower: Tried | null = null;
  let power = 0;
  /** The greatest power below all that are too far at which rounding hides what happens, and the least that is too far. */
  let [near, far] = [-Infinity, Infinity];
  for (let tries = 0; lower === null && tries < mostStarts && left() > 0; tries++) {
    if (far - near <= 1) break;
    if (tries > 0)
      power = near === -Infinity ? far - nearer : far === Infinity ? near + farther : Math.floor((near + far) / 2);
    const tried = await at(rateAt(power));
    if (tried === null) return 'stopped';
    // Armijo's condition with ½, as far as rounding lets it be told
    const isWell = tried.change - tried.resolution <= (-tried.rate * squaredNorm) / 2 && !raises(tried);
    if (isWell && lowers(tried)) lower = tried;
    else if (isWell) near = power;
    else far = power;
  }
  if (lower === null) return 'none';

  let upper: Tried | null = null;
  for (let tries = 0; upper === null && tries < mostGrowths && left() > 0; tries++) {
    const tried = await at(rateAt(++power));
    if (tried === null) return 'stopped';
    if (raises(tried)) upper = tried;
    else if (lowers(tried)) lower = tried;
  }
  if (upper === null) return 'none';

  /** Least and greatest rate in the bracket at which rounding hides what happens. */
  let hidden: [number, number] | null = null;
  for (let tries = 0; tries < mostRefined && left() > 0 && !isNarrow(lower, upper, hidden); tries++) {
    const tried = await at(hidden ? besideHidden(lower, upper, hidden) : within(lower, upper, tries));
    if (tried === null) return 'stopped';
    const { rate } = tried;
    if (raises(tried)) upper = tried;
    else if (lowers(tried)) lower = tried;
    else hidden = hidden ? [Math.min(hidden[0], rate), Math.max(hidden[1], rate)] : [rate, rate];
    // what is sure beyond it takes its place
    if (hidden && (hidden[0] >= upper.rate || hidden[1] <= lower.rate)) hidden = null;
    else if (hidden) hidden = [Math.max(hidden[0], lower.rate), Math.min(hidden[1], upper.rate)];
  }
  const rate = hidden ? (hidden[0] + hidden[1]) / 2 : secant(lower, upper);
  return { rate, lower: lower.rate, upper: upper.rate };
}

/** Whether a bracket needs no more narrowing. */
function isNarrow(lower: Tried, upper: Tried, hidden: [number, number] | null): boolean {
  const wide = tolerance * upper.rate;
  if (!hidden) return upper.rate - lower.rate <= wide;
  return Math.max(hidden[0] - lower.rate, upper.rate - hidden[1]) <= wide / 2;
}

/** The middle of the wider side of what is hidden. */
function besideHidden(lower: Tried, upper: Tried, [first, last]: [number, number]): number {
  return first - lower.rate > upper.rate - last ? (lower.rate + first) / 2 : (last + upper.rate) / 2;
}

/** Where the straight line through change/rate at both ends is 0; their geometric mean where the loss at the upper one is infinite. */
function secant(lower: Tried, upper: Tried): number {
  const [below, above] = [lower.change / lower.rate, upper.change / upper.rate];
  if (!Number.isFinite(above)) return Math.sqrt(lower.rate * upper.rate);
  return (lower.rate * above - upper.rate * below) / (above - below);
}

/**
 * The next rate of a bracket: a little beyond the secant's, towards the farther end, so that a good guess becomes an end of a narrow bracket; as far
 * as rounding hides, by the bracket's slope.
 */
function within(lower: Tried, upper: Tried, tries: number): number {
  const width = upper.rate - lower.rate;
  if (tries % 3 === 2) return lower.rate + width / 2;
  const guess = secant(lower, upper);
  const blur = (width * Math.max(lower.resolution, upper.resolution)) / (upper.change - lower.change);
  const margin = Math.max((tolerance / 3) * guess, 1.5 * blur);
  const next = guess - lower.rate > upper.rate - guess ? guess - margin : guess + margin;
  return Math.min(Math.max(next, lower.rate + width / 20), upper.rate - width / 20);
}
