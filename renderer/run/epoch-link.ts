/** Charts by epoch that are zoomed and pointed at with those by iteration. */
import { computed, reactive } from 'vue';
import type { ChartLink, Range } from '../chart/chart-link.ts';

/** The link of charts by epoch. */
export interface EpochLink {
  link: ChartLink;
  /** Whether less than an epoch is in view in the charts by iteration: those by epoch then show all of them. */
  isTooNarrow: () => boolean;
}

/**
 * The link of a run's charts in epochs instead of iterations. A view shorter than an epoch has no line to show by epochs: everything is
 * shown then. No step is marked, as an epoch is none.
 * @param link counts iterations
 * @param perEpoch iterations of an epoch
 */
export function useEpochLink(link: ChartLink, perEpoch: () => number): EpochLink {
  const isTooNarrow = (): boolean => link.range !== null && link.range.to - link.range.from < perEpoch();
  const scaled = (range: Range | null, by: number): Range | null =>
    range && { from: range.from * by, to: range.to * by };
  const inEpochs = reactive({
    range: computed(() => (isTooNarrow() ? null : scaled(link.range, 1 / perEpoch()))),
    cursor: computed(() => (link.cursor === null ? null : link.cursor / perEpoch())),
    selected: null,
    zoom: (range: Range | null) => link.zoom(scaled(range, perEpoch())),
    point: (x: number | null) => link.point(x === null ? null : x * perEpoch()),
  });
  return { link: inEpochs, isTooNarrow };
}
