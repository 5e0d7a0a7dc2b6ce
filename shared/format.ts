/** Numbers and durations as people read them. */

/** A number for people: four significant digits, a true minus sign, an en dash where there is none. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-3 ? value.toExponential(3) : String(Number(value.toPrecision(4)));
  return text.replace(/e\+?/, 'e').replaceAll('-', '−');
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
