/** The desktop host: a sandboxed window that cannot leave, a remembered place, and processes of its own. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ElectronApplication } from 'playwright/test';
import { seconds } from '../../build/machine.ts';
import { aloneExtensions } from '../../shared/datasets.ts';
import { places } from '../../shared/views.ts';
import { findsProcesses, gone, processBelow } from '../signals.ts';
import { expect, root, startOnceMore, still, test } from '../window.ts';

test('the page has no Node, no way out and a strict policy', async ({ workbench: { page } }) => {
  const seen = await page.evaluate(() => ({
    require: typeof (globalThis as { require?: unknown }).require,
    process: typeof (globalThis as { process?: unknown }).process,
    bridge: Object.keys((globalThis as { valleywalk?: object }).valleywalk ?? {}).sort(),
    opened: window.open('https://example.org') === null,
    origin: location.origin,
  }));
  expect(seen).toEqual({
    require: 'undefined',
    process: 'undefined',
    bridge: ['connect', 'onMenu', 'onOpening', 'onSilent', 'pathOf', 'pickFolder', 'restart', 'saveFile'],
    opened: true,
    origin: 'app://valleywalk',
  });
  const policy = await page.evaluate(async () => (await fetch('/index.html')).headers.get('content-security-policy'));
  expect(policy).toMatch(/default-src 'none'; script-src 'self'/);
  expect(policy).not.toMatch(/unsafe-eval/);
});

test('navigation and new windows are blocked', async ({ workbench: { page, electron } }) => {
  await page.evaluate(() => {
    location.href = 'https://example.org/';
  });
  await page.evaluate(() => {
    const link = document.createElement('a');
    link.href = 'file:///etc/passwd';
    link.target = '_blank';
    document.body.append(link);
    link.click();
  });
  await still(page);
  expect(page.url()).toMatch(/^app:\/\/valleywalk\//);
  expect(await electron!.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('the sandbox is on', async ({ workbench: { electron } }) => {
  const preferences = await electron!.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]!.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>;
    };
    const { sandbox, contextIsolation, nodeIntegration, webSecurity } = contents.getLastWebPreferences();
    return { sandbox, contextIsolation, nodeIntegration, webSecurity };
  });
  expect(preferences).toEqual({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true });
});

test('the window opens where it was closed', async ({ workbench }) => {
  const bounds = { x: 40, y: 50, width: 1111, height: 777 };
  await workbench.electron!.evaluate(
    ({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]!.setBounds(to),
    bounds,
  );
  await workbench.reopen();
  const found = await workbench.electron!.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]!.getBounds(),
  );
  expect(found).toMatchObject({ width: 1111, height: 777 });
});

test('the trainer also runs as an Electron utility process', async ({ workbench: { electron } }) => {
  const report = await electron!.evaluate(
    ({ utilityProcess, MessageChannelMain }, entry) =>
      new Promise<unknown>((resolve, reject) => {
        const child = utilityProcess.fork(entry, [], { stdio: 'ignore' });
        child.once('exit', (code) => reject(new Error(`the trainer left with code ${code}`)));
        const { port1, port2 } = new MessageChannelMain();
        port2.on('message', ({ data }) => resolve(data));
        port2.start();
        port2.postMessage({ type: 'describe', backends: ['cpu'] });
        child.once('spawn', () => child.postMessage({ type: 'port' }, [port1]));
      }),
    join(root, 'dist', 'node', 'trainer.js'),
  );
  expect(report).toMatchObject({ type: 'backend', backend: { name: 'cpu', available: true } });
});

test('a store that cannot be used is told in the window, and nothing is harmed', async ({ workbench }) => {
  await workbench.reopen(() => {
    rmSync(workbench.store, { recursive: true, force: true });
    writeFileSync(workbench.store, 'not a folder');
  });
  await expect(workbench.page.getByText(workbench.store).first()).toBeVisible();
  expect(readFileSync(workbench.store, 'utf8')).toBe('not a folder');
});

test('quitting while a run is in progress asks first', async ({ workbench: { page, electron } }) => {
  await page.getByTestId('quick-walk').click();
  await expect(page.getByTestId('run-status')).toContainText(/running/i);
  const asked = await electron!.evaluate(
    ({ app, dialog }) =>
      new Promise<string>((resolve) => {
        dialog.showMessageBoxSync = ((options: { message: string }): number => {
          resolve(options.message);
          return 1;
        }) as unknown as typeof dialog.showMessageBoxSync;
        app.quit();
      }),
  );
  expect(asked).toBe('A run is in progress.');
  // it was told to go on
  await expect(page.getByTestId('run-status')).toContainText(/finished/i, { timeout: seconds(90) });
});

test('closing the window and keeping runs going leaves it as it is: page, place, zoom and what was typed', async ({
  workbench: { page, electron },
}) => {
  await page.getByTestId('quick-walk').click();
  await expect(page.getByTestId('run-status')).toContainText(/running/i);
  await page.getByTestId('run-notes-edit').click();
  await page.getByTestId('run-notes-field').fill('half a thought');
  await expect(page.getByTestId('epoch-charts')).toBeVisible();
  await page.getByRole('button', { name: 'Zoom in' }).first().click();
  await page.locator('main').evaluate((main) => main.scrollTo(0, 240));
  // a line that comes above what is in view, as of the time left, moves it along
  const place = (): Promise<number> => page.locator('main').evaluate((main) => main.scrollTop);
  const address = page.url();
  const close = (keep: boolean): Promise<boolean> =>
    electron!.evaluate(({ BrowserWindow, dialog }, answer) => {
      dialog.showMessageBoxSync = (): number => answer;
      const [window] = BrowserWindow.getAllWindows();
      window!.close();
      return BrowserWindow.getAllWindows()[0] === window && window!.isVisible();
    }, Number(keep));
  const before = await place();
  expect(before).toBeGreaterThan(0);
  expect(await close(true)).toBe(true);
  expect(page.url()).toBe(address);
  expect(await place()).toBe(before);
  await expect(page.getByTestId('run-notes-field')).toHaveValue('half a thought');
  // the zoom too: it can be taken back
  await expect(page.getByTestId('chart-walk').getByRole('button', { name: 'Zoom out' })).toBeEnabled();
  await expect(page.getByTestId('run-status')).toContainText(/running|finished/i);
});

test('the menu opens every view', async ({ workbench: { page, electron } }) => {
  for (const { title, path } of places) {
    await electron!.evaluate(({ BrowserWindow, Menu }, label) => {
      const items = Menu.getApplicationMenu()!.items.flatMap((menu) => menu.submenu?.items ?? []);
      const click = items.find((item) => item.label === label)!.click as (...given: unknown[]) => void;
      click(undefined, BrowserWindow.getAllWindows()[0], undefined);
    }, title);
    await expect(page).toHaveURL(new RegExp(`#${path}`));
  }
});

test('files are saved and folders chosen with the system’s dialogs, where the last ones were', async ({
  workbench: { page, electron, folder },
}) => {
  const asked = (): Promise<{ title?: string; defaultPath?: string }[]> =>
    electron!.evaluate(() => (globalThis as { asked?: { defaultPath?: string }[] }).asked!);
  const chosen = join(folder, 'chosen');
  mkdirSync(chosen);
  await electron!.evaluate(({ dialog }, to) => {
    const asked: unknown[] = [];
    (globalThis as { asked?: unknown }).asked = asked;
    dialog.showOpenDialog = ((_window: unknown, options: unknown) => {
      asked.push(options);
      return Promise.resolve({ canceled: false, filePaths: [to] });
    }) as unknown as typeof dialog.showOpenDialog;
  }, chosen);
  await page.evaluate(() => (location.hash = '#/runs'));
  await page.getByTestId('import-open').click();
  for (const times of [1, 2]) {
    await page.getByRole('button', { name: 'Choose…' }).click();
    await expect(page.getByTestId('import-folder')).toHaveValue(chosen);
    await expect.poll(async () => (await asked()).length).toBe(times);
  }
  const [first, second] = await asked();
  expect(first).toMatchObject({ title: 'Choose the folder of a trajectory' });
  expect(first!.defaultPath).toBeUndefined();
  expect(second!.defaultPath).toBe(chosen);

  // a table is a file, and the next one is looked for beside it
  const table = join(chosen, 'houses.csv');
  writeFileSync(table, `area,price\n${Array.from({ length: 20 }, (_, row) => `${row},${row ** 2}`).join('\n')}\n`);
  await electron!.evaluate(({ dialog }, to) => {
    dialog.showOpenDialog = ((_window: unknown, options: unknown) => {
      (globalThis as { asked?: unknown[] }).asked!.push(options);
      return Promise.resolve({ canceled: false, filePaths: [to] });
    }) as unknown as typeof dialog.showOpenDialog;
  }, table);
  await page.evaluate(() => (location.hash = '#/data'));
  // pictures of examples move what is below them
  await still(page);
  await page.getByTestId('add-table').click();
  await expect(page.getByText(/Added “houses”: 20 examples, 1 target: price/)).toBeVisible();
  await page.getByTestId('add-table').click();
  await expect(page.getByText(/already here, as “houses”/)).toBeVisible();
  const [third, fourth] = (await asked()).slice(2);
  expect(third).toMatchObject({
    title: 'Choose a table',
    properties: ['openFile'],
    filters: [{ extensions: [...aloneExtensions] }, { extensions: ['*'] }],
  });
  expect(fourth!.defaultPath).toBe(chosen);
});

/** The process of the page. */
const pageProcess = (electron: ElectronApplication): Promise<number> =>
  electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.webContents.getOSProcessId());

