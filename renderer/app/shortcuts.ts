/** Listens to the keyboard for the commands of the whole window. */
import { useEventListener } from '@vueuse/core';
import { ref } from 'vue';
import { useRouter } from 'vue-router';
import { allCommands, actionOf, hasKey, offer } from '../commands/commands.ts';
import { keysOf } from '../commands/keys.ts';
import { currentHost } from '../connection/host/index.ts';
import { goCommands } from './shortcut-sheet.ts';
import { themeChoice } from '../ui/theme.ts';

/** Whether the palette is open. */
export const paletteOpen = ref(false);
/** Whether the sheet of shortcuts is open. */
export const sheetOpen = ref(false);

/** Milliseconds in which the second key of a sequence must follow the first. */
const patience = 1500;

function within(event: KeyboardEvent, selector: string): boolean {
  return ((event.target as HTMLElement | null)?.closest(selector) ?? null) !== null;
}

/** Offers the commands of the whole window and listens for all that have keys, and to the desktop's menu; once, in the frame. */
export function useShortcuts(): void {
  const router = useRouter();
  offer({
    palette: () => (paletteOpen.value = true),
    sheet: () => (sheetOpen.value = true),
    'theme.light': { run: () => (themeChoice.value = 'light'), ready: () => themeChoice.value !== 'light' },
    'theme.dark': { run: () => (themeChoice.value = 'dark'), ready: () => themeChoice.value !== 'dark' },
    'theme.system': { run: () => (themeChoice.value = 'system'), ready: () => themeChoice.value !== 'system' },
  });
  let begun = '';
  let begunAt = -Infinity;
  const press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || within(event, '[role="dialog"]')) return;
    const keys = keysOf(event);
    // a field takes letters; what is pressed with Ctrl or Cmd is a command even there
    const inField = within(
      event,
      'input:not([type="checkbox"]), textarea, select, [contenteditable], [role="listbox"]',
    );
    if (inField && !keys.startsWith('Mod+')) return;
    const sequence = begun !== '' && event.timeStamp - begunAt < patience ? `${begun} ${keys}` : keys;
    begun = '';
    const target = goCommands.find((command) => hasKey(command, sequence));
    const action = allCommands
      .filter((command) => hasKey(command, sequence) && !(inField && command.notInFields))
      .map((command) => actionOf(command.id))
      .find((one) => one !== null);
    if (target) void router.push(target.path);
    else if (action) void action.run();
    else if (goCommands.some((command) => command.keys?.some((one) => one.startsWith(`${keys} `)))) {
      begun = keys;
      begunAt = event.timeStamp;
    } else return;
    event.preventDefault();
  };
  useEventListener('keydown', press);
  currentHost().onMenu?.((route) => void router.push(route));
}
