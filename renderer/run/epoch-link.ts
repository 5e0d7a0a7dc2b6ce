/** Charts by epoch that are zoomed and pointed at with those by iteration. */
import { computed, reactive, shallowRef } from 'vue';
import type { ChartLink, Range } from '../chart/chart-link.ts';

/** The link of charts by epoch. */
export interface EpochLink {
  link: ChartLink;
  /** Whether so little is in view in the charts by iteration that those by epoch show all of it. */
  isTooNarrow: () => boolean;
}

/** A view of fewer epochs has no line to show by epochs, unless it was chosen there. */
const fewest = 2;

/**
 * The link of a run's charts in epochs instead of iterations. No step is marked, as an epoch is none.
 * @param link counts iterations
 * @param perEpoch iterations of an epoch
 */
export function useEpochLink(link: ChartLink, perEpoch: () => number): EpochLink {
  /** The range that was chosen by epochs, while it is in view. */
  const own = shallowRef<Range | null>(null);
  const isTooNarrow = (): boolean => {
    const { range } = link;
    return range !== null && range !== own.value && range.to - range.from < fewest * perEpoch();
  };
  const scaled = (range: Range | null, by: number): Range | null =>
    range && { from: range.from * by, to: range.to * by };
  const inEpochs = reactive({
    range: computed(() => (isTooNarrow() ? null : scaled(link.range, 1 / perEpoch()))),
    cursor: computed(() => (link.cursor === null ? null : link.cursor / perEpoch())),
    selected: null,
    zoom: (range: Range | null) => {
      link.zoom(scaled(range, perEpoch()));
      own.value = link.range;
    },
    point: (x: number | null) => link.point(x === null ? null : x * perEpoch()),
  });
  return { link: inEpochs, isTooNarrow };
}
