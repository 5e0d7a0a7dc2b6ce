/** Remembers where the window stood. */
import { screen } from 'electron';
import type { BrowserWindow, Rectangle } from 'electron';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const stateSchema = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().min(200),
  height: z.int().min(200),
  maximized: z.boolean(),
});
type State = z.output<typeof stateSchema>;

/** Reads the state; null when there is none, it is damaged, or its screen is gone. */
export function readWindowState(file: string): State | null {
  try {
    const state = stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return isVisible(state) ? state : null;
  } catch {
    return null;
  }
}

/** Writes the state when the window moves, grows or closes; at most twice a second. */
export function rememberWindowState(window: BrowserWindow, file: string): void {
  let timer: NodeJS.Timeout | null = null;
  const write = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    // hidden while the store is closed: it was written before, and a hidden window may tell another place
    if (window.isDestroyed() || !window.isVisible()) return;
    const state: State = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    try {
      writeFileSync(`${file}.new`, JSON.stringify(state));
      renameSync(`${file}.new`, file);
    } catch {
      // a window that forgets its place is no reason to disturb anybody
    }
  };
  const later = (): void => {
    timer ??= setTimeout(write, 500);
  };
  window.on('resize', later).on('move', later).on('maximize', later).on('unmaximize', later).on('close', write);
}

function isVisible(bounds: Rectangle): boolean {
  return screen.getAllDisplays().some(({ workArea: area }) => {
    const across = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
    const down = Math.min(bounds.y + bounds.height, area.y + area.height) - Math.max(bounds.y, area.y);
    return across > 100 && down > 100;
  });
}
