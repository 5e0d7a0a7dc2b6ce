/**
 * Valleywalk beside TensorBoard, MLflow and Aim: 50 runs of 10,000 iterations compared, each program measured the same way and by what is
 * painted alone: seconds from the navigation to the last changed frame, frames a second and the longest task while a box is dragged and while
 * the wheel zooms, runs and planted spikes in the picture, and clicks to what is asked for often. Prints a table in Markdown.
 *
 *     npm run bench:peers [-- --only valleywalk,tensorboard,mlflow,aim] [--folder FOLDER] [--venv FOLDER]
 *         [--runs 50] [--iterations 10000] [--pictures FOLDER]
 *
 * The peers come from PyPI into a venv in the folder, which is kept with the seeded runs for the next time. Every server listens on this machine
 * alone, and telemetry is off.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright';
import { buildIfStale } from '../build/build.ts';
import { aim } from './peers/aim.ts';
import { untilStill } from './peers/clock.ts';
import type { Contender, Size } from './peers/contender.ts';
import { openEnvironment, stopAll } from './peers/environment.ts';
import { dragBoxes, turnWheel } from './peers/gestures.ts';
import type { Smoothness } from './peers/gestures.ts';
import { mlflow } from './peers/mlflow.ts';
import { countPainted } from './peers/picture.ts';
import { tensorboard } from './peers/tensorboard.ts';
import { valleywalk } from './peers/valleywalk.ts';
import { openBrowser } from './window/open.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    folder: { type: 'string', default: join(tmpdir(), 'valleywalk-bench-peers') },
    venv: { type: 'string' },
    runs: { type: 'string', default: '50' },
    iterations: { type: 'string', default: '10000' },
    pictures: { type: 'string' },
  },
});
const size: Size = { runs: Number(options.runs), iterations: Number(options.iterations) };
/** What the windows are as large as. */
const viewport = { width: 1600, height: 1000 };

/** What was measured of a program, in words, one a column. */
type Row = Record<(typeof columns)[number], string>;
const columns = [
  'program',
  'version',
  'everything drawn',
  'box zoom',
  'wheel zoom',
  'runs drawn',
  'spikes kept',
  'charts without a click',
  'parallel coordinates',
  'hide a run',
  'show one alone',
] as const;

const smooth = ({ rate, longestTask }: Smoothness): string =>
  `${rate.toFixed(0)} frames/s, ${longestTask.toFixed(0)} ms`;
const clicks = (count: number): string => `${count} ${count === 1 ? 'click' : 'clicks'}`;

/** What something comes to; why not, on standard error, where it cannot be had. */
async function tried(what: string, act: () => Promise<string>): Promise<string> {
  try {
    return await act();
  } catch (error) {
    console.error(`${what}: ${(error instanceof Error ? error.message : String(error)).split('\n')[0]}`);
    return '–';
  }
}

