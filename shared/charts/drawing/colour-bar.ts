/** A colour bar at the right of the plot: the scale's colours with round values beside them. */
import type { CustomSeriesOption } from 'echarts';
import type { ColourScale } from './colour-scale.ts';
import { drawnOnce } from './series.ts';
import type { Plot } from './series.ts';
import type { ChartStyle } from './style.ts';
import { formatTick } from './text.ts';

/** Steps of the bar: enough to look continuous, few enough for a small file. */
const barSteps = 48;

/** Room that the bar takes at the right of the plot, in font sizes. */
export const colourBarRoom = 6.4;

/** The bar. @param title what the colours are, with its unit; written above the bar's end */
export function colourBarSeries(id: string, scale: ColourScale, title: string, style: ChartStyle): CustomSeriesOption {
  const { palette, fontFamily, fontSize } = style;
  const series = drawnOnce(id, id, [0, 0], 2, (parameters) => {
    const plot = parameters.coordSys as unknown as Plot;
    const left = plot.x + plot.width + fontSize * 0.8;
    const width = fontSize * 0.8;
    const y = (share: number): number => plot.y + plot.height * (1 - share);
    const text = { fill: palette.muted, fontFamily, fontSize, textVerticalAlign: 'middle' as const };
    // a label too near to the one below it is left out
    let free = Infinity;
    const labels = scale.ticks.filter((tick) => {
      const at = y(scale.share(tick));
      if (at > free - fontSize * 1.25 && free !== Infinity) return false;
      free = at;
      return true;
    });
    return {
      type: 'group',
      children: [
        ...Array.from({ length: barSteps }, (_, step) => ({
          type: 'rect' as const,
          shape: {
            x: left,
            y: y((step + 1) / barSteps),
            width,
            // each reaches under the one above it, so that no seam shows
            height: (plot.height / barSteps) * (step === 0 ? 1 : 1.2),
          },
          style: { fill: scale.colour((step + 0.5) / barSteps) },
        })).reverse(),
        ...labels.map((tick) => ({
          type: 'text' as const,
          style: {
            ...text,
            text: formatTick(tick),
            x: left + width + fontSize * 0.35,
            y: y(scale.share(tick)),
          },
        })),
        {
          type: 'text' as const,
          style: {
            ...text,
            text: title,
            textAlign: 'right' as const,
            x: plot.x + plot.width + (colourBarRoom - 0.8) * fontSize,
            y: plot.y - fontSize * 0.8,
          },
        },
      ],
    };
  });
  // it stands beside the plot
  return { ...series, clip: false };
}
