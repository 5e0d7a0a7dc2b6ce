/** The columns that sum runs up: in the list of runs and in the comparison. */
import { secondsBetween } from '../../shared/clock.ts';
import { formatDuration, formatMeasured, formatNumber } from '../../shared/format.ts';
import { batchSizeOf, experimentFields } from '../../shared/experiment.ts';
import { valueAt } from '../../shared/setting-fields.ts';
import type { ExperimentField } from '../../shared/setting-fields.ts';
import { knownSettings } from '../../shared/records.ts';
import type { RunRecord } from '../../shared/records.ts';
import { architectureOf, formatSetting } from '../../shared/runs/settings.ts';
import type { Explained } from '../ui/explained.ts';
import { formatCount, formatMoment, lengthOf } from '../ui/format.ts';

/** One column: what it says, how it sorts, what explains it. */
export interface RunColumn extends Explained {
  key: string;
  title: string;
  number: boolean;
  /** Width in the list of runs, in px; as a number's column otherwise. */
  width?: number;
  text(run: RunRecord): string;
  sort(run: RunRecord): number | string | null;
}

const setting = (run: RunRecord, path: string): number | null => {
  const value = valueAt(knownSettings(run), path);
  return typeof value === 'number' ? value : null;
};
/** Examples of an iteration; null where an imported trajectory does not tell. */
const batchSize = (run: RunRecord): number | null =>
  run.imported ? run.imported.batch_size : batchSizeOf(run.experiment);
const share = (run: RunRecord, part: number): number | null =>
  run.summary.probed_iterations === 0 ? null : part / run.summary.probed_iterations;
const ofProbed = (run: RunRecord, part: number): string =>
  run.summary.probed_iterations === 0 ? '–' : `${formatCount(part)} / ${formatCount(run.summary.probed_iterations)}`;

/** Columns of settings that matter most. */
const settingColumns: readonly RunColumn[] = [
  {
    key: 'architecture',
    title: 'Network',
    help: 'Architecture with its hidden widths.',
    number: false,
    width: 126,
    text: (run) => architectureOf(run.experiment),
    sort: (run) => architectureOf(run.experiment),
  },
  {
    key: 'learning_rate',
    title: 'Learning rate',
    help: 'The update is the optimiser’s direction times it.',
    number: true,
    width: 68,
    text: (run) => formatNumber(setting(run, 'optimizer.learningRate')),
    sort: (run) => setting(run, 'optimizer.learningRate'),
  },
  {
    key: 'batch_size',
    title: 'Batch size',
    help: 'Examples per iteration.',
    number: true,
    width: 60,
    text: (run) => formatCount(batchSize(run)),
    sort: batchSize,
  },
  {
    key: 'length',
    title: 'Length',
    help: 'How long it trains.',
    number: true,
    width: 112,
    text: (run) => (run.kind === 'imported' ? 'imported' : lengthOf(run.experiment)),
    sort: (run) => run.iterations_total,
  },
];

/** Columns of results. */
export const summaryColumns: readonly RunColumn[] = [
  {
    key: 'train_loss',
    title: 'Training loss',
    metric: { record: 'epoch', key: 'train_loss' },
    number: true,
    width: 76,
    text: (run) => formatMeasured(run.summary.train_loss),
    sort: (run) => run.summary.train_loss,
  },
  {
    key: 'validation_accuracy',
    title: 'Validation accuracy',
    metric: { record: 'epoch', key: 'validation_accuracy' },
    number: true,
    width: 84,
    text: (run) => formatMeasured(run.summary.validation_accuracy),
    sort: (run) => run.summary.validation_accuracy,
  },
  {
    key: 'interior_floors',
    title: 'Interior floors',
    metric: { record: 'epoch', key: 'interior_floors' },
    number: true,
    text: (run) => ofProbed(run, run.summary.interior_floors),
    sort: (run) => share(run, run.summary.interior_floors),
  },
  {
    key: 'mean_height_before',
    title: 'Mean height before / after',
    help: 'Mean height above the valley floor before and after each probed update, in the unit of the loss (nats of cross-entropy).',
    number: true,
    width: 148,
    text: ({ summary: { mean_height_before: before, mean_height_after: after } }) =>
      before === null && after === null ? '–' : `${formatMeasured(before)} / ${formatMeasured(after)}`,
    sort: (run) => run.summary.mean_height_before,
  },
  {
    key: 'barriers',
    title: 'Barriers',
    metric: { record: 'epoch', key: 'barriers' },
    number: true,
    width: 64,
    text: (run) => (run.summary.probed_iterations === 0 ? '–' : formatCount(run.summary.barriers)),
    sort: (run) => (run.summary.probed_iterations === 0 ? null : run.summary.barriers),
  },
  {
    key: 'mean_gradient_cosine',
    title: 'Mean cosine',
    metric: { record: 'iteration', key: 'gradient_cosine' },
    number: true,
    text: (run) => formatMeasured(run.summary.mean_gradient_cosine),
    sort: (run) => run.summary.mean_gradient_cosine,
  },
  {
    key: 'distance',
    title: 'Distance',
    metric: { record: 'iteration', key: 'distance' },
    number: true,
    width: 72,
    text: (run) => formatMeasured(run.summary.distance),
    sort: (run) => run.summary.distance,
  },
];