async function measure(contender: Contender, browser: Browser): Promise<Row> {
  const { name } = contender;
  console.error(`${name} …`);
  const served = await contender.start(size);
  const context = await browser.newContext({ viewport, deviceScaleFactor: 1, colorScheme: 'light' });
  context.setDefaultTimeout(60_000);
  const counter = await browser.newPage();
  try {
    const { address } = served;
    const page = await context.newPage();
    if (served.signIn) await page.goto(served.signIn);
    await contender.prepare?.(page, address);
    const atOnce = await tried(`${name}, charts`, async () => String(await contender.metricsAtOnce(page, address)));
    await page.goto('about:blank');
    const chart = contender.chart(page);
    const { last, frames } = await untilStill(
      page,
      () => contender.open(page, address),
      () => chart.isVisible(),
    );
    console.error(`${name}: last of ${frames} changed frames after ${last.toFixed(2)} s`);
    const picture = async (what: string): Promise<string | undefined> => {
      if (!options.pictures) return undefined;
      mkdirSync(options.pictures, { recursive: true });
      const file = join(options.pictures, `${name.replaceAll(/\W+/g, '-')}-${what}`);
      await page.screenshot({ path: `${file}.png` });
      return `${file}-chart.png`;
    };
    const still = (act: () => Promise<unknown>): Promise<unknown> =>
      untilStill(
        page,
        async () => void (await act()),
        () => chart.isVisible(),
      );
    if (contender.widen) await still(() => contender.widen!(page));
    await page.mouse.move(0, 0);
    await page.waitForTimeout(500);
    const painted = await countPainted(chart, counter, await picture('all'));
    const wheel =
      contender.wheelKey === undefined
        ? '–'
        : await tried(`${name}, wheel`, async () => smooth(await turnWheel(page, chart, contender.wheelKey!)));
    await contender.unzoom(page, chart);
    const box = await tried(`${name}, box`, async () => {
      await contender.boxZoom?.(page);
      return smooth(await dragBoxes(page, chart, contender));
    });
    const drawn = async (): Promise<string> => {
      await page.mouse.move(0, 0);
      await page.waitForTimeout(1500);
      return ` (${(await countPainted(chart, counter)).lines} drawn)`;
    };
    const again = async (): Promise<void> => {
      await page.goto('about:blank');
      await untilStill(
        page,
        () => contender.open(page, address),
        () => chart.isVisible(),
      );
    };
    await again();
    const hide = await tried(`${name}, hide`, async () => clicks(await contender.hide(page)) + (await drawn()));
    await picture('hide');
    await again();
    const solo = await tried(`${name}, alone`, async () => clicks(await contender.solo(page)) + (await drawn()));
    await picture('alone');
    await again();
    const parallel = await tried(`${name}, parallel`, async () => clicks(await contender.parallel(page, address)));
    await page.waitForTimeout(1000);
    await picture('parallel');
    return {
      program: name,
      version: await contender.version(),
      'everything drawn': `${last.toFixed(2)} s`,
      'box zoom': box,
      'wheel zoom': wheel,
      'runs drawn': `${painted.lines} of ${size.runs}`,
      'spikes kept': `${painted.spikes} of ${size.runs}`,
      'charts without a click': atOnce,
      'parallel coordinates': parallel,
      'hide a run': hide,
      'show one alone': solo,
    };
  } finally {
    await counter.close();
    await context.close();
    await served.stop();
  }
}

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as {
  version: string;
};
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stopAll().finally(() => process.exit(130)));

const began = performance.now();
await buildIfStale();
const environment = await openEnvironment(options.folder, options.venv ?? join(options.folder, 'venv'));
const all: Record<string, Contender[]> = {
  valleywalk: [valleywalk(environment, version)],
  tensorboard: [tensorboard(environment, false), tensorboard(environment, true)],
  mlflow: [mlflow(environment, false), mlflow(environment, true)],
  aim: [aim(environment)],
};
const only = options.only === '' ? Object.keys(all) : options.only.split(',');
const unknown = only.filter((name) => !(name in all));
if (unknown.length > 0) {
  console.error(`there is no program ${unknown.join(', ')}; there are ${Object.keys(all).join(', ')}`);
  process.exit(2);
}
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const rows: Row[] = [];
const chosen = only.flatMap((name) => all[name]!);
try {
  for (const contender of chosen) {
    const browser = await openBrowser(['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1']);
    try {
      rows.push(await measure(contender, browser));
      console.error(line(columns.map((column) => rows.at(-1)![column])));
    } catch (error) {
      console.error(`${contender.name}: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    } finally {
      await browser.close();
    }
  }
} finally {
  await stopAll();
}
console.log(line(columns));
console.log(line(columns.map(() => '---')));
for (const row of rows) console.log(line(columns.map((column) => row[column])));
console.log();
for (const { name, settings } of chosen) console.log(`- ${name}: ${settings}`);
console.error(`measured in ${((performance.now() - began) / 1000).toFixed(0)} s`);