/** Waits until the page is there with its runs, whatever became of it before. */
async function pageIsThere(electron: ElectronApplication): Promise<void> {
  await expect(async () => {
    const there = await electron.evaluate(({ BrowserWindow }) =>
      Promise.race([
        BrowserWindow.getAllWindows()[0]!.webContents.executeJavaScript(
          `document.querySelector('[data-testid="quick-walk"]') !== null`,
        ) as Promise<boolean>,
        new Promise<boolean>((resolve) => setTimeout(resolve, 1000, false)),
      ]),
    );
    expect(there).toBe(true);
  }).toPass({ timeout: seconds(40) });
}

/** Answers every question of the app with a button, and collects what was asked. */
async function answering(electron: ElectronApplication, button: number): Promise<() => Promise<string[]>> {
  await electron.evaluate(({ dialog }, response) => {
    const asked: string[] = [];
    (globalThis as { asked?: string[] }).asked = asked;
    dialog.showMessageBox = ((_window: unknown, { message }: { message: string }) => {
      asked.push(message);
      return Promise.resolve({ response, checkboxChecked: false });
    }) as unknown as typeof dialog.showMessageBox;
  }, button);
  return () => electron.evaluate(() => (globalThis as { asked?: string[] }).asked!);
}

test('a killed page is loaded again by itself, and the next time on demand', async ({
  workbench: { page, electron },
}) => {
  await expect(page.getByTestId('quick-walk')).toBeVisible();
  const asked = await answering(electron!, 0);
  const first = await pageProcess(electron!);
  process.kill(first, 'SIGKILL');
  await expect(async () => expect(await pageProcess(electron!)).not.toBe(first)).toPass({ timeout: seconds(20) });
  await pageIsThere(electron!);
  expect(await asked()).toEqual([]);
  process.kill(await pageProcess(electron!), 'SIGKILL');
  await expect(async () => expect(await asked()).toEqual(['The window has stopped working again.'])).toPass();
  await pageIsThere(electron!);
});

