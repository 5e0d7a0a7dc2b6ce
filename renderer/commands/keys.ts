/** Key presses as text: how commands name them, and how the sheet writes them for people. */

/** A key press as text: `k`, `Mod+k`, `Shift+ArrowLeft`, `Mod+Shift+z`. Shift is said only where it does not change the character. */
export function keysOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
  const mod = event.ctrlKey || event.metaKey;
  const named = event.key.length > 1;
  const key = event.key === ' ' ? 'Space' : mod && !named ? event.key.toLowerCase() : event.key;
  return [mod && 'Mod', event.altKey && 'Alt', event.shiftKey && (named || mod) && 'Shift', key]
    .filter((part) => part !== false)
    .join('+');
}

const signs: Readonly<Record<string, string>> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' };

/**
 * The caps to press, one after the other, each as a keyboard names it: `Mod+k` gives `Ctrl K`, or `⌘ K` on a Mac.
 * @param mac whether it is a Mac's keyboard
 */
export function capsOf(keys: string, mac: boolean): string[] {
  return keys.split(' ').map((press) => {
    if (press.length === 1) return press === '-' ? '−' : press;
    return press
      .split('+')
      .map((part) => {
        if (part === 'Mod') return mac ? '⌘' : 'Ctrl';
        return signs[part] ?? (part.length === 1 ? part.toUpperCase() : part);
      })
      .join(' ');
  });
}
