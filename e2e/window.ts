/** A window on a workbench with a fresh, empty store: Electron's or a browser's, behind one shape. */
import { _electron, chromium, test as base } from 'playwright/test';
import type { ElectronApplication, Page } from 'playwright/test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seconds } from '../build/machine.ts';
import { environmentOf } from './environment.ts';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const cli = join(root, 'dist', 'node', 'valleywalk.js');

/** Which window a project tests in. */
export interface WindowOptions {
  kind: 'desktop' | 'browser';
}

/** The window under test and what belongs to it. */
export interface WorkbenchWindow {
  page: Page;
  /** Fresh temporary folder; the store is its `store`. */
  folder: string;
  store: string;
  /** The Electron application, on the desktop only. */
  electron: ElectronApplication | null;
  /** The server's address with a fresh token, in the browser only. */
  address: string | null;
  /** The host's process: Electron's main, or the server. */
  readonly host: number;
  /** Does what saves a file and returns the file's name and bytes, through the native dialog's answer or the download. */
  saved(act: () => Promise<void>): Promise<{ name: string; bytes: Buffer }>;
  /** Closes the window, does something, and opens it again on the same store and user data. */
  reopen(between?: () => void): Promise<void>;
}

const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/** Arguments that keep a Chromium from looking for the network. */
const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

export const test = base.extend<{ limit: void; workbench: WorkbenchWindow }, WindowOptions>({
  // a machine that became busy since the first test began gives the later ones more time
  limit: [
    async ({}, use, info) => {
      info.setTimeout(Math.max(info.timeout, seconds(120)));
      await use();
    },
    { auto: true },
  ],
  kind: ['browser', { option: true, scope: 'worker' }],
  workbench: async ({ kind }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'valleywalk-e2e-'));
    const opened = kind === 'desktop' ? await openDesktop(folder) : await openBrowser(folder);
    const errors: string[] = [];
    opened.window.page.on('pageerror', (error) => errors.push(error.message));
    await use(opened.window);
    await opened.close();
    rmSync(folder, { recursive: true, force: true });
    base.expect(errors, 'errors thrown in the page').toEqual([]);
  },
});
export { expect } from 'playwright/test';

/**
 * Waits until a page stands still: what moves has come to its end, and twenty frames have shown the same document. A run that computes changes
 * its page five times a second for as long as it computes, which twenty frames at 60 a second never outlast: after 300 frames what
 * still changes is what goes on changing, and is waited for no longer.
 */
export async function still(page: Page): Promise<void> {
  await page.evaluate(async () => {
    let changes = 0;
    const observer = new MutationObserver(() => changes++);
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    for (let [frames, seen, shown] = [0, 0, 0]; frames < 20 && shown < 300; seen = changes, shown++) {
      await new Promise(requestAnimationFrame);
      const moves = document.getAnimations().some(({ effect, playState }) => {
        return playState === 'running' && effect?.getComputedTiming().endTime !== Infinity;
      });
      frames = moves || changes > seen ? 0 : frames + 1;
    }
    observer.disconnect();
  });
}

/** How Electron is started on the checkout, or the packaged application when VALLEYWALK_E2E_PACKAGE names its binary. */
function desktopCommand(folder: string): { executablePath: string; args: string[]; env: Record<string, string> } {
  const packaged = process.env['VALLEYWALK_E2E_PACKAGE'];
  return {
    executablePath: packaged ?? process.env['VALLEYWALK_E2E_ELECTRON']!,
    args: [...asRoot, ...quiet, `--user-data-dir=${join(folder, 'user')}`, ...(packaged ? [] : [root])],
    env: environmentOf(join(folder, 'store')),
  };
}
function launchElectron(folder: string): Promise<ElectronApplication> {
  return _electron.launch({ ...desktopCommand(folder), timeout: seconds(60) });
}

