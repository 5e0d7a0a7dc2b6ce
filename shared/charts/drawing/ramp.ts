/** Colour ramps: viridis (Smith and van der Walt, 2015), even to the eye and readable by colour-blind people; and one around zero. */

/** Ten colours of viridis, from low to high, as red, green, blue. */
const stops: readonly (readonly [number, number, number])[] = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 73, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [110, 206, 88],
  [181, 222, 43],
  [253, 231, 37],
];

/**
 * The colour at a share of the ramp.
 * @param share 0 to 1; what lies beyond takes the end's colour
 * @param shade factor of the brightness, for surfaces in light
 */
export function rampColor(share: number, shade = 1): string {
  return mixed(stops, share, shade);
}

function mixed(colors: readonly (readonly [number, number, number])[], share: number, shade: number): string {
  const at = Math.max(0, Math.min(1, share)) * (colors.length - 1);
  const index = Math.min(colors.length - 2, Math.floor(at));
  const rest = at - index;
  const channels = colors[index]!.map((from, channel) => {
    const to = colors[index + 1]![channel]!;
    return Math.round(Math.max(0, Math.min(255, (from + rest * (to - from)) * shade)));
  });
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** Seven colours from blue over a light grey to red: ColorBrewer's RdBu (Brewer, 2002), readable by colour-blind people. */
const sides: readonly (readonly [number, number, number])[] = [
  [33, 102, 172],
  [103, 169, 207],
  [209, 229, 240],
  [240, 240, 240],
  [253, 219, 199],
  [239, 138, 98],
  [178, 24, 43],
];

/**
 * The colour at a share of the ramp of values around zero: blue below, light grey at zero, red above.
 * @param share 0 to 1, ½ is zero; what lies beyond takes the end's colour
 */
export function divergingColor(share: number): string {
  return mixed(sides, share, 1);
}
