/**
 * 1,000 runs of 1,000 iterations over their settings: time of their summaries from the store, the first time and when they are kept (of the
 * processor too, which a busy machine does not change), and time until the view of them stands in a window, the last chart and the table counted.
 *
 *     node bench/over-settings.ts [RUNS] [ITERATIONS]
 */
import { mostRuns } from '../renderer/compare/membership.ts';
import { openSummaries } from '../electron/workbench/summaries.ts';
import { openStore } from '../electron/workbench/store/store.ts';
import { addRun } from './window/seed.ts';
import { inWindow } from './window/open.ts';

const [count = 1000, iterations = 1000] = process.argv.slice(2).map(Number);
const names = ['iteration.batch_loss.last', 'iteration.batch_loss.at_best', 'iteration.distance.mean.100-199'];

async function seed(folder: string): Promise<void> {
  const store = openStore(folder);
  const ids = store.transaction(() =>
    Array.from({ length: count }, (_, index) =>
      addRun(store, { name: `run ${index}`, iterations, learningRate: 0.01 * 1.5 ** (index % 12) }),
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
const compared = Math.min(count, mostRuns);

await inWindow(seed, async (page) => {
  await page.locator('[data-testid="runs-table"] tr[data-run]').first().waitFor();
  await page.waitForTimeout(2000);
  const address = `#/compare?filter=status%20%3D%20finished&view=settings&quantity=${names[0]}`;
  for (const round of ['opened first', 'opened again']) {
    await page.evaluate("location.hash = '#/settings'");
    await page.waitForTimeout(1000);
    const start = performance.now();
    await page.evaluate(`location.hash = ${JSON.stringify(address)}`);
    const plots = page.locator('[data-testid="over-chart"], [data-testid="over-parallel"]');
    await plots.nth(0).locator('[role="img"][aria-label*=" over "]').locator('canvas').first().waitFor();
    await plots
      .nth(1)
      .locator(`[role="img"][aria-label*="${compared.toLocaleString('en')} runs"]`)
      .waitFor();
    await plots.nth(1).locator('canvas').first().waitFor();
    await page.getByTestId('over-importance').getByText('ρ').first().waitFor();
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    const took = (performance.now() - start).toFixed(0);
    console.log(`${compared} of ${count} runs over their settings, ${round}: drawn after ${took} ms (goal 1,000)`);
  }
});
