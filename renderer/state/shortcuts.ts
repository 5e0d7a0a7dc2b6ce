/** The keyboard's shortcuts: one table for the keys and for the sheet that lists them. */
import { onMounted, onScopeDispose, ref } from 'vue';
import type { Ref } from 'vue';
import { useRouter } from 'vue-router';

/** A shortcut as the sheet lists it. */
export interface Shortcut {
  keys: readonly string[];
  does: string;
}

/** Places that `g` and a letter go to. */
const places: Readonly<Record<string, { path: string; does: string }>> = {
  r: { path: '/runs', does: 'Runs' },
  c: { path: '/compare', does: 'Compare' },
  f: { path: '/figures', does: 'Figures' },
  d: { path: '/data', does: 'Data' },
  s: { path: '/settings', does: 'Settings' },
};

/** Everything the sheet shows, by where it works. */
export const shortcutSheet: readonly { where: string; shortcuts: readonly Shortcut[] }[] = [
  {
    where: 'Everywhere',
    shortcuts: [
      { keys: ['n'], does: 'New experiment' },
      ...Object.entries(places).map(([key, place]) => ({ keys: ['g', key], does: place.does })),
      { keys: ['?'], does: 'This sheet' },
    ],
  },
  {
    where: 'On a chart',
    shortcuts: [
      { keys: ['←', '→'], does: 'Step before, step after' },
      { keys: ['Shift ←', 'Shift →'], does: 'Ten steps' },
      { keys: ['Home', 'End'], does: 'First step, last step' },
      { keys: ['b', 'B'], does: 'Next barrier, barrier before' },
      { keys: ['+', '−'], does: 'Zoom in, zoom out around the step' },
      { keys: ['0'], does: 'Show everything' },
    ],
  },
  {
    where: 'On a figure',
    shortcuts: [
      { keys: ['Ctrl S'], does: 'Save' },
      { keys: ['Ctrl Z'], does: 'Undo' },
      { keys: ['Ctrl Shift Z'], does: 'Redo' },
    ],
  },
  {
    where: 'In forms',
    shortcuts: [{ keys: ['Ctrl Enter'], does: 'Start the experiment' }],
  },
];

/** Whether a key press belongs to a field or a dialog. */
function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  return (
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    (target?.closest('input, textarea, select, [contenteditable], [role="dialog"], [role="listbox"]') ?? null) !== null
  );
}

/** Listens for the shortcuts that work everywhere. @returns whether the sheet is open. */
export function useShortcuts(): Ref<boolean> {
  const router = useRouter();
  const sheetOpen = ref(false);
  let wentAt = -Infinity;
  const press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || isTyping(event)) return;
    const going = event.timeStamp - wentAt < 1500;
    wentAt = -Infinity;
    if (going && places[event.key]) void router.push(places[event.key]!.path);
    else if (event.key === 'g') wentAt = event.timeStamp;
    else if (event.key === 'n') void router.push('/new');
    else if (event.key === '?') sheetOpen.value = true;
    else return;
    event.preventDefault();
  };
  onMounted(() => window.addEventListener('keydown', press));
  onScopeDispose(() => window.removeEventListener('keydown', press));
  return sheetOpen;
}