test('a page that does not answer is said so, and reloaded on demand', async ({ workbench: { page, electron } }) => {
  await expect(page.getByTestId('quick-walk')).toBeVisible();
  const asked = await answering(electron!, 0);
  const first = await pageProcess(electron!);
  process.kill(first, 'SIGSTOP');
  await expect(async () => expect((await asked())[0]).toMatch(/The window does not answer since 0:1\d\./)).toPass({
    timeout: seconds(40),
  });
  await expect(async () => expect(await pageProcess(electron!)).not.toBe(first)).toPass({ timeout: seconds(20) });
  await pageIsThere(electron!);
});

test('a stopped workbench is said so in the window, goes on, and is restarted on demand', async ({ workbench }) => {
  test.skip(!findsProcesses, 'processes are found by /proc');
  const { page } = workbench;
  await page.getByTestId('quick-walk').click();
  await expect(page.getByTestId('run-status')).toContainText(/running/i);
  const process1 = await processBelow(workbench.host, /workbench\.js/);
  const trainer = await processBelow(process1, /trainer\.js/);
  process.kill(process1, 'SIGSTOP');
  const note = page.getByTestId('workbench-silent');
  await expect(note).toContainText(/The workbench does not answer since 0:1\d/, { timeout: seconds(30) });
  process.kill(process1, 'SIGCONT');
  await expect(note).toBeHidden();
  process.kill(process1, 'SIGSTOP');
  await expect(note).toBeVisible({ timeout: seconds(30) });
  await page.getByTestId('restart-workbench').click();
  await gone(process1);
  await gone(trainer);
  await expect(note).toBeHidden();
  await expect(page.getByTestId('run-status')).toContainText(/interrupted|finished/i);
  expect(await processBelow(workbench.host, /workbench\.js/)).not.toBe(process1);
});

