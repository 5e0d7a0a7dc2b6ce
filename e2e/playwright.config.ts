/** End to end: the same journeys in a real Electron window and in a real browser, whichever the machine can show; and the terminal. */
import { defineConfig } from 'playwright/test';
import { seconds } from '../build/machine.ts';
import { longestTerminal, testPart } from '../build/test-parts.ts';
import type { WindowOptions } from './window.ts';

/** Windows to test in, told by build/test.ts: desktop, browser, or both. */
const windows = (process.env['VALLEYWALK_E2E_WINDOWS'] ?? 'browser').split(',') as WindowOptions['kind'][];
/** The journeys, and what a host alone promises, go in the first window in the first part, and in the others in the second. */
const part = testPart();
const shown = part === 'first' ? windows.slice(0, 1) : part === 'second' ? windows.slice(1) : windows;
const terminal = {
  name: 'terminal',
  testMatch: part === 'second' ? [...longestTerminal] : 'terminal/**/*.spec.ts',
  testIgnore: part === 'first' ? [...longestTerminal] : [],
};

export default defineConfig<WindowOptions>({
  testDir: '.',
  outputDir: '../test-results',
  // half of a journey's time is spent waiting for what the window draws and the disk keeps: two fill two cores
  workers: 2,
  timeout: seconds(120),
  expect: { timeout: seconds(20) },
  forbidOnly: Boolean(process.env['CI']),
  retries: 0,
  // what breaks every test should not take an hour to say so
  maxFailures: process.env['CI'] ? 10 : 4,
  reporter: [['list'], ['json', { outputFile: '../test-results/report.json' }]],
  projects: process.env['VALLEYWALK_E2E_PACKAGE']
    ? [{ name: 'package', testMatch: 'package/*.spec.ts', use: { kind: 'desktop' } }]
    : [
        ...shown.map((kind) => ({ name: kind, testMatch: 'journeys/**/*.spec.ts', use: { kind } })),
        ...shown.map((kind) => ({ name: `${kind} host`, testMatch: `hosts/${kind}.spec.ts`, use: { kind } })),
        terminal,
      ],
});
