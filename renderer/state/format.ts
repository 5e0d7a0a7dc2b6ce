/** Values as people read them. */
import type { ExperimentField } from '../../shared/experiment.ts';
import { experimentFields, valueAt } from '../../shared/experiment.ts';
import type { RunStatus } from '../../shared/records.ts';
import { textOf } from './experiment-form.ts';

/** Made once: making one for every number is slow. */
const wholeNumbers = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** Bytes as `2.1 MB`. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return '–';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** A whole number with thousands separated: `60,000`. */
export function formatCount(value: number | null | undefined): string {
  return value === null || value === undefined || Number.isNaN(value) ? '–' : wholeNumbers.format(value);
}

/** A share as whole percent: `52 %`. It reaches 100 only when the work is done. */
export function formatShare(share: number): string {
  return `${share >= 1 ? 100 : Math.floor(share * 100)} %`;
}

/** A measured share, such as an accuracy, in percent: `68.80 %`. */
export function formatPercent(share: number | null): string {
  return share === null || Number.isNaN(share) ? '–' : `${(share * 100).toFixed(2)} %`;
}

/** A noun with its number: `1 run`, `2 runs`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A moment as `today 14:02`, `21 Nov 09:30`, or with the year when it is another one. */
export function formatMoment(iso: string | null, now = new Date()): string {
  if (iso === null) return '–';
  const date = new Date(iso);
  const time = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  if (date.toDateString() === now.toDateString()) return `today ${time}`;
  const year = date.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const);
  return `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...year })} ${time}`;
}

/** Status in a word. */
export const statusWords: Record<RunStatus, string> = {
  queued: 'Queued',
  running: 'Running',
  finished: 'Finished',
  stopped: 'Stopped',
  diverged: 'Diverged',
  failed: 'Failed',
  interrupted: 'Interrupted',
};

/** Architectures by their short names. */
const shortNames: Record<string, string> = { mlp: 'MLP', cnn: 'CNN', vgg11: 'VGG-11', resnet: 'ResNet' };

/** Architecture in short: `MLP 500-350`, `VGG-11 BN`, `ResNet-56`. */
export function architectureOf(experiment: unknown): string {
  const key = textOf(valueAt(experiment, 'model.architecture'));
  const name = shortNames[key] ?? key;
  const hidden = valueAt(experiment, 'model.hidden');
  const depth = valueAt(experiment, 'model.depth');
  const size =
    Array.isArray(hidden) && hidden.length > 0 ? ` ${hidden.join('-')}` : typeof depth === 'number' ? `-${depth}` : '';
  return `${name}${size}${valueAt(experiment, 'model.batchNorm') === true ? ' BN' : ''}`;
}

/** Length in short: `1 epoch`, `600 iterations`. */
export function lengthOf(experiment: unknown): string {
  return formatSetting('length', valueAt(experiment, 'length'));
}

const fields = new Map<string, ExperimentField>(experimentFields().map((field) => [field.path, field]));

/** A setting's value in words, whatever its control. */
export function formatSetting(path: string, value: unknown): string {
  if (value === undefined || value === null) return '–';
  const field = fields.get(path);
  if (field?.control === 'every') return value === 'epoch' ? 'every epoch' : `every ${formatSetting('', value)}`;
  if (field?.control === 'choice') return field.choices?.[textOf(value)] ?? textOf(value);
  if (typeof value === 'number')
    return field?.control === 'integer' && path !== 'seed' ? formatCount(value) : String(value);
  if (typeof value === 'string') return value === 'train' ? 'whole training set' : value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) {
    if (value.length === 0) return 'none';
    return field?.control === 'windows'
      ? value.map((entry) => formatSetting('', entry)).join(', ')
      : value.map(String).join(', ');
  }
  const record = value as Record<string, unknown>;
  if (typeof record['epochs'] === 'number') return plural(record['epochs'], 'epoch');
  if (typeof record['iterations'] === 'number') return plural(record['iterations'], 'iteration');
  if (typeof record['subset'] === 'number') return plural(record['subset'], 'example');
  if (typeof record['firstIterations'] === 'number')
    return record['firstIterations'] === 1
      ? 'first iteration'
      : `first ${formatCount(record['firstIterations'])} iterations`;
  if (Array.isArray(record['epochs']))
    return `${record['epochs'].length === 1 ? 'epoch' : 'epochs'} ${record['epochs'].join(', ')}`;
  return JSON.stringify(value);
}
