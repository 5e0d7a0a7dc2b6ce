/** The keys that walk from step to step. */
import { useEventListener } from '@vueuse/core';
import { commandAt } from '../commands/commands.ts';
import type { CommandId } from '../commands/commands.ts';

/** Keys of the player that work wherever the page has no use of its own for them. */
const playerKeys: readonly CommandId[] = [
  'chart.play',
  'chart.before',
  'chart.after',
  'chart.tenBefore',
  'chart.tenAfter',
];

/** What the keys do. */
interface StepActions {
  /** The selected step; 0 where none is. */
  at: () => number;
  /** The last step; null before there is one. */
  last: () => number | null;
  /** The next step after or before one that has a barrier; null where there is none. */
  barrier: (from: number, direction: 1 | -1) => number | null;
  select: (iteration: number) => void;
  /** Plays or pauses. */
  toggle: () => void;
}

/**
 * Listens to the keys for as long as the view lives: to those of the player wherever the page has no use of its own for them.
 * @returns what takes a key of the chart that has the focus
 */
export function useStepKeys({ at, last, barrier, select, toggle }: StepActions): (event: KeyboardEvent) => void {
  function press(event: KeyboardEvent): void {
    const step = at();
    const moves: Partial<Record<CommandId, () => number | null>> = {
      'chart.before': () => step - 1,
      'chart.after': () => step + 1,
      'chart.tenBefore': () => step - 10,
      'chart.tenAfter': () => step + 10,
      'chart.first': () => 0,
      'chart.last': last,
      'chart.nextBarrier': () => barrier(step, 1),
      'chart.barrierBefore': () => barrier(step, -1),
    };
    const command = commandAt('On a chart', event);
    if (command === 'chart.play') {
      event.preventDefault();
      toggle();
      return;
    }
    const target = command === null ? undefined : moves[command]?.();
    if (target === undefined) return;
    event.preventDefault();
    if (target !== null) select(target);
  }
  useEventListener('keydown', (event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    const target = event.target as HTMLElement;
    const free = target === document.body || target.closest('.stage') !== null;
    if (!free || target.closest('button, a, input, select, textarea, [role="combobox"]')) return;
    const command = commandAt('On a chart', event);
    if (command !== null && playerKeys.includes(command)) press(event);
  });
  return press;
}
