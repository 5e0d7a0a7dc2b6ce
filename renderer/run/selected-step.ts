/** The selected step of a run: the latest one while it is followed, or one that was chosen, which the address keeps. */
import { useThrottleFn } from '@vueuse/core';
import { onBeforeUnmount, onMounted, ref, watch } from 'vue';
import type { Ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { RunData } from '../../shared/charts/index.ts';
import { revealing } from '../chart/chart-link.ts';
import type { ChartLink, Range } from '../chart/chart-link.ts';
import { latestStep } from './reading.ts';

/** Shortest time between two changes of the address, in milliseconds: browsers refuse to change it more often. */
const addressInterval = 400;

/** What decides which steps there are to select. */
interface Walk {
  data: Readonly<Ref<RunData | null>>;
  /** The last iteration; null before there is one. */
  last: Readonly<Ref<number | null>>;
  domain: Readonly<Ref<readonly [number, number]>>;
  /** Stretches of probed iterations. */
  stretches: Readonly<Ref<readonly Range[]>>;
  /** Whether there are more iterations to come. */
  live: Readonly<Ref<boolean>>;
}

/** The selection of a step. */
export interface SelectedStep {
  /** Whether the latest step is selected whenever there is another. */
  following: Readonly<Ref<boolean>>;
  /** Shows a step everywhere: in the inspector, the marks of all panels, the slice. */
  show: (iteration: number) => void;
  /** Selects the latest step from now on. */
  follow: () => void;
}

/** Keeps the selected step of a run, in the link of its charts. */
export function useSelectedStep(link: ChartLink, { data, last, domain, stretches, live }: Walk): SelectedStep {
  const route = useRoute();
  const router = useRouter();
  const following = ref(true);

  // the address keeps the selected step, so that a reload shows it again
  onMounted(() => {
    const asked = Number(route.query['step']);
    if (route.query['step'] !== undefined && Number.isInteger(asked) && asked >= 0) {
      link.selected = asked;
      following.value = false;
    }
  });
  watch(
    [data, following],
    () => {
      if (following.value && data.value) link.selected = latestStep(data.value.iterations);
    },
    { immediate: true },
  );
  // a long run with a few probed iterations opens where the walk can be seen
  watch(
    () => data.value !== null,
    (loaded) => {
      const [first] = stretches.value;
      if (!loaded || !first || link.range || live.value) return;
      if ((first.to - first.from + 1) * 4 < domain.value[1]) {
        link.range = { from: first.from, to: first.to + 1 };
        if (following.value) link.selected = first.to;
        following.value = false;
      }
    },
    { immediate: true },
  );

  let left = false;
  onBeforeUnmount(() => (left = true));
  // not at every step that is played
  const keepStep = useThrottleFn(
    () => {
      if (left || following.value || link.selected === null) return;
      void router.replace({ query: { ...route.query, step: String(link.selected) } });
    },
    addressInterval,
    true,
  );
  function show(iteration: number): void {
    if (last.value === null) return;
    const step = Math.max(0, Math.min(last.value, iteration));
    following.value = false;
    link.selected = step;
    link.range = revealing(link.range, domain.value, step);
    void keepStep();
  }
  function follow(): void {
    following.value = true;
    const { step: _, ...rest } = route.query;
    void router.replace({ query: rest });
  }
  return { following, show, follow };
}