/** Results that need more room: the run's own page and the comparison. */
export const detailColumns: readonly RunColumn[] = [
  {
    key: 'convex_slices',
    title: 'Roughly convex',
    metric: { record: 'epoch', key: 'convex_slices' },
    number: true,
    text: (run) => ofProbed(run, run.summary.convex_slices),
    sort: (run) => share(run, run.summary.convex_slices),
  },
  {
    key: 'bounces',
    title: 'Bounces',
    help: 'Probed iterations with an interior floor, by more than the evaluation resolves, whose gradient opposes the one before.',
    number: true,
    text: (run) => (run.kind === 'imported' ? '–' : ofProbed(run, run.summary.bounces)),
    sort: (run) => (run.kind === 'imported' ? null : share(run, run.summary.bounces)),
  },
  {
    key: 'unresolved_slices',
    title: 'Below resolution',
    metric: { record: 'epoch', key: 'unresolved_slices' },
    number: true,
    text: (run) => ofProbed(run, run.summary.unresolved_slices),
    sort: (run) => share(run, run.summary.unresolved_slices),
  },
  {
    key: 'path_length',
    title: 'Path length',
    metric: { record: 'iteration', key: 'path_length' },
    number: true,
    text: (run) => formatMeasured(run.summary.path_length),
    sort: (run) => run.summary.path_length,
  },
];

/** Of targets that are real numbers, in the place of the accuracy. */
const validationR2: RunColumn = {
  key: 'validation_r_squared',
  title: 'Validation R²',
  metric: { record: 'epoch', key: 'validation_r_squared' },
  number: true,
  width: 84,
  text: (run) => formatMeasured(run.summary.validation_r_squared),
  sort: (run) => run.summary.validation_r_squared,
};

/** The results of some runs: targets that are real numbers have R² in the place of the accuracy; runs of both kinds have both. */
export function resultColumns(
  runs: readonly { summary: Pick<RunRecord['summary'], 'validation_accuracy' | 'validation_r_squared'> }[],
  columns: readonly RunColumn[] = summaryColumns,
): readonly RunColumn[] {
  if (runs.every(({ summary }) => summary.validation_r_squared === null)) return columns;
  const classify = runs.some(({ summary }) => summary.validation_accuracy !== null);
  return columns.flatMap((column) =>
    column.key === 'validation_accuracy' ? [...(classify ? [column] : []), validationR2] : [column],
  );
}

const seconds = (run: RunRecord): number | null =>
  run.finished_at === null ? null : secondsBetween(run.started_at, run.finished_at);

/** Results that stand in the list only when asked for. */
const furtherColumns: readonly RunColumn[] = [
  {
    key: 'train_r_squared',
    title: 'Training R²',
    metric: { record: 'epoch', key: 'train_r_squared' },
    number: true,
    text: (run) => formatMeasured(run.summary.train_r_squared),
    sort: (run) => run.summary.train_r_squared,
  },
  validationR2,
  {
    key: 'train_accuracy',
    title: 'Training accuracy',
    metric: { record: 'epoch', key: 'train_accuracy' },
    number: true,
    text: (run) => formatMeasured(run.summary.train_accuracy),
    sort: (run) => run.summary.train_accuracy,
  },
  {
    key: 'validation_loss',
    title: 'Validation loss',
    metric: { record: 'epoch', key: 'validation_loss' },
    number: true,
    text: (run) => formatMeasured(run.summary.validation_loss),
    sort: (run) => run.summary.validation_loss,
  },
];

