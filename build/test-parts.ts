/**
 * The two parts of the tests: `npm test` is the first, short enough to wait for; `npm run test:second` has the files that take longest and
 * the journeys in the other kinds of window; `npm run test:cluster` is a study on a real Slurm. Continuous integration runs both, and a runner that is told no part runs everything.
 */

/** Unit and workbench tests of the second part: each takes about twenty seconds or more, or a library from outside. Paths from the root. */
export const longestUnits = [
  'electron/trainer/backends/onnx/webgpu.test.ts',
  'electron/trainer/backends/pytorch/pytorch.test.ts',
  'electron/trainer/backends/tensorflow/libtensorflow.test.ts',
  'electron/trainer/walk/resume.test.ts',
  'electron/workbench/analyses/analyses.test.ts',
  'electron/workbench/earlier-stores.test.ts',
  'electron/workbench/import/cases.test.ts',
  'electron/workbench/import/import.test.ts',
  'electron/workbench/jobs/locked.test.ts',
  'electron/workbench/jobs/run.test.ts',
  'electron/workbench/jobs/silence.test.ts',
  'electron/workbench/lost-device.test.ts',
  'electron/workbench/lost-python.test.ts',
  'electron/workbench/machines/machines.test.ts',
  'electron/workbench/resuming.test.ts',
  'electron/workbench/setups/real-wheel.test.ts',
  'electron/workbench/studies/studies.test.ts',
  'electron/workbench/training.test.ts',
  'electron/workbench/workbench.test.ts',
] as const;

/** Of them, the one that asks for the real libtensorflow: in the folder that VALLEYWALK_TENSORFLOW names, which `.ci/run` sets up as a user does. */
export const libtensorflowUnits = 'electron/trainer/backends/tensorflow/libtensorflow.test.ts';

/** The second part's units on this machine: without a folder of libtensorflow those that ask for it are left out, which build/test.ts says. */
export function secondUnits(): string[] {
  return longestUnits.filter((file) => file !== libtensorflowUnits || process.env['VALLEYWALK_TENSORFLOW']);
}

/** End-to-end tests of the second part that need no window: walks recomputed in NumPy, and processes that are stopped. Paths from e2e/. */
export const longestTerminal = ['terminal/independent.spec.ts', 'terminal/signals.spec.ts'] as const;

/** A part of the tests. */
export type TestPart = 'first' | 'second' | 'cluster';

/** Variable of the environment by which build/test.ts tells the runners their part. */
export const partVariable = 'VALLEYWALK_TEST_PART';

/** The part that this process runs; null for everything. */
export function testPart(): TestPart | null {
  const part = process.env[partVariable];
  return part === 'first' || part === 'second' || part === 'cluster' ? part : null;
}
