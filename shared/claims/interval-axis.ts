/** The axis on which a statistic stands with its interval. */
import { share } from '../quantities/quantity.ts';
import type { StatisticResult } from './result.ts';

/** Ends of the axis: of a share nothing and all, else all that is drawn, with room beside it. */
export function intervalAxis(
  statistic: Pick<StatisticResult, 'share' | 'value' | 'low' | 'high' | 'threshold' | 'null_low' | 'null_high'>,
): [number, number] {
  if (statistic.share) return [share.least, share.most];
  const { value, low, high, threshold, null_low, null_high } = statistic;
  const all = [value, low, high, threshold, null_low, null_high].filter((each) => each !== null);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const room = most > least ? 0.12 * (most - least) : Math.abs(most) || 1;
  return [least - room, most + room];
}
