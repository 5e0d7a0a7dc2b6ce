/**
 * Valleywalk beside TensorBoard, MLflow and Aim: 50 runs of 10,000 iterations compared, each program measured the same way and by what is
 * painted alone: seconds from the navigation to the last changed frame, frames a second and the longest task while a box is dragged and while
 * the wheel zooms, runs and planted spikes in the picture, and clicks to what is asked for often. Prints a table in Markdown.
 *
 *     npm run bench:peers [-- --only valleywalk,tensorboard,mlflow,aim] [--folder FOLDER] [--venv FOLDER]
 *         [--runs 50] [--iterations 10000] [--pictures FOLDER] [--most 180]
 *
 * What cannot be measured is told and leaves the rest; nothing of a program is begun later than --most seconds after it was started. The peers come from PyPI into a venv in the folder, which is kept with the seeded runs for the next time. Every server listens on this machine
 * alone, and telemetry is off.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Locator, Page } from 'playwright';
import { buildIfStale } from '../build/build.ts';
import { aim } from './peers/aim.ts';
import { untilStill } from './peers/clock.ts';
import type { Opening } from './peers/clock.ts';
import type { Contender, Served, Size } from './peers/contender.ts';
import { openEnvironment, stopAll } from './peers/environment.ts';
import { dragBoxes, turnWheel } from './peers/gestures.ts';
import { mlflow } from './peers/mlflow.ts';
import { countPainted } from './peers/picture.ts';
import type { Painted } from './peers/picture.ts';
import { tensorboard } from './peers/tensorboard.ts';
import { valleywalk } from './peers/valleywalk.ts';
import type { Frames } from './window/frames.ts';
import { openBrowser } from './window/open.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    folder: { type: 'string', default: join(tmpdir(), 'valleywalk-bench-peers') },
    venv: { type: 'string' },
    runs: { type: 'string', default: '50' },
    iterations: { type: 'string', default: '10000' },
    pictures: { type: 'string' },
    most: { type: 'string', default: '180' },
  },
});
const size: Size = { runs: Number(options.runs), iterations: Number(options.iterations) };
/** Milliseconds after which something that is not found in a window is given up. */
const patience = 30_000;
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

const smooth = ({ rate, longestTask }: Frames): string => `${rate.toFixed(0)} frames/s, ${longestTask.toFixed(0)} ms`;
const clicks = (count: number): string => `${count} ${count === 1 ? 'click' : 'clicks'}`;

/** What could not be measured, and why, for the end. */
const failures: string[] = [];
const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
function tell(what: string, error: unknown): void {
  failures.push(`${what}: ${reasonOf(error)}`);
  console.error(failures.at(-1));
  process.exitCode = 1;
}

/** Measures a program: each column by itself, so that one which cannot be had leaves the others. */
async function measure(contender: Contender, browser: Browser): Promise<Row> {
  const { name } = contender;
  console.error(`${name} …`);
  const end = performance.now() + 1000 * Number(options.most);
  const row = Object.fromEntries(columns.map((column) => [column, '–'])) as Row;
  row.program = name;
  const step = async (what: string, act: () => Promise<Partial<Row>>): Promise<void> => {
    try {
      if (performance.now() > end) throw new Error(`not begun within ${options.most} s`);
      Object.assign(row, await act());
    } catch (error) {
      tell(`${name}, ${what}`, error);
    }
  };
  let served: Served | undefined;
  const counter = await browser.newPage();
  try {
    row.version = await contender.version();
    served = await contender.start(size);
    const { address, signIn } = served;
    const look = { viewport, deviceScaleFactor: 1, colorScheme: 'light' } as const;
    // what a visit chose is kept, but not what one of the measurements hid
    const first = await browser.newContext(look);
    const chosen = await first.newPage();
    chosen.setDefaultTimeout(patience);
    if (signIn) await chosen.goto(signIn);
    await contender.prepare?.(chosen, address);
    await step('charts', async () => ({
      'charts without a click': String(await contender.metricsAtOnce(chosen, address)),
    }));
    const storageState = await first.storageState();
    await first.close();

    /** Does something in a window of its own in which all runs are compared. */
    const inComparison = async <T>(act: (page: Page, chart: Locator, opening: Opening) => Promise<T>): Promise<T> => {
      const context = await browser.newContext({ ...look, storageState });
      try {
        const page = await context.newPage();
        page.setDefaultTimeout(patience);
        const chart = contender.chart(page);
        const opening = await untilStill(
          page,
          () => contender.open(page, address),
          () => chart.isVisible(),
        );
        return await act(page, chart, opening);
      } finally {
        await context.close();
      }
    };
    /** What is painted, the chart as wide as it gets and nothing under way. */
    const painted = async (page: Page, chart: Locator, what: string): Promise<Painted> => {
      const widen = async (): Promise<void> => {
        await contender.widen?.(page);
        await page.mouse.move(0, 0);
      };
      await untilStill(page, widen, () => chart.isVisible());
      const keep = await picture(page, name, what);
      return countPainted(chart, counter, keep);
    };

    await step('comparison', () =>
      inComparison(async (page, chart, { last, frames }) => {
        console.error(`${name}: last of ${frames} changed frames after ${last.toFixed(2)} s`);
        row['everything drawn'] = `${last.toFixed(2)} s`;
        const { lines, spikes } = await painted(page, chart, 'all');
        row['runs drawn'] = `${lines} of ${size.runs}`;
        row['spikes kept'] = `${spikes} of ${size.runs}`;
        if (contender.wheelKey !== undefined)
          await step('wheel', async () => {
            const wheel = await turnWheel(page, chart, contender.wheelKey!);
            await contender.unzoom(page, chart);
            return { 'wheel zoom': smooth(wheel) };
          });
        await contender.boxZoom?.(page);
        return { 'box zoom': smooth(await dragBoxes(page, chart, contender)) };
      }),
    );
    const afterwards = (what: string, act: (page: Page) => Promise<number>): Promise<string> =>
      inComparison(async (page, chart) => {
        const took = clicks(await act(page));
        return `${took} (${(await painted(page, chart, what)).lines} drawn)`;
      });
    await step('hide', async () => ({ 'hide a run': await afterwards('hide', (page) => contender.hide(page)) }));
    await step('alone', async () => ({ 'show one alone': await afterwards('alone', (page) => contender.solo(page)) }));
    await step('parallel', () =>
      inComparison(async (page) => {
        const took = clicks(await contender.parallel(page, address));
        await page.waitForTimeout(1000);
        await picture(page, name, 'parallel');
        return { 'parallel coordinates': took };
      }),
    );
  } catch (error) {
    tell(name, error);
  } finally {
    await counter.close();
    await served?.stop();
  }
  return row;
}

/** Keeps a picture of a window where a folder for them is given. @returns where that of the chart goes */
async function picture(page: Page, name: string, what: string): Promise<string | undefined> {
  if (!options.pictures) return undefined;
  mkdirSync(options.pictures, { recursive: true });
  const file = join(options.pictures, `${name.replaceAll(/\W+/g, '-')}-${what}`);
  await page.screenshot({ path: `${file}.png` });
  return `${file}-chart.png`;
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
      tell(contender.name, error);
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
for (const failure of failures) console.log(`- not measured: ${failure}`);
console.error(`measured in ${((performance.now() - began) / 1000).toFixed(0)} s`);
