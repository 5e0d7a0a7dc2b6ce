/**
 * 1,000 runs of 1,000 iterations over their settings, a grid of learning rates and batch sizes with seeds: time of their summaries from the store,
 * the first time and when they are kept (of the processor too, which a busy machine does not change), and time until the view of them stands in a
 * window: the pixels of all three charts, of every run, and the table of importance.
 *
 *     node bench/over-settings.ts [RUNS] [ITERATIONS]
 */
import { mostOverSettings } from '../renderer/compare/membership.ts';
import { openSummaries } from '../electron/workbench/summaries.ts';
import { openStore } from '../electron/workbench/store/store.ts';
import { costOf, costText } from './window/cost.ts';
import { untilPainted } from './window/paint.ts';
import { addRun } from './window/seed.ts';
import { readFrames, watchFrames } from './window/frames.ts';
import { inWindow } from './window/open.ts';

const [count = 1000, iterations = 1000] = process.argv.slice(2).map(Number);
const names = ['iteration.batch_loss.last', 'iteration.batch_loss.at_best', 'iteration.distance.mean.100-199'];

async function seed(folder: string): Promise<void> {
  const store = openStore(folder);
  const ids = store.transaction(() =>
    Array.from({ length: count }, (_, index) =>
      addRun(store, {
        ...{ name: `run ${index}`, iterations },
        learningRate: 0.01 * 1.5 ** (index % 12),
        batchSize: 10 * 2 ** (Math.floor(index / 12) % 5),
        seed: Math.floor(index / 60),
      }),
    ),
  );
  const summaries = openSummaries(store);
  for (const round of ['computed', 'kept']) {
    const [start, before] = [performance.now(), process.cpuUsage()];
    await summaries.many(ids, names);
    const { user, system } = process.cpuUsage(before);
    const times = `${(performance.now() - start).toFixed(0)} ms, ${((user + system) / 1000).toFixed(0)} ms of the processor`;
    console.log(`${names.length} summaries of ${count} runs, ${round}: ${times} (goal 1,000)`);
  }
  store.close();
}

/** Compare takes so many runs. */
const compared = Math.min(count, mostOverSettings);

await inWindow(seed, async (page) => {
  await page.locator('[data-testid="runs-table"] tr[data-run]').first().waitFor();
  await page.waitForTimeout(2000);
  const address = `#/compare?filter=status%20%3D%20finished&view=settings&quantity=${names[0]}`;
  for (const round of ['opened first', 'opened again']) {
    await page.evaluate("location.hash = '#/settings'");
    await page.waitForTimeout(1000);
    await watchFrames(page);
    const said = `document.querySelector('[data-testid="over-parallel"] [aria-label*="of ${compared.toLocaleString('en')} runs"]')
      && document.querySelector('[data-testid="over-importance"]')?.textContent.includes('ρ')`;
    const { value: took, cost } = await costOf(page, `over-settings-${round.replace(' ', '-')}`, () =>
      untilPainted(page, `location.hash = ${JSON.stringify(address)}`, '[data-testid="over-settings"] .plot', 3, said),
    );
    const { longestTask } = await readFrames(page);
    console.log(
      `${compared} of ${count} runs over their settings, ${round}: drawn after ${took.toFixed(0)} ms (goal 1,000), longest task ${longestTask.toFixed(0)} ms`,
    );
    console.log(`${round}: ${costText(cost)}`);
  }
});
