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

/**
 * Ramps of lines: the part of viridis that stands out by 3 : 1 on the theme's background, in even steps of lightness (CIE L*), and so of
 * greys for print without colour. Tested, also under simulated colour blindness, in colour-blindness.test.ts.
 */
const lineStops: Readonly<
  Record<'light' | 'dark', Record<'colour' | 'grey', readonly (readonly [number, number, number])[]>>
> = {
  light: {
    colour: [
      [68, 1, 84],
      [70, 24, 105],
      [71, 43, 121],
      [65, 63, 132],
      [59, 81, 138],
      [51, 99, 141],
      [44, 116, 142],
      [37, 133, 142],
      [33, 149, 139],
      [38, 165, 132],
    ],
    grey: [
      [0, 0, 0],
      [144, 144, 144],
    ],
  },
  dark: {
    colour: [
      [48, 106, 142],
      [41, 123, 142],
      [35, 141, 140],
      [31, 158, 137],
      [46, 175, 126],
      [73, 191, 109],
      [109, 205, 89],
      [157, 217, 58],
      [205, 225, 41],
      [253, 231, 37],
    ],
    grey: [
      [106, 106, 106],
      [255, 255, 255],
    ],
  },
};

/**
 * The colour of a line at a share of the ramp.
 * @param share 0, the least value, to 1
 * @param isGrey without colour, for print
 */
export function sequentialColor(share: number, theme: 'light' | 'dark', isGrey = false): string {
  return mixed(lineStops[theme][isGrey ? 'grey' : 'colour'], share, 1);
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
