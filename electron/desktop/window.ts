/** The window. */
import { BrowserWindow, nativeTheme } from 'electron';
import { join } from 'node:path';
import { keepWindowAlive } from './recovery.ts';
import { appOrigin } from './scheme.ts';
import { readWindowState, rememberWindowState } from './window-state.ts';

/** Opens the window where it last stood. @param folders where preload lies and where the state is kept. */
export function openWindow(folders: { dist: string; userData: string }): BrowserWindow {
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
  void window.loadURL(`${appOrigin}/`);
  return window;
}
