/**
 * 1,000 runs of 1,000 iterations over their settings: time of their summaries from the store, the first time and when they are kept, and time
 * until the view of them stands in a window, the last chart and the table counted.
 *
 *     node bench/over-settings.ts [RUNS] [ITERATIONS]
 */
import { openSummaries } from '../electron/workbench/summaries.ts';
import { openStore } from '../electron/workbench/store/store.ts';
import { addRun } from './window/seed.ts';
import { inWindow } from './window/open.ts';

const [count = 1000, iterations = 1000] = process.argv.slice(2).map(Number);
const names = ['iteration.batch_loss.last', 'iteration.batch_loss.at_best', 'iteration.distance.mean.100-199'];

function seed(folder: string): void {
  const store = openStore(folder);
  const ids = store.transaction(() =>
    Array.from({ length: count }, (_, index) =>
      addRun(store, { name: `run ${index}`, iterations, learningRate: 0.01 * 1.5 ** (index % 12) }),
    ),
  );
  const summaries = openSummaries(store);
  for (const round of ['computed', 'kept']) {
    const start = performance.now();
    for (const id of ids) for (const name of names) summaries.one(id, name);
    console.log(`${names.length} summaries of ${count} runs, ${round}: ${(performance.now() - start).toFixed(0)} ms`);
  }
  store.close();
}

await inWindow(seed, async (page) => {
  await page.locator('[data-testid="runs-table"] tr[data-run]').first().waitFor();
  await page.waitForTimeout(2000);
  const address = `#/compare?filter=status%20%3D%20finished&view=settings&quantity=${names[0]}`;
  for (const round of ['opened first', 'opened again']) {
    await page.evaluate("location.hash = '#/settings'");
    await page.waitForTimeout(1000);
    const start = performance.now();
    await page.evaluate(`location.hash = ${JSON.stringify(address)}`);
    await page.waitForFunction(
      `['over-chart', 'over-parallel'].every((id) => {
        const plot = document.querySelector('[data-testid="' + id + '"] [role=img]');
        return plot?.querySelector('canvas') && /${count.toLocaleString('en')} runs|over \\d+ runs/.test(plot.getAttribute('aria-label'));
      })`,
    );
    await page.getByTestId('over-importance').getByText('ρ').first().waitFor();
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    const took = (performance.now() - start).toFixed(0);
    console.log(`${count} runs over their settings, ${round}: drawn after ${took} ms (goal 1,000)`);
  }
});
