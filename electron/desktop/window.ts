/** The window. */
import { BrowserWindow, nativeTheme } from 'electron';
import { join } from 'node:path';
import { keepWindowAlive } from './recovery.ts';
import { appOrigin } from './scheme.ts';
import { readWindowState, rememberWindowState } from './window-state.ts';

/** Quitting, as the window asks for it: with it the app goes, but not before the store is closed. */
export interface Quitting {
  /** Asks the user where runs are in progress. @returns whether the app goes */
  ask(): boolean;
  /** Whether everything is closed, so that the window may go too. */
  isOver(): boolean;
}

/**
 * Opens the window where it last stood. Who closes it quits, and may choose to keep runs going instead: the window then stays as it is, with its
 * page, its place and what was typed.
 * @param folders where preload lies and where the state is kept
 */
export function openWindow(folders: { dist: string; userData: string }, quitting: Quitting): BrowserWindow {
  const stateFile = join(folders.userData, 'window.json');
  const state = readWindowState(stateFile);
  const window = new BrowserWindow({
    title: 'Valleywalk',
    width: state?.width ?? 1280,
    height: state?.height ?? 800,
    ...(state ? { x: state.x, y: state.y } : {}),
    minWidth: 800,
    minHeight: 560,
    // no white flash before the first paint in a dark room
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181d' : '#ffffff',
    show: false,
    webPreferences: {
      preload: join(folders.dist, 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    },
  });
  if (state?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  rememberWindowState(window, stateFile);
  keepWindowAlive(window);
  window.on('close', (event) => {
    if (quitting.isOver()) return;
    event.preventDefault();
    // it stays until the store is closed, and says so
    if (quitting.ask()) return;
    // a dead page is no place to stay at
    if (window.webContents.isCrashed()) window.webContents.reload();
  });
  void window.loadURL(`${appOrigin}/`);
  return window;
}
