/** What a filter can ask about a run: its settings, what became of it, its results, and what people added. */
import { batchSizeOf, experimentFields } from '../experiment.ts';
import type { ExperimentField } from '../setting-fields.ts';
import { knownSettings, runKinds, runStatuses, runSummarySchema } from '../records.ts';
import type { RunRecord } from '../records.ts';
import { formatSetting } from './settings.ts';

/** The value of a field; null where the run has none. */
export type FieldValue = number | string | boolean | readonly string[] | null;

/** One thing to filter by. */
export interface RunField {
  /** Its name in a filter: a setting's path, a column of the summary, or a word. */
  name: string;
  /** What it is, in words. */
  title: string;
  /** How values compare: numbers by size, moments by time, texts by equality or part, choices among fixed words. */
  kind: 'number' | 'text' | 'choice' | 'flag' | 'list' | 'time';
  /** Whether it is a setting of the experiment or a result; absent for what else a run has. */
  about?: 'setting' | 'result';
  /** Words of a `choice`. */
  choices?: readonly string[];
  value(run: RunRecord): FieldValue;
}

/** Runs as they are called in words. */
const own: readonly RunField[] = [
  { name: 'name', title: 'name of the run', kind: 'text', value: (run) => run.name },
  { name: 'run', title: 'id of the run', kind: 'text', value: (run) => run.run },
  {
    name: 'kind',
    title: 'trained here, or an imported trajectory',
    kind: 'choice',
    choices: runKinds,
    value: (run) => run.kind,
  },
  { name: 'status', title: 'what became of it', kind: 'choice', choices: runStatuses, value: (run) => run.status },
  { name: 'study', title: 'name of its study', kind: 'text', value: (run) => run.study_name },
  { name: 'tag', title: 'any of its tags', kind: 'list', value: (run) => run.tags },
  { name: 'notes', title: 'its notes', kind: 'text', value: (run) => run.notes },
  { name: 'archived', title: 'put away', kind: 'flag', value: (run) => run.archived },
  { name: 'baseline', title: 'pinned as the baseline', kind: 'flag', value: (run) => run.baseline },
  { name: 'created', title: 'when it was queued (UTC)', kind: 'time', value: (run) => run.created_at },
  { name: 'started', title: 'when it began (UTC)', kind: 'time', value: (run) => run.started_at },
  { name: 'ended', title: 'when it was over (UTC)', kind: 'time', value: (run) => run.finished_at },
  { name: 'error', title: 'why it failed or diverged', kind: 'text', value: (run) => run.error },
  {
    name: 'backend',
    title: 'the backend that computed it',
    kind: 'text',
    value: (run) => run.environment?.backend ?? null,
  },
  {
    name: 'device',
    title: 'the device that computed it',
    kind: 'text',
    value: (run) => run.environment?.device ?? null,
  },
  { name: 'parameters', title: 'trainable parameters', kind: 'number', value: (run) => run.parameters },
  { name: 'iterations_done', title: 'iterations that are done', kind: 'number', value: (run) => run.iterations_done },
  { name: 'progress', title: 'share of the work done, 0 to 1', kind: 'number', value: (run) => run.progress },
];

let all: readonly RunField[] | undefined;

/** Everything that runs can be filtered by, settings first among those of equal standing. */
export function runFields(): readonly RunField[] {
  all ??= [
    ...own,
    ...experimentFields()
      .filter(({ path }) => path !== 'name')
      .flatMap(settingFields)
      .map((field) => ({ ...field, about: 'setting' as const })),
    ...Object.keys(runSummarySchema.shape).map((key): RunField => {
      const name = key as keyof RunRecord['summary'];
      const title = `${key.replaceAll('_', ' ').replace(/^train /, 'training ')} (result)`;
      return { name, title, about: 'result', kind: 'number', value: (run) => run.summary[name] };
    }),
  ];
  return all;
}

/** The value at a path that is cut already. */
function reader(path: string): (run: RunRecord) => unknown {
  const keys = path.split('.');
  return (run) => {
    let at = knownSettings(run);
    for (const key of keys) {
      if (typeof at !== 'object' || at === null) return undefined;
      at = (at as Record<string, unknown>)[key];
    }
    return at;
  };
}

/** A setting as fields: one, or one a unit for a length. */
function settingFields(field: ExperimentField): RunField[] {
  const { path, control } = field;
  const title = field.title[0]!.toLowerCase() + field.title.slice(1);
  const read = reader(path);
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  switch (control) {
    case 'integer':
    case 'number':
      // gradient descent has no setting for it: its batch is the whole training set
      if (path === 'optimizer.batchSize')
        return [
          {
            name: path,
            title,
            kind: 'number',
            value: (run) => (run.imported ? run.imported.batch_size : batchSizeOf(run.experiment)),
          },
        ];
      return [{ name: path, title, kind: 'number', value: (run) => number(read(run)) }];
    case 'switch':
      return [
        {
          name: path,
          title,
          kind: 'flag',
          value: (run) => {
            const value = read(run);
            return typeof value === 'boolean' ? value : null;
          },
        },
      ];
    case 'choice':
      return [
        { name: path, title, kind: 'choice', choices: Object.keys(field.choices ?? {}), value: word(path, read) },
      ];
    case 'length':
      return (['epochs', 'iterations'] as const).map((unit) => {
        const inner = reader(`${path}.${unit}`);
        return {
          name: `${path}.${unit}`,
          title: `${title} in ${unit}`,
          kind: 'number',
          value: (run) => number(inner(run)),
        };
      });
    default:
      return [{ name: path, title, kind: 'text', value: word(path, read) }];
  }
}

/** A setting's value as a word to compare with: lists joined by hyphens, as in `hidden = 500-350`. */
function word(path: string, read: (run: RunRecord) => unknown): (run: RunRecord) => string | null {
  return (run) => {
    const value = read(run);
    if (value === undefined || value === null) return null;
    if (typeof value === 'string') return value;
    if (Array.isArray(value) && value.every((entry) => typeof entry === 'number')) return value.join('-') || 'none';
    return formatSetting(path, value);
  };
}
