/** Plays a run step by step: which iteration comes next, and how fast. */
import { useRafFn } from '@vueuse/core';
import type { Ref } from 'vue';
import { lowerBound } from '../../shared/ordered.ts';
import { remembered } from '../ui/storage.ts';

/** Steps a second that can be chosen. */
export const playerSpeeds = [1, 2, 5, 10, 20, 60] as const;

/**
 * The iteration `stride` places after another (before it, if negative) among those that are played; the last or first one
 * where there are fewer, null where there is none on that side.
 * @param played iterations, ascending
 */
export function stepFrom(played: Float64Array, at: number, stride: number): number | null {
  if (played.length === 0 || stride === 0) return null;
  const here = lowerBound(played, at);
  // between two of them, the one after is one step away, and so is the one before
  const target = stride > 0 ? here + stride - (played[here] === at ? 0 : 1) : here + stride;
  const found = played[Math.max(0, Math.min(played.length - 1, target))]!;
  return stride > 0 ? (found > at ? found : null) : found < at ? found : null;
}

/** A player. */
export interface Player {
  playing: Readonly<Ref<boolean>>;
  /** Steps a second. */
  speed: Ref<number>;
  /** Only probed iterations, whose slices can be drawn. */
  probedOnly: Ref<boolean>;
  /** Starts, from the first iteration where the walk is at its end; or pauses. */
  toggle(): void;
  pause(): void;
}

/**
 * Plays in step with the screen: a frame that comes late makes a longer stride, so that the pace holds.
 * @param played iterations to go through, ascending
 * @param at the present one
 * @param show shows another
 */
export function usePlayer(
  played: () => Float64Array,
  at: () => number | null,
  show: (iteration: number) => void,
): Player {
  const speed = remembered<number>('player-speed', (stored) => playerSpeeds.find((one) => one === stored) ?? 5);
  const probedOnly = remembered<boolean>('player-probed', (stored) => stored !== false);
  let due = 0;

  const { isActive: playing, pause, resume } = useRafFn(({ timestamp }) => tick(timestamp), { immediate: false });
  function tick(now: number): void {
    const interval = 1000 / speed.value;
    if (now >= due) {
      // after a pause of the whole window there is nothing to catch up with
      const stride = now - due > 1000 ? 1 : 1 + Math.floor((now - due) / interval);
      due = now - due > 1000 ? now + interval : due + stride * interval;
      const next = stepFrom(played(), at() ?? -1, stride);
      if (next === null) pause();
      else show(next);
    }
  }
  function toggle(): void {
    if (playing.value) {
      pause();
      return;
    }
    const all = played();
    if (all.length === 0) return;
    due = performance.now() + 1000 / speed.value;
    if (stepFrom(all, at() ?? -1, 1) === null) show(all[0]!);
    resume();
  }
  return { playing, speed, probedOnly, toggle, pause };
}
