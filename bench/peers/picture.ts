/** What is painted in a chart, counted in its picture: one measure for every program, however it draws. */
import type { Locator, Page } from 'playwright';

/** What a picture of the made-up runs shows. */
export interface Painted {
  /** Lines beside each other, as many as nine of ten columns in the middle have at most. */
  lines: number;
  /** Spikes, above the lines. */
  spikes: number;
}

/**
 * In a page: counts in a picture. Painted is what has a colour and is not the ground; greys are grid, axes and text. An axis may have a trace of
 * colour: a row of one and the same pale colour from side to side is none of the runs, whose losses have noise; and a spike has lines on both sides,
 * which the axis on the left has not.
 * Spikes are stretches of columns in which most of some rows above the lines are painted.
 */
const count = `async (png) => {
  const bytes = Uint8Array.from(atob(png), (one) => one.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes]));
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const colours = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const key = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
    colours.set(key, (colours.get(key) ?? 0) + 1);
  }
  const ground = [...colours].reduce((most, one) => (one[1] > most[1] ? one : most))[0];
  const [r, g, b] = [ground >> 16, (ground >> 8) & 255, ground & 255];
  const painted = new Uint8Array(width * height);
  for (let at = 0; at < painted.length; at++) {
    const [red, green, blue] = [data[4 * at], data[4 * at + 1], data[4 * at + 2]];
    const away = Math.abs(red - r) + Math.abs(green - g) + Math.abs(blue - b);
    const chroma = Math.max(red, green, blue) - Math.min(red, green, blue);
    painted[at] = away > 40 && chroma >= 14 ? 1 : 0;
  }
  const [left, right] = [Math.floor(width * 0.3), Math.floor(width * 0.7)];
  for (let y = 0; y < height; y++) {
    const at = 4 * (y * width + left);
    const chroma = Math.max(...data.slice(at, at + 3)) - Math.min(...data.slice(at, at + 3));
    if (chroma > 40 || !painted[y * width + left]) continue;
    let same = 0;
    for (let x = left; x < right; x++) {
      const one = 4 * (y * width + x);
      if (data[one] === data[at] && data[one + 1] === data[at + 1] && data[one + 2] === data[at + 2]) same++;
    }
    if (same > 0.95 * (right - left)) painted.fill(0, y * width, (y + 1) * width);
  }
  const stretches = (length, isPainted) => {
    let found = 0;
    for (let at = 0; at < length; at++) if (isPainted(at) && !(at > 0 && isPainted(at - 1))) found++;
    return found;
  };
  // the highest row of which much is painted is the highest line; some rows a little above it are crossed by spikes alone
  const isDense = (y) => { let sum = 0; for (let x = 0; x < width; x++) sum += painted[y * width + x]; return sum > width * 0.3; };
  let top = 0;
  while (top < height && !isDense(top)) top++;
  const linesAt = (x) => stretches(height, (y) => y >= top - 3 && painted[y * width + x] === 1);
  const lines = [];
  for (let x = left; x < right; x++) lines.push(linesAt(x));
  lines.sort((one, other) => one - other);
  const most = lines[Math.floor(lines.length * 0.9)];
  const hasLines = (x) => x >= 0 && x < width && linesAt(x) >= most / 3;
  const [rows, above] = [10, 10];
  const from = top - above - rows;
  const isSpike = (x) => {
    let sum = 0;
    for (let y = from; y < from + rows; y++) sum += painted[y * width + x];
    return sum > 0.6 * rows && hasLines(x - 4) && hasLines(x + 4);
  };
  return { lines: most, spikes: from < 0 || top === height ? 0 : stretches(width, isSpike) };
}`;

/** Counts in the picture of a chart. @param counter a page that has nothing to do */
export async function countPainted(chart: Locator, counter: Page, keep?: string): Promise<Painted> {
  const picture = await chart.screenshot({ animations: 'disabled', caret: 'hide', ...(keep ? { path: keep } : {}) });
  return counter.evaluate<Painted>(`(${count})(${JSON.stringify(picture.toString('base64'))})`);
}
