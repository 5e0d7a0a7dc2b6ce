/**
 * Does the window stay responsive while a run trains at full speed? Starts the quick walk in a browser and prints how long
 * the window's frames and its longest tasks took. `node bench/responsive.ts`
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { buildIfStale } from '../build/build.ts';
import { findChromium, isRoot } from '../build/runtime.ts';
import { signInAddress } from './window/address.ts';

/** What the page notes down; evaluated there. */
const observe = `
  window.frames_ = []; window.tasks_ = [];
  let last = performance.now();
  const frame = (now) => { window.frames_.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) window.tasks_.push(duration); })
    .observe({ type: 'longtask' });`;

await buildIfStale();
const folder = mkdtempSync(join(tmpdir(), 'valleywalk-bench-'));
const cli = fileURLToPath(new URL('../dist/node/valleywalk.js', import.meta.url));
const server = spawn(process.execPath, [cli, 'serve', '--store', folder], { stdio: ['ignore', 'pipe', 'inherit'] });
const address = await signInAddress(server);
const executablePath = findChromium() ?? undefined;
const browser = await chromium.launch({ executablePath, args: isRoot() ? ['--no-sandbox'] : [] });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(address);
  await page.getByTestId('quick-walk').click();
  await page.getByTestId('chart-walk').locator('canvas').first().waitFor();
  // opening the view is not what is measured
  await page.waitForTimeout(1000);
  await page.evaluate(observe);
  await page
    .getByTestId('run-status')
    .filter({ hasText: /finished/i })
    .waitFor({ timeout: 120_000 });
  const { frames, tasks } = await page.evaluate<{ frames: number[]; tasks: number[] }>(
    '({ frames: window.frames_, tasks: window.tasks_ })',
  );
  frames.sort((a, b) => a - b);
  const at = (share: number): string => `${frames[Math.floor(share * (frames.length - 1))]!.toFixed(1)} ms`;
  console.log(`frames: ${frames.length}, median ${at(0.5)}, 99 % ${at(0.99)}, longest ${at(1)}`);
  console.log(`tasks over 50 ms: ${tasks.length}, longest ${Math.max(0, ...tasks)} ms`);
} finally {
  await browser.close();
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
