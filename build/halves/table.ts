/**
 * The halves of things: a line for each, with the file, what is taken out, and what the message must name. `npm run check` takes each out
 * (build/forgotten-halves.ts); docs/adding.md tells the messages. One operation, network, analysis and claim stands for all of its kind, which
 * are of one type.
 */
import type { Half } from './check.ts';

const ofSigmoid = (property: string, half: string): Half => ({
  thing: 'operation sigmoid',
  half,
  file: 'shared/graph/ops/sigmoid.ts',
  cuts: [{ of: 'sigmoidOperation', property }],
  names: [`'${property}'`, "'Operation<"],
});
const ofLenet5 = (property: string, half: string): Half => ({
  thing: 'network LeNet-5',
  half,
  file: 'shared/networks/lenet5.ts',
  cuts: [{ of: 'lenet5Network', property }],
  names: [`'${property}'`, 'NetworkDefinition'],
});
const ofNumpy = (property: string, half: string): Half => ({
  thing: 'data format NumPy arrays',
  half,
  file: 'electron/datasets/formats/numpy.ts',
  cuts: [{ of: 'numpy', property }],
  names: [`'${property}'`, 'DataFormat<'],
});

const ofHeights = (property: string, half: string): Half => ({
  thing: 'chart of heights',
  half,
  file: 'shared/charts/kinds/heights.ts',
  cuts: [{ of: 'heights', property }],
  names: [`'${property}'`, 'ChartDefinition'],
});

/** Halves that the types miss. */
export const typedHalves: readonly Half[] = [
  {
    thing: 'operation sigmoid',
    half: 'its translation for ONNX Runtime',
    file: 'electron/trainer/backends/onnx/emit.ts',
    cuts: [{ of: 'translations', property: 'sigmoid' }],
    names: ["'sigmoid'", "'Translations'"],
  },
  {
    thing: 'operation sigmoid',
    half: 'its translation for TensorFlow',
    file: 'electron/trainer/backends/tensorflow/translations.ts',
    cuts: [{ of: 'translations', property: 'sigmoid' }],
    names: ["'sigmoid'", 'Translation<'],
  },
  {
    thing: 'operation sigmoid',
    half: 'its translation for PyTorch',
    file: 'electron/trainer/backends/pytorch/translations.ts',
    cuts: [{ of: 'translations', property: 'sigmoid' }],
    names: ["'sigmoid'", 'Translation<'],
  },
  ofSigmoid('infer', 'its shape'),
  ofSigmoid('gradient', 'its gradient'),
  ofSigmoid('evaluate', 'its reference in float64'),
  ofSigmoid('cost', 'its cost'),
  ofLenet5('takes', 'the images that it takes'),
  ofLenet5('settings', 'its settings'),
  ofLenet5('short', 'its short name'),
  ofLenet5('normalises', 'whether it normalises batches'),
  ofLenet5('build', 'its graph'),
  {
    thing: 'quantity relative update',
    half: 'its measurement',
    file: 'electron/trainer/walk/probes/path.ts',
    cuts: [{ of: 'openPath', property: 'relative_update' }],
    names: ["'relative_update'", 'MeasuredBy<'],
  },
  {
    thing: 'probe of snapshots',
    half: 'that checkpoints hold what it remembers',
    file: 'electron/trainer/walk/walk.ts',
    cuts: [{ of: 'remembering', property: 'snapshots' }],
    names: ["Property 'snapshots' is missing", 'RememberingProbes'],
  },
  {
    thing: 'optimiser Adam',
    half: 'a vector of its state',
    file: 'shared/optimizers/adam.ts',
    cuts: [{ of: 'adam', property: 'secondMoment' }],
    complains: ['electron/trainer/walk/rules/adam.ts'],
    names: ["'secondMoment'"],
  },
  {
    thing: 'optimiser Adam',
    half: 'what it remembers',
    file: 'shared/optimizers/adam.ts',
    cuts: [{ of: 'adam', property: 'vectors' }],
    names: ["'vectors'", 'OptimizerDefinition'],
  },
  {
    thing: 'optimiser Adam',
    half: 'whether its runs are evidence for the claims',
    file: 'shared/optimizers/adam.ts',
    cuts: [{ of: 'adam', property: 'evidence' }],
    names: ["'evidence'", 'OptimizerDefinition'],
  },
  {
    thing: 'optimiser Adam',
    half: 'its rule',
    file: 'electron/trainer/walk/rules/index.ts',
    cuts: [{ of: 'rules', property: 'adam' }],
    names: ["Property 'adam' is missing"],
  },
  {
    thing: 'job kind run',
    half: 'how many compute at a time',
    file: 'electron/workbench/jobs/run/run.ts',
    cuts: [{ of: 'openRuns', property: 'slots' }],
    names: ["'slots'", 'JobKind<'],
  },
  {
    thing: 'job kind analysis',
    half: 'how it ends',
    file: 'electron/workbench/jobs/analysis.ts',
    cuts: [{ of: 'openAnalyses', property: 'ended' }],
    names: ["'ended'", 'JobKind<'],
  },
  {
    thing: 'job kind check of the store',
    half: 'its work',
    file: 'electron/workbench/jobs/check-store.ts',
    cuts: [{ of: 'openStoreChecks', property: 'work' }],
    names: ["'work'", "'BackgroundKind'"],
  },
  {
    thing: 'analysis valley-floor',
    half: 'what computes it',
    file: 'electron/trainer/analyses/index.ts',
    cuts: [{ of: 'analyses', property: 'valley-floor' }],
    names: ['\'"valley-floor"\''],
  },
  {
    thing: 'claim C2',
    half: 'the null of a statistic',
    file: 'shared/claims/c2-bounce.ts',
    cuts: [{ of: 'test', property: 'nulls' }],
    names: ["'nulls'", "'Basis<"],
  },
  {
    thing: 'claim C2',
    half: 'the worlds without it, on which it is calibrated',
    file: 'shared/claims/c2-bounce.ts',
    cuts: [{ of: 'bounces', property: 'nulls' }],
    names: ["'nulls'", "'Calibration'"],
  },
  {
    thing: 'claim C2',
    half: 'its calibration',
    file: 'shared/claims/c2-bounce.ts',
    cuts: [{ of: 'bounces', property: 'calibration' }],
    names: ["'calibration'", "'Claim'"],
  },
  ofHeights('help', 'what it shows'),
  ofHeights('options', 'its options'),
  ofHeights('title', 'its name in lists'),
  ofHeights('records', 'the records that it needs'),
  ofHeights('several', 'whether it draws several runs'),
  ofHeights('log', 'whether its vertical axis may be logarithmic'),
  ofHeights('logX', 'whether its horizontal axis may be logarithmic'),
  ofHeights('places', 'its horizontal axis where a part of it can be chosen'),
  ofHeights('analysis', 'the analysis that it draws'),
  ofHeights('menus', 'the menus that it stands in'),
  ofHeights('exported', 'its charts in an export'),
  ofHeights('build', 'what draws it'),
  {
    thing: 'chart of slices as a heat map',
    half: 'the words of an option',
    file: 'shared/charts/kinds/slice-map.ts',
    cuts: [{ of: 'options', property: 'title' }],
    names: ["'title'", 'ChartOption'],
  },
  {
    thing: 'chart of slices as a heat map',
    half: 'the words of the values of an option',
    file: 'shared/charts/kinds/slice-map.ts',
    cuts: [{ of: 'options', property: 'choices' }],
    names: ["'choices'", 'ChartOption'],
  },
  ofNumpy('detect', 'how a folder of it is told'),
  ofNumpy('read', 'how it is read'),
  ofNumpy('holds', 'its words for help'),
  ofNumpy('reads', 'its words for docs/data.md'),
  ofNumpy('lookedFor', 'its words for a folder without a data set'),
  ofNumpy('normalisation', 'how its pixels become numbers'),
];

