/** Every chart of analyses, curvature, epochs and comparisons with numbers of any size: drawn, or refused in words, in every format. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { few, readOrRefused } from '../../../build/fuzzing/inputs.ts';
import type { Analysis, AnalysisResult } from '../../../shared/analyses/index.ts';
import { analysisRequestSchema } from '../../../shared/analyses/index.ts';
import { blankCurvature, blankEpoch } from '../../../shared/blank-records.ts';
import { bandKeys } from '../../../shared/compare/band.ts';
import { experimentSchema } from '../../../shared/experiment.ts';
import { figureRecipeSchema } from '../../../shared/figures/recipe.ts';
import { chartSpecSchema } from '../../../shared/charts/request.ts';
import type { ChartSpec } from '../../../shared/charts/request.ts';
import { testData, testIteration, testRun, testSource } from '../../../shared/charts/testing.ts';
import { renderFigure } from './render.ts';

const fonts = new URL('../../../resources/fonts', import.meta.url).pathname;

const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(
    0,
    -0,
    5e-324,
    1e-310,
    1e-45,
    1e-19,
    0.5,
    1,
    1 + 2e-16,
    1e15,
    3.4e38,
    1e308,
    -1e308,
    Number.MAX_VALUE,
  ),
);
const loss = fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) });
const iteration = fc.nat(1e8);
const numbers = (length: number): fc.Arbitrary<number[]> => fc.array(value, { minLength: length, maxLength: length });
const losses = (length: number): fc.Arbitrary<(number | null)[]> =>
  fc.array(loss, { minLength: length, maxLength: length });

const plane = fc.integer({ min: 5, max: 7 }).chain((side) =>
  fc.record({
    kind: fc.constant('plane' as const),
    points: fc.array(fc.record({ iteration, x: value, y: value, loss, accuracy: loss }), {
      minLength: 3,
      maxLength: 3,
    }),
    x: numbers(side).map((all) => all.toSorted((a, b) => a - b)),
    y: numbers(side).map((all) => all.toSorted((a, b) => a - b)),
    losses: losses(side * side),
    walk: fc.array(fc.record({ iteration, x: value, y: value, off: value.map(Math.abs) }), { maxLength: 4 }),
    examples: fc.integer({ min: 1 }),
    population: fc.integer({ min: 1 }),
  }),
);
const trajectory = fc.record({
  kind: fc.constant('trajectory' as const),
  points: fc.array(fc.record({ iteration, x: value, y: value }), { maxLength: 5 }),
  explained: fc.array(value, { maxLength: 10 }),
  kept: fc.integer({ min: 1 }),
});
const segment = fc.record({
  losses: fc.oneof(losses(3), losses(0), losses(1)),
  barrier: loss,
  resolution: loss,
  has_barrier: fc.constantFrom(null, true, false),
  length: value.map(Math.abs),
});
const valleyFloor = fc.record({
  kind: fc.constant('valley-floor' as const),
  floors: fc.array(
    fc.record({
      iteration,
      walk_loss: loss,
      floor_loss: loss,
      steps: fc.nat(),
      ended: fc.constantFrom('settled' as const, 'steps' as const, 'diverged' as const),
      depth_distance: loss,
    }),
    { maxLength: 4 },
  ),
  segments: fc.array(fc.record({ from: iteration, to: iteration, walk: segment, floor: segment }), { maxLength: 3 }),
  totals: fc.record({
    segments: fc.nat(9),
    walk_barriers: fc.nat(9),
    floor_barriers: fc.nat(9),
    walk_unresolved: fc.nat(9),
    floor_unresolved: fc.nat(9),
    walk_mean_height: loss,
    floor_mean_height: loss,
  }),
  examples: fc.integer({ min: 1 }),
});

const spectralDensity = fc.record({
  kind: fc.constant('spectral-density' as const),
  points: fc.array(
    fc.record({
      iteration,
      vectors: fc.array(
        fc.integer({ min: 0, max: 4 }).chain((length) =>
          fc.record(
            {
              values: numbers(length),
              weights: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: length, maxLength: length }),
              residuals: numbers(2).map((both) => both.map(Math.abs)),
              exact: fc.boolean(),
            },
            { requiredKeys: ['values', 'weights'] },
          ),
        ),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  parameters: fc.integer({ min: 1 }),
  examples: fc.integer({ min: 1 }),
  population: fc.integer({ min: 1 }),
});

const analysisOf = (result: AnalysisResult): Analysis => ({
  ...{ analysis: 'a', run: 'run-1', request: analysisRequestSchema.parse({ kind: result.kind }), status: 'finished' },
  ...{ progress: 1, seconds_left: null, created_at: '2026-11-22T10:00:00Z', started_at: null, finished_at: null },
  ...{ threads: null, error: null, result },
});

const ends = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.tuple(value, value).map(([from, to]) => ({ from: Math.min(from, to), to: Math.max(from, to) })),
  },
);
const axes = fc.record({ x: ends, y: ends, log: fc.boolean(), logX: fc.boolean() });
const format = fc.constantFrom('svg' as const, 'svg' as const, 'csv' as const, 'png' as const);

type Data = Parameters<typeof testSource>[0];
async function draws(chart: ChartSpec, data: Data, panel: object, format: 'svg' | 'csv' | 'png'): Promise<void> {
  const parsed = figureRecipeSchema.safeParse({
    panels: [{ chart, runs: data.map(({ run }) => ({ run: run.run })), ...panel }],
  });
  if (!parsed.success) return;
  const drawn = await readOrRefused(() =>
    renderFigure({ recipe: parsed.data, format, dpi: 36 }, testSource(data), { fonts }),
  );
  if (!drawn || format === 'png') return;
  const text = new TextDecoder().decode(drawn.bytes);
  expect(format === 'svg' ? text.split('</metadata>')[1] : text).not.toMatch(/NaN|Infinity|undefined/);
}

test('planes, surfaces, trajectories, valley floors and spectral densities', async () => {
  const results = {
    plane,
    'plane-surface': plane,
    trajectory,
    'valley-floor': valleyFloor,
    'spectral-density': spectralDensity,
  };
  const drawn = fc
    .constantFrom(...(Object.keys(results) as (keyof typeof results)[]))
    .chain((chart) => fc.tuple(fc.constant(chart), results[chart] as fc.Arbitrary<AnalysisResult>));
  await fc.assert(
    fc.asyncProperty(drawn, axes, format, async ([chart, result], panel, as) => {
      const data = { ...testData(testRun('a', { run: 'run-1' })), analysis: analysisOf(result) };
      await draws(chartSpecSchema.parse({ chart, analysis: 'a' }), [data], panel, as);
    }),
    few,
  );
});

const epochOf = fc.record({ train_loss: loss, validation_accuracy: loss, lambda_max: loss, spectral_norm: loss });
const curvatureOf = fc.record({
  rank: fc.constantFrom(-1, 1, 2, 3),
  eigenvalue: value,
  residual: value.map(Math.abs),
  alignment: loss,
});
const compared = fc.record({
  chart: fc.constant('comparison'),
  record: fc.constantFrom('iteration', 'epoch', 'curvature'),
  metric: fc.constantFrom('batch_loss', 'distance', 'train_loss', 'spectral_norm', 'eigenvalue', 'alignment'),
  against: fc.constantFrom('iteration', 'epoch', 'distance', 'path_length', 'elapsed_seconds'),
  group: fc.constantFrom(null, [], ['optimizer.learningRate']),
  band: fc.constantFrom(...bandKeys),
  smoothing: fc.constantFrom(0, 1, 1e9, 5e-324),
  baseline: fc.constantFrom(null, 'run-1', { group: [] }, { group: ['0.1'] }),
  scheme: fc.constantFrom('places', 'qualitative', 'sequential'),
});
const summary = fc.constantFrom(
  'iteration.batch_loss.last',
  'iteration.distance.mean.1-',
  'epoch.train_loss.minimum',
  'epoch.validation_accuracy.at_best',
  'curvature.eigenvalue.maximum',
);
const overSettings = fc.oneof(
  fc.record({
    chart: fc.constant('quantity-setting'),
    quantity: summary,
    setting: fc.constantFrom('seed', 'optimizer.learningRate', 'optimizer.kind', 'optimizer.momentum'),
    group: fc.constantFrom(null, ['seed'], ['optimizer.learningRate', 'status']),
  }),
  fc.record({
    chart: fc.constant('heat-map'),
    quantity: summary,
    x: fc.constantFrom('seed', 'optimizer.learningRate'),
    y: fc.constantFrom('optimizer.kind', 'optimizer.batchSize'),
    scale: fc.constantFrom('linear', 'log'),
  }),
  summary.map((colour) => ({
    chart: 'parallel-coordinates',
    axes: ['seed', 'optimizer.learningRate', colour],
    colour,
  })),
);
const rate = fc.double({ min: 1e-12, max: 1000, noNaN: true });
const spec = fc.oneof(
  compared,
  overSettings,
  ...['eigenvalue', 'spectral_norm', 'alignment'].map((metric) => fc.constant({ chart: 'curvature', metric })),
  fc.constant({ chart: 'step-curvature' }),
  ...[
    ['iteration', 'batch_loss', 'distance'],
    ['epoch', 'train_loss', 'spectral_norm'],
    ['curvature', 'eigenvalue', 'alignment'],
  ].flatMap(([record, one, other]) => [
    fc.constant({ chart: 'scatter', record, x: one, y: other }),
    fc.constant({ chart: 'scatter', record, x: other, y: one }),
  ]),
  ...['train_loss', 'validation_accuracy', 'spectral_norm'].map((metric) =>
    fc.constant({ chart: 'epoch-metric', metric }),
  ),
);

test('curvature, epochs and comparisons of runs', async () => {
  const run = fc.tuple(
    fc.array(epochOf, { maxLength: 4 }),
    fc.array(curvatureOf, { maxLength: 6 }),
    fc.array(fc.tuple(value, value), { maxLength: 5 }),
    rate,
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(run, { minLength: 1, maxLength: 3 }),
      spec,
      axes,
      format,
      async (runs, asked, panel, as) => {
        const chart = chartSpecSchema.safeParse(asked);
        if (!chart.success) return;
        const data = runs.map(([epochs, curvature, iterations, learningRate], at) =>
          testData(
            testRun(`run ${at}`, {
              run: `run-${at + 1}`,
              seed: at,
              experiment: experimentSchema.parse({ name: 'a', seed: at, optimizer: { kind: 'sgd', learningRate } }),
            }),
            iterations.map(([batch_loss, size], t) =>
              testIteration(t, {
                batch_loss,
                distance: Math.abs(size),
                path_length: Math.abs(size),
                learning_rate: learningRate,
                step_curvature: batch_loss,
                step_curvature_error: Math.abs(size),
              }),
            ),
            [],
            epochs.map((epoch, index) => blankEpoch({ epoch: index, iterations: 1, distance: 0, ...epoch })),
            curvature.map((one, index) => blankCurvature({ iteration: index >> 1, epoch: index >> 1, ...one })),
          ),
        );
        await draws(chart.data, data, panel, as);
      },
    ),
    few,
  );
});
