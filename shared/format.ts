/** Numbers and durations as people read them. */

/** A number for people: four significant digits, a true minus sign, an en dash where there is none. */
export function formatNumber(value: number | null | undefined): string {
  return written(value, 4);
}

function written(value: number | null | undefined, digits: number): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-3 ? value.toExponential(digits - 1) : String(Number(value.toPrecision(digits)));
  return text.replace(/e\+?/, 'e').replaceAll('-', '−');
}

/** Most significant digits of a value beside its error. */
const mostDigits = 6;

/** A number with its error, `12.7 ± 0.24`: two digits of the error, and the value as far as these go, to six significant digits at most. */
export function formatWithError(value: number, error: number): string {
  const place = (of: number): number => Math.floor(Math.log10(Math.abs(of)));
  const digits = value !== 0 && error > 0 ? place(value) - place(error) + 2 : mostDigits;
  return `${written(value, Math.min(mostDigits, Math.max(1, digits)))} ± ${written(error, 2)}`;
}

/** A measured number in a column or a sum-up: four significant digits, trailing zeros kept, so that columns line up. */
export function formatMeasured(value: number | null | undefined): string {
  const plain = formatNumber(value);
  if (!value || plain.includes('e') || Math.abs(value) >= 1e4) return plain;
  return value.toPrecision(4).replace(/\.$/, '').replaceAll('-', '−');
}

/** Seconds as a duration for people: `0:41`, `12:05`, `1:02:09`. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return '–';
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
