/**
 * `npm test`: units and workbench tests, then end to end: the journeys and what the host alone promises in one kind of window (a real
 * Electron's where there is one, else a real browser's), and the terminal. `npm run test:second` does the same in the other kinds of window
 * that this machine can show and has what takes longest (test-parts.ts); continuous integration runs both. Installs a browser or a virtual
 * display when it may; without any window it fails, it never passes by leaving the end-to-end part out. `--only units|e2e|second` runs a
 * part; what follows goes to its runner.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildIfStale } from './build.ts';
import { sayLimits } from './machine.ts';
import { libtensorflowUnits, partVariable, secondUnits } from './test-parts.ts';
import type { TestPart } from './test-parts.ts';
import { aptInstall, findChromium, findElectron, findNumPy, hasDisplay, hasProgram } from './runtime.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = `${root}/test-results`;
const [only, rest] =
  process.argv[2] === '--only' ? [process.argv[3], process.argv.slice(4)] : [null, process.argv.slice(2)];

/** Tests passed and failed in one part. */
interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

function run(program: string, parameters: string[], environment: NodeJS.ProcessEnv = {}): boolean {
  const { status } = spawnSync(program, parameters, {
    stdio: 'inherit',
    cwd: root,
    env: { ...process.env, ...environment },
    shell: process.platform === 'win32',
  });
  return status === 0;
}

function readJson(file: string): Record<string, unknown> | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** @param part null runs the units of both */
function units(part: TestPart | null): Count {
  sayLimits();
  if (part === 'second' && !secondUnits().includes(libtensorflowUnits))
    console.error('VALLEYWALK_TENSORFLOW names no libtensorflow: the backend is tested on the kernels of tfjs alone.');
  const file = `${results}/units.json`;
  const parameters = ['--config', 'build/vitest.config.ts', '--reporter=default', '--reporter=json'];
  const ok = run(
    'vitest',
    ['run', ...parameters, `--outputFile.json=${file}`, ...(only === 'units' ? rest : [])],
    part === null ? {} : { [partVariable]: part },
  );
  const report = readJson(file);
  const number = (key: string): number => Number(report?.[key] ?? 0);
  const count = {
    passed: number('numPassedTests'),
    failed: number('numFailedTests'),
    skipped: number('numPendingTests') + number('numTodoTests'),
  };
  // a suite that could not even load counts as a failure
  return ok || count.failed > 0 ? count : { ...count, failed: 1 };
}

/** Finds or installs what can show a window. @throws Error with a sentence when there is none of any kind. */
function findWindows(): { electron: string | null; chromium: string | null; virtualDisplay: boolean } {
  let electron = findElectron();
  const virtualDisplay = electron !== null && !hasDisplay();
  if (virtualDisplay && !hasProgram('xvfb-run') && !aptInstall(['xvfb', 'xauth'])) {
    console.error('There is an Electron but no display and no xvfb-run: the desktop window is not tested.');
    electron = null;
  }
  let chromium = findChromium();
  if (!chromium && aptInstall(['chromium'])) chromium = findChromium();
  if (!electron && !chromium)
    throw new Error(
      'The end-to-end tests need a window: set ELECTRON_OVERRIDE_DIST_PATH to an Electron folder, or install Chromium ' +
        '("npx playwright install chromium", or your system\'s package).',
    );
  return { electron, chromium, virtualDisplay };
}

function endToEnd(part: TestPart): Count {
  const { electron, chromium, virtualDisplay } = findWindows();
  sayLimits();
  const python = findNumPy() ?? (aptInstall(['python3', 'python3-numpy']) ? findNumPy() : null);
  if (!python) console.error('No python3 with NumPy: walks are not recomputed independently.');
  const windows = [...(electron ? ['desktop'] : []), ...(chromium ? ['browser'] : [])];
  console.log(`end to end in: ${[...(part === 'second' ? windows.slice(1) : windows), 'terminal'].join(', ')}`);
  const playwright = ['playwright', 'test', '--config', 'e2e/playwright.config.ts', ...(only === 'units' ? [] : rest)];
  const [program, ...parameters] =
    electron && virtualDisplay ? ['xvfb-run', '-a', '-s', '-screen 0 1600x1000x24', ...playwright] : playwright;
  const ok = run(program!, parameters, {
    VALLEYWALK_E2E_WINDOWS: windows.join(','),
    [partVariable]: part,
    ...(electron ? { VALLEYWALK_E2E_ELECTRON: electron } : {}),
    ...(chromium ? { VALLEYWALK_E2E_CHROMIUM: chromium } : {}),
    ...(python ? { VALLEYWALK_E2E_PYTHON: python } : {}),
  });
  const stats = readJson(`${results}/report.json`)?.['stats'] as Record<string, number> | undefined;
  const count = {
    passed: (stats?.['expected'] ?? 0) + (stats?.['flaky'] ?? 0),
    failed: stats?.['unexpected'] ?? 0,
    skipped: stats?.['skipped'] ?? 0,
  };
  return ok || count.failed > 0 ? count : { ...count, failed: 1 };
}

rmSync(results, { recursive: true, force: true });
await buildIfStale();
const counts =
  only === 'second'
    ? [units('second'), endToEnd('second')]
    : [
        ...(only === 'e2e' ? [] : [units(only === 'units' ? null : 'first')]),
        ...(only === 'units' ? [] : [endToEnd('first')]),
      ];
const total = (key: keyof Count): number => counts.reduce((sum, count) => sum + count[key], 0);
// on continuous integration everything must have run
const complete = total('skipped') === 0 || !process.env['CI'];
if (!complete) console.error(`${total('skipped')} tests were skipped; on continuous integration that is a failure`);
console.log(`\n${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`);
process.exitCode = total('failed') === 0 && total('passed') > 0 && complete ? 0 : 1;
