/** A real window on a seeded store, for measurements: `valleywalk serve` and Chromium. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import type { Browser, Locator, Page } from 'playwright';
import { buildIfStale } from '../../build/build.ts';
import { findChromium, isRoot } from '../../build/runtime.ts';
import { signInAddress } from './address.ts';

/**
 * Builds if need be, seeds a fresh store, serves it and measures in a browser at 1280 × 800; everything is removed afterwards.
 * @param seed fills the store in the folder
 */
export async function inWindow(
  seed: (folder: string) => void | Promise<void>,
  measure: (page: Page) => Promise<void>,
): Promise<void> {
  await buildIfStale();
  const folder = mkdtempSync(join(tmpdir(), 'valleywalk-bench-'));
  await seed(folder);
  const { address, stop } = await serveStore(folder);
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(address);
    await measure(page);
  } finally {
    await browser.close();
    await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Serves a store as built. @returns an address that signs in, and what ends the server */
export async function serveStore(folder: string): Promise<{ address: string; stop: () => Promise<void> }> {
  const cli = fileURLToPath(new URL('../../dist/node/valleywalk.js', import.meta.url));
  const server = spawn(process.execPath, [cli, 'serve', '--store', folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const stop = async (): Promise<void> => {
    server.kill('SIGTERM');
    await ended;
  };
  try {
    return { address: await signInAddress(server), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A Chromium without a window that asks nobody anything. @param more of its arguments */
export function openBrowser(more: readonly string[] = []): Promise<Browser> {
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
  return chromium.launch({
    executablePath: findChromium() ?? undefined,
    args: [...(isRoot() ? ['--no-sandbox'] : []), ...quiet, ...more],
  });
}

/** Turns the wheel with Ctrl over an element for some seconds, so that a chart zooms in and out. */
export async function wheel(over: Locator, seconds: number): Promise<void> {
  const page = over.page();
  const [x, y] = await middleOf(over);
  await page.mouse.move(x, y);
  await page.keyboard.down('Control');
  const end = performance.now() + seconds * 1000;
  for (let turn = 0; performance.now() < end; turn++) await page.mouse.wheel(0, turn % 60 < 30 ? -120 : 120);
  await page.keyboard.up('Control');
}

/** Drags the content of an element to and fro for some seconds, with Shift. */
export async function drag(over: Locator, seconds: number): Promise<void> {
  const page = over.page();
  const [x, y] = await middleOf(over);
  await page.mouse.move(x, y);
  await page.keyboard.down('Shift');
  await page.mouse.down();
  const end = performance.now() + seconds * 1000;
  for (let step = 0; performance.now() < end; step++) await page.mouse.move(x + 150 * Math.sin(step / 12), y);
  await page.mouse.up();
  await page.keyboard.up('Shift');
}

async function middleOf(element: Locator): Promise<[number, number]> {
  const box = (await element.boundingBox())!;
  return [box.x + box.width / 2, box.y + box.height / 2];
}