/** Halves that no type can miss, since nothing else speaks of the thing: found as unused code. */
export const listedHalves: readonly Half[] = [
  {
    thing: 'operation sigmoid',
    half: 'its line in the index',
    file: 'shared/graph/ops/index.ts',
    cuts: [{ of: 'listed', element: 'sigmoidOperation' }, { from: './sigmoid.ts' }],
    names: ['sigmoid.ts'],
  },
  {
    thing: 'network LeNet-5',
    half: 'its line in the index',
    file: 'shared/networks/index.ts',
    cuts: [{ of: 'networks', element: 'lenet5Network' }, { from: './lenet5.ts' }],
    names: ['lenet5Network', 'lenet5.ts'],
  },
  {
    thing: 'chart of heights',
    half: 'its line in the index',
    file: 'shared/charts/kinds/index.ts',
    cuts: [{ of: 'chartKinds', element: 'heights' }, { from: './heights.ts' }],
    names: ['heights.ts'],
  },
  {
    thing: 'job kind check of the store',
    half: 'its line in the table',
    file: 'electron/workbench/jobs/kinds.ts',
    cuts: [{ of: 'jobKinds', property: 'check-store' }, { from: './check-store.ts' }],
    names: ['check-store.ts'],
  },
  {
    thing: 'claim C2',
    half: 'its line in the index',
    file: 'shared/claims/index.ts',
    cuts: [{ of: 'claims', element: 'bounces' }, { from: './c2-bounce.ts' }],
    names: ['c2-bounce.ts'],
  },
  {
    thing: 'data format NumPy arrays',
    half: 'its line in the table',
    file: 'electron/datasets/formats/index.ts',
    cuts: [{ of: 'dataFormats', element: 'numpy' }, { from: './numpy.ts' }],
    names: ['numpy.ts'],
  },
];