/** What is known of a run beside settings and results. */
const aboutColumns: readonly RunColumn[] = [
  {
    key: 'notes',
    title: 'Notes',
    help: 'What was written about the run.',
    number: false,
    width: 240,
    text: (run) => run.notes.replaceAll(/\s+/g, ' '),
    sort: (run) => run.notes || null,
  },
  {
    key: 'created_at',
    title: 'Queued',
    help: 'When the run was queued.',
    number: false,
    width: 112,
    text: (run) => formatMoment(run.created_at),
    sort: (run) => run.created_at,
  },
  {
    key: 'seconds',
    title: 'Took',
    help: 'Time from its start to its end.',
    number: true,
    text: (run) => formatDuration(seconds(run)),
    sort: seconds,
  },
  {
    key: 'iterations_done',
    title: 'Iterations',
    help: 'Iterations that are done, of all.',
    number: true,
    width: 112,
    text: (run) => `${formatCount(run.iterations_done)} / ${formatCount(run.iterations_total)}`,
    sort: (run) => run.iterations_done,
  },
  {
    key: 'parameters',
    title: 'Parameters',
    help: 'Trainable parameters of the network.',
    number: true,
    text: (run) => formatCount(run.parameters),
    sort: (run) => run.parameters,
  },
  {
    key: 'backend',
    title: 'Backend',
    help: 'What it was computed on; known once it has started.',
    number: false,
    text: (run) => run.environment?.backend ?? '–',
    sort: (run) => run.environment?.backend ?? null,
  },
  {
    key: 'device',
    title: 'Device',
    help: 'The device of the backend, with its threads.',
    number: false,
    width: 200,
    text: (run) => run.environment?.device ?? '–',
    sort: (run) => run.environment?.device ?? null,
  },
];

/** A setting as a column; the ones above say some of them in short. */
function settingColumn(field: ExperimentField): RunColumn {
  const numeric = field.control === 'integer' || field.control === 'number';
  return {
    key: field.path,
    title: field.title,
    help: field.help,
    number: numeric,
    ...(numeric ? {} : { width: 160 }),
    text: (run) => formatSetting(field.path, valueAt(knownSettings(run), field.path)),
    sort: (run) => {
      const value = valueAt(knownSettings(run), field.path);
      return typeof value === 'number' ? value : value === undefined ? null : formatSetting(field.path, value);
    },
  };
}

const inShort = new Set(['name', 'optimizer.learningRate', 'optimizer.batchSize', 'length']);

/** Every column that the list of runs can have beside name and status, in the order in which they stand. */
export const columnGroups: readonly { title: string; columns: readonly RunColumn[] }[] = [
  { title: 'Settings', columns: settingColumns },
  { title: 'Results', columns: [...summaryColumns, ...furtherColumns, ...detailColumns] },
  { title: 'About the run', columns: aboutColumns },
  {
    title: 'Further settings',
    columns: experimentFields()
      .filter((field) => !inShort.has(field.path))
      .map(settingColumn),
  },
];

/** Columns that are among the first ones only where they all fit. */
const roomyColumns = new Set(['length', 'mean_gradient_cosine']);
/** Width of a window, in px, in which they do. */
const roomyWidth = 1440;

/** Keys of the columns that the list has until others are chosen: as many as a window of 1280 px or more shows without scrolling sideways. */
export function defaultColumns(windowWidth: number): string[] {
  return [...settingColumns, ...summaryColumns]
    .map(({ key }) => key)
    .filter((key) => windowWidth >= roomyWidth || !roomyColumns.has(key));
}

/** Orders two values of a column: numbers by size, words by the alphabet. */
export function compareValues(x: number | string, y: number | string): number {
  return typeof x === 'string' ? x.localeCompare(String(y)) : x - Number(y);
}
