/** The desktop's entry. Main supervises and never computes: it opens the window, starts the workbench, owns dialogs and menu. */
import { app, BrowserWindow, dialog, ipcMain } from 'electron';
import { join } from 'node:path';
import { channels } from '../shared/bridge.ts';
import { answerDialogs } from './desktop/dialogs.ts';
import { isOurs } from './desktop/sender.ts';
import { lockDown, lockDownSession } from './desktop/lockdown.ts';
import { setMenu } from './desktop/menu.ts';
import { chooseRuntime } from './desktop/runtime.ts';
import { declareScheme, serveScheme } from './desktop/scheme.ts';
import { openWindow } from './desktop/window.ts';
import type { Quitting } from './desktop/window.ts';
import { WorkbenchProcess } from './desktop/workbench-process.ts';
import { defaultStore } from './files/places.ts';

/** In a package, what other processes read lies unpacked beside the archive. */
const root = app.getAppPath();
const unpacked = root.replace(/app\.asar$/, 'app.asar.unpacked');
const dist = join(root, 'dist');

function fail(title: string, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  console.error(`valleywalk: ${message}`);
  if (app.isReady()) dialog.showErrorBox(title, message);
  app.exit(1);
}

function start(): void {
  const userData = app.getPath('userData');
  const say = (message: string | null): void => {
    for (const window of BrowserWindow.getAllWindows()) window.webContents.send(channels.opening, message);
  };
  const workbench = new WorkbenchProcess({
    runtime: chooseRuntime(process.env, root, process.resourcesPath),
    workbench: join(unpacked, 'dist', 'node', 'workbench.js'),
    trainer: join(unpacked, 'dist', 'node', 'trainer.js'),
    store: defaultStore(),
    resources: join(unpacked, 'resources'),
    version: app.getVersion(),
    silent(seconds) {
      for (const window of BrowserWindow.getAllWindows()) window.webContents.send(channels.silent, seconds);
    },
    opening(message) {
      // what is said while it closes stays until it has
      if (quitting.waitsFor() === null) say(message);
    },
  });
  const quitting = quitInOrder(workbench, say);
  serveScheme(join(dist, 'renderer'));
  lockDownSession();
  answerDialogs(userData);
  setMenu();
  ipcMain.on(channels.connect, (event) => {
    if (!isOurs(event)) return;
    const waits = quitting.waitsFor();
    // a page that comes while all is closed is told so, and starts nothing
    if (waits === null) void workbench.connect(event.sender);
    else say(waits);
  });
  ipcMain.on(channels.restart, (event) => {
    if (isOurs(event)) workbench.restart();
  });
  const open = (): BrowserWindow => openWindow({ dist, userData }, quitting);
  open();

  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) open();
  });
  app.on('second-instance', () => {
    quitting.openAgain();
    const [window] = BrowserWindow.getAllWindows();
    if (window?.isMinimized()) window.restore();
    window?.show();
    window?.focus();
  });
  app.on('window-all-closed', () => app.quit());
}

/** Quitting, as the rest of the app asks for it. */
interface OrderlyQuitting extends Quitting {
  /** What the app waits for before it goes, in a sentence; null while it does not go. */
  waitsFor(): string | null;
  /** Has the app, where it goes, be opened again once it is gone: somebody started it meanwhile. */
  openAgain(): void;
}

/**
 * Asks before runs are stopped by quitting, then closes the store before the app goes.
 * @param say tells the windows, which stay until then, what is waited for
 * @returns how far that is
 */
function quitInOrder(workbench: WorkbenchProcess, say: (message: string) => void): OrderlyQuitting {
  let closing = false;
  let closed = false;
  let again = false;
  const waitsFor = (): string | null =>
    closing
      ? `Runs are stopped after their present iteration and the store is closed; then Valleywalk ${again ? 'opens again' : 'quits'}.`
      : null;
  app.on('before-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    // asked again while the store is still being closed
    if (closing) return;
    if (workbench.busy > 0 && !confirmStop(workbench.busy)) {
      if (BrowserWindow.getAllWindows().length === 0) app.emit('activate');
      return;
    }
    closing = true;
    say(waitsFor()!);
    // quit again rather than exit: windows then close in order and remember their place
    void workbench.close().finally(() => {
      closed = true;
      app.quit();
    });
  });
  return {
    ask() {
      // its listener above has answered when this returns
      app.quit();
      return closing;
    },
    isOver: () => closed,
    waitsFor,
    openAgain() {
      if (!closing || again) return;
      again = true;
      app.relaunch();
      say(waitsFor()!);
    },
  };
}

function confirmStop(runs: number): boolean {
  const options = {
    type: 'question' as const,
    message: runs === 1 ? 'A run is in progress.' : `${runs} runs are in progress.`,
    detail: 'Quitting stops them after their present iteration; what was recorded is kept.',
    buttons: ['Stop and Quit', 'Keep Running'],
    defaultId: 1,
    cancelId: 1,
  };
  return dialog.showMessageBoxSync(options) === 0;
}

if (!app.requestSingleInstanceLock()) app.exit(0);
else {
  declareScheme();
  lockDown();
  app
    .whenReady()
    .then(start)
    .catch((error: unknown) => fail('Valleywalk cannot start', error));
}