/** Starts the desktop once more, as a user does who does not see that it is open. @returns how the second process ended */
export async function startOnceMore({ folder }: Pick<WorkbenchWindow, 'folder'>): Promise<number | null> {
  const { executablePath, args, env } = desktopCommand(folder);
  const second = spawn(executablePath, args, { env, stdio: 'ignore', timeout: seconds(60) });
  const [code] = (await once(second, 'exit')) as [number | null];
  return code;
}

async function openDesktop(folder: string): Promise<{ window: WorkbenchWindow; close(): Promise<void> }> {
  const start = async (): Promise<{ electron: ElectronApplication; page: Page }> => {
    const electron = await launchElectron(folder);
    const page = await electron.firstWindow({ timeout: seconds(60) });
    await page.waitForLoadState('domcontentloaded');
    return { electron, page };
  };
  const quit = async (electron: ElectronApplication): Promise<void> => {
    // a run in progress would raise the question whether to stop it, which nobody is there to answer
    await electron.evaluate(({ dialog }) => {
      dialog.showMessageBoxSync = (): number => 0;
    });
    await electron.close();
  };
  let current = await start();
  const window: WorkbenchWindow = {
    page: current.page,
    electron: current.electron,
    folder,
    store: join(folder, 'store'),
    address: null,
    get host() {
      return current.electron.process().pid!;
    },
    async saved(act) {
      const path = join(folder, `saved-${Date.now()}`);
      const name = current.electron.evaluate(
        ({ dialog }, to) =>
          new Promise<string>((resolve) => {
            dialog.showSaveDialog = ((_window: unknown, options: { defaultPath: string }) => {
              resolve(options.defaultPath);
              return Promise.resolve({ canceled: false, filePath: to });
            }) as unknown as typeof dialog.showSaveDialog;
          }),
        path,
      );
      await act();
      const saved = await name;
      await base.expect(() => readFileSync(path)).toPass();
      return { name: basename(saved), bytes: readFileSync(path) };
    },
    async reopen(between) {
      await quit(current.electron);
      between?.();
      current = await start();
      window.page = current.page;
      window.electron = current.electron;
    },
  };
  return { window, close: () => quit(current.electron) };
}

/** Starts the server on a store and waits for its address. */
async function startServer(
  store: string,
): Promise<{ process: ChildProcess; address: string; next(): Promise<string> }> {
  const server = spawn(process.execPath, [cli, 'serve'], {
    env: environmentOf(store),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  let last: string | undefined;
  server.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
  const next = async (): Promise<string> => {
    for (;;) {
      // no log has a token: the address stands in a file, a fresh one each time it was used
      const file = /is in (\S+),/.exec(text)?.[1];
      const address = file && existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
      if (address && address !== last) return (last = address);
      if (server.exitCode !== null) throw new Error(`the server ended with code ${server.exitCode}: ${text}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return { process: server, address: await next(), next };
}

/** Ends a server in good order. */
async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await ended;
}

async function openBrowser(folder: string): Promise<{ window: WorkbenchWindow; close(): Promise<void> }> {
  const server = await startServer(join(folder, 'store'));
  const executablePath = process.env['VALLEYWALK_E2E_CHROMIUM'];
  const browser = await chromium.launch({ timeout: seconds(60), executablePath, args: [...asRoot, ...quiet] });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true });
  const page = await context.newPage();
  await page.goto(server.address);
  const window: WorkbenchWindow = {
    page,
    electron: null,
    folder,
    store: join(folder, 'store'),
    address: await server.next(),
    host: server.process.pid!,
    async saved(act) {
      const [download] = await Promise.all([window.page.waitForEvent('download'), act()]);
      return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
    },
    async reopen(between) {
      const { origin } = new URL(window.page.url());
      await window.page.close();
      between?.();
      window.page = await context.newPage();
      await window.page.goto(origin);
    },
  };
  return {
    window,
    close: async () => {
      await browser.close();
      await stopServer(server.process);
    },
  };
}
