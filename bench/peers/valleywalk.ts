/** This program: `valleywalk serve` over a store with the same losses. */
import { readFileSync, rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../electron/workbench/store/store.ts';
import { serveStore } from '../window/open.ts';
import { addRun } from '../window/seed.ts';
import type { Contender } from './contender.ts';
import type { Environment } from './environment.ts';

/** What a file of float64 holds. */
function numbersIn(file: string): Float64Array {
  const bytes = readFileSync(file);
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
}

/** @param version of this program */
export function valleywalk(environment: Environment, version: string): Contender {
  let runs: string[] = [];
  return {
    name: 'Valleywalk',
    settings: 'as it comes, `metrics=iteration.batch_loss`',
    version: () => Promise.resolve(version),
    async start(size) {
      const made = await environment.seeded('valleywalk', size);
      const [losses, accuracies] = [numbersIn(join(made, 'losses.f64')), numbersIn(join(made, 'accuracies.f64'))];
      const epochs = accuracies.length / size.runs;
      const folder = mkdtempSync(join(tmpdir(), 'valleywalk-peers-'));
      const store = openStore(folder);
      runs = Array.from({ length: size.runs }, (_, run) =>
        addRun(store, {
          name: `run ${String(run).padStart(2, '0')}`,
          iterations: size.iterations,
          learningRate: (1 + run) / 100,
          batchLoss: (t) => losses[run * size.iterations + t]!,
          accuracies: [...accuracies.subarray(run * epochs, (run + 1) * epochs)],
        }),
      );
      store.close();
      const { address, stop } = await serveStore(folder);
      return {
        address: new URL(address).origin,
        signIn: address,
        stop: async () => {
          await stop();
          rmSync(folder, { recursive: true, force: true });
        },
      };
    },
    async open(page, address) {
      await page.goto(`${address}/#/compare?metrics=iteration.batch_loss&runs=${runs.join(',')}`);
    },
    chart: (page) => page.locator('[data-testid="chart-compare"] .plot').first(),
    unzoom: (_, chart) => chart.dblclick(),
    wheelKey: 'Control',
    async metricsAtOnce(page, address) {
      await page.goto(`${address}/#/compare?runs=${runs.join(',')}`);
      await page.locator('[data-metric]').first().waitFor();
      return page.locator('[data-metric]').count();
    },
    async parallel(page) {
      await page.getByTestId('compare-view-settings').click();
      await page.locator('[data-testid="over-parallel"] canvas').first().waitFor();
      return 1;
    },
    async hide(page) {
      await page.locator('[data-compared]').nth(3).locator('[data-act="hide"]').click();
      return 1;
    },
    async solo(page) {
      await page.locator('[data-compared]').nth(5).locator('[data-act="solo"]').click();
      return 1;
    },
  };
}
