/** Values as people read them. */
import { valueAt } from '../../shared/setting-fields.ts';
import { formatSetting } from '../../shared/runs/settings.ts';

/** Made once: making one for every value is slow. */
const wholeNumbers = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const hours = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const daysOfYears = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

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

/** A share of a whole in percent, `68.80 %`: no quantity, which is told as the share that it is defined as. */
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
  const time = hours.format(date);
  if (date.toDateString() === now.toDateString()) return `today ${time}`;
  return `${(date.getFullYear() === now.getFullYear() ? days : daysOfYears).format(date)} ${time}`;
}

/** Length in short: `1 epoch`, `600 iterations`. */
export function lengthOf(experiment: unknown): string {
  return formatSetting('length', valueAt(experiment, 'length'));
}
