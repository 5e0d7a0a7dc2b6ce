/** No dead window: what happens when the page's process, or the one that draws it, crashes, is killed or does not answer. */
import { app, dialog, ipcMain } from 'electron';
import type { BrowserWindow } from 'electron';
import { channels } from '../../shared/bridge.ts';
import { formatDuration } from '../../shared/format.ts';
import { countSilence } from '../../shared/silence.ts';
import { oneQuestion } from './question.ts';
import { isOurs } from './sender.ts';

/** Milliseconds after an automatic reload in which the next one is the user's to decide. */
const settled = 60_000;
/** Milliseconds without an answer from the page until that is told, and until it is told again. */
const longestSilence = 15_000;
const again = 60_000;

/** What is asked, and the button that is not Reload. */
interface Question {
  message: string;
  detail: string;
  no: string;
}

/**
 * Reloads the page by itself when its process is gone, once a minute; a second time it asks. A page that does not answer is reloaded
 * only when the user says so: it may come back, and a reload loses what was typed.
 */
export function keepWindowAlive(window: BrowserWindow): void {
  const { webContents: contents } = window;
  let reloaded = -Infinity;
  /** Whether the page is loaded, so that it can answer. */
  let loaded = false;
  /** Milliseconds of silence at which it is told next. */
  let due = longestSilence;

  const reload = (): void => {
    if (window.isDestroyed()) return;
    reloaded = performance.now();
    contents.reload();
  };
  const questions = oneQuestion(async ({ message, detail, no }: Question, signal) => {
    const { response } = await dialog.showMessageBox(window, {
      type: 'warning',
      message,
      detail,
      buttons: ['Reload', no],
      defaultId: 0,
      cancelId: 1,
      signal,
    });
    return response === 0;
  });
  /** Asks what to do with a page that was gone again, in place of what was asked about it while it lived. */
  const askAnew = async (): Promise<void> => {
    await questions.takeBack();
    if (window.isDestroyed()) return;
    const reloads = await questions.ask({
      message: 'The window has stopped working again.',
      detail: 'Runs go on; nothing that was recorded is lost. Reload shows the window anew.',
      no: 'Close Window',
    });
    if (reloads === true) reload();
    else if (reloads === false && !window.isDestroyed()) window.close();
  };

  contents.on('render-process-gone', (_event, { reason }) => {
    loaded = false;
    if (reason === 'clean-exit' || window.isDestroyed()) {
      void questions.takeBack();
      return;
    }
    console.error(`valleywalk: the window's process is gone (${reason})`);
    if (performance.now() - reloaded > settled) {
      void questions.takeBack();
      reload();
    } else void askAnew();
  });

  const gpuGone = (_event: Electron.Event, { type, reason }: Electron.Details): void => {
    if (type !== 'GPU' || reason === 'clean-exit' || !loaded) return;
    console.error(`valleywalk: the process that draws the window is gone (${reason})`);
    // it comes back by itself, but what was drawn may be lost; where it goes again and again, Chromium draws without it
    if (performance.now() - reloaded > settled) reload();
  };
  app.on('child-process-gone', gpuGone);

  const silence = countSilence({
    tell(milliseconds) {
      if (window.isDestroyed() || !loaded || contents.isDevToolsOpened()) {
        silence.heard();
        return;
      }
      contents.send(channels.ping);
      if (milliseconds < due) return;
      due = milliseconds + again;
      const pid = contents.getOSProcessId();
      const asked = questions.ask({
        message: `The window does not answer since ${formatDuration(milliseconds / 1000)}.`,
        detail: 'Runs go on. Reload shows the window anew; what was typed and not saved in it is lost.',
        no: 'Wait',
      });
      void asked.then((yes) => {
        // its end is what reloads it: a stopped process cannot be asked
        if (!yes || window.isDestroyed() || contents.getOSProcessId() !== pid) return;
        reloaded = -Infinity;
        process.kill(pid, 'SIGKILL');
      });
    },
  });
  const answered = (event: Electron.IpcMainEvent): void => {
    if (event.sender !== contents || !isOurs(event)) return;
    silence.heard();
    if (due > longestSilence) void questions.takeBack();
    due = longestSilence;
  };
  ipcMain.on(channels.pong, answered);
  contents.on('did-finish-load', () => {
    loaded = true;
    silence.heard();
  });
  contents.on('did-start-loading', () => (loaded = false));
  window.once('closed', () => {
    silence.close();
    ipcMain.off(channels.pong, answered);
    app.off('child-process-gone', gpuGone);
  });
}