test('a store that another process keeps is waited for in words, and nothing offers to end that', async ({
  workbench,
}) => {
  await expect(workbench.page.getByTestId('quick-walk')).toBeVisible();
  let other: DatabaseSync | undefined;
  await workbench.reopen(() => {
    other = new DatabaseSync(join(workbench.store, 'valleywalk.sqlite'));
    other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  });
  const { page } = workbench;
  await expect(page.getByTestId('store-opening')).toContainText('waiting for another Valleywalk process', {
    ignoreCase: true,
    timeout: seconds(20),
  });
  // longer than a workbench that was open may be silent
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  await expect(page.getByTestId('store-opening')).toBeVisible();
  await expect(page.getByTestId('workbench-silent')).toBeHidden();
  other!.close();
  await expect(page.getByTestId('quick-walk')).toBeVisible({ timeout: seconds(20) });
  await expect(page.getByTestId('store-opening')).toBeHidden();
});

test('a stopped workbench does not outlive the window', async ({ workbench }) => {
  test.skip(!findsProcesses, 'processes are found by /proc');
  await expect(workbench.page.getByTestId('quick-walk')).toBeVisible();
  const stopped = await processBelow(workbench.host, /workbench\.js/);
  process.kill(stopped, 'SIGSTOP');
  await expect(workbench.page.getByTestId('workbench-silent')).toBeVisible({ timeout: seconds(30) });
  await workbench.reopen();
  await gone(stopped);
  await expect(workbench.page.getByTestId('quick-walk')).toBeVisible();
});

test('a window that is closed says what it waits for', async ({ workbench }) => {
  test.skip(!findsProcesses, 'processes are found by /proc');
  const { page } = workbench;
  await expect(page.getByTestId('quick-walk')).toBeVisible();
  const stopped = await processBelow(workbench.host, /workbench\.js/);
  process.kill(stopped, 'SIGSTOP');
  const reopened = workbench.reopen();
  await expect(page.getByTestId('store-opening')).toHaveText(/the store is closed; then Valleywalk quits\./);
  process.kill(stopped, 'SIGCONT');
  await reopened;
  await expect(workbench.page.getByTestId('quick-walk')).toBeVisible();
});

test('a second start shows the window that is open, as it is, and ends', async ({ workbench }) => {
  const { page, electron } = workbench;
  await page.getByTestId('new-experiment').first().click();
  await page.getByTestId('json-open').click();
  const address = page.url();
  // hidden rather than minimised, which takes a window manager
  await electron!.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.hide());
  expect(await startOnceMore(workbench)).toBe(0);
  const shown = (): Promise<boolean[]> =>
    electron!.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible()));
  await expect.poll(shown).toEqual([true]);
  expect(page.url()).toBe(address);
  await expect(page.getByTestId('experiment-json')).toBeVisible();
});

test('a second start while the first one closes has it opened again, which is said', async ({ workbench }) => {
  test.skip(!findsProcesses, 'processes are found by /proc');
  const { page, electron } = workbench;
  await expect(page.getByTestId('quick-walk')).toBeVisible();
  // what is opened again is opened by the test
  await electron!.evaluate(({ app }) => {
    app.relaunch = () => undefined;
  });
  const stopped = await processBelow(workbench.host, /workbench\.js/);
  process.kill(stopped, 'SIGSTOP');
  const reopened = workbench.reopen();
  await expect(page.getByTestId('store-opening')).toHaveText(/then Valleywalk quits\./);
  expect(await startOnceMore(workbench)).toBe(0);
  await expect(page.getByTestId('store-opening')).toHaveText(/then Valleywalk opens again\./);
  process.kill(stopped, 'SIGCONT');
  await reopened;
  await expect(workbench.page.getByTestId('quick-walk')).toBeVisible();
});

test('the window survives the end of the process that draws it', async ({ workbench: { page, electron } }) => {
  await expect(page.getByTestId('quick-walk')).toBeVisible();
  const drawer = (): Promise<number | undefined> =>
    electron!.evaluate(({ app }) => app.getAppMetrics().find(({ type }) => type === 'GPU')?.pid);
  const first = await drawer();
  test.skip(first === undefined, 'nothing but the page draws here');
  process.kill(first!, 'SIGKILL');
  await expect(async () => expect(await drawer()).not.toBe(first)).toPass();
  await pageIsThere(electron!);
});
