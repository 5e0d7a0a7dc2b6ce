/** What is painted in a chart, told by its pixels alone, whoever painted them: so that every version and every program is measured by one measure. */
import type { Page } from 'playwright';

/**
 * In the page: how many spikes reach the upper part of a chart. A column counts where most of some rows there are painted: lines across, of the
 * grid, are one row thin.
 * @param selector of what holds the chart's canvases
 */
const spikesIn = (selector: string): string => `(() => {
  const canvases = [...document.querySelectorAll('${selector} canvas')].filter((one) => one.width > 100);
  if (canvases.length === 0) return 0;
  const { width, height } = canvases[0];
  const [top, rows] = [Math.floor(height * 0.3), 14];
  const hits = new Uint8Array(width);
  for (const canvas of canvases) {
    const { data } = canvas.getContext('2d').getImageData(0, top, width, rows);
    for (let x = Math.floor(width * 0.06); x < width; x++) {
      let painted = 0;
      for (let y = 0; y < rows; y++) if (data[4 * (y * width + x) + 3] > 50) painted++;
      if (painted > 0.6 * rows) hits[x] = 1;
    }
  }
  let stretches = 0;
  for (let x = 1; x < width; x++) if (hits[x] && !hits[x - 1]) stretches++;
  return stretches;
})()`;

/** Spikes that are painted in a chart now. */
export function countSpikes(page: Page, selector: string): Promise<number> {
  return page.evaluate<number>(spikesIn(selector));
}

/**
 * Does something in the page and waits until a chart has so many spikes.
 * @param act a statement in the page
 * @returns milliseconds from the act to the first look in which any, and in which all were painted; looked at twenty times a second
 */
export function untilSpikes(
  page: Page,
  act: string,
  selector: string,
  all: number,
): Promise<{ first: number; last: number }> {
  return page.evaluate<{ first: number; last: number }>(`new Promise((resolve) => {
    const start = performance.now();
    let first = null;
    ${act};
    const look = () => {
      const painted = ${spikesIn(selector)};
      const now = performance.now() - start;
      if (painted > 0) first ??= now;
      if (painted >= ${all} || now > 60000) resolve({ first: first ?? now, last: painted >= ${all} ? now : Infinity });
      else setTimeout(look, 50);
    };
    look();
  })`);
}

/** Milliseconds until the lines of all charts within an element are said to be drawn exactly again; at once where none tells. */
export function untilExact(page: Page, selector: string): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    const start = performance.now();
    const look = () => {
      const lines = [...document.querySelectorAll('${selector} [data-testid="chart-lines"]')];
      if (lines.every((one) => one.dataset.drawn !== 'coarse')) resolve(performance.now() - start);
      else requestAnimationFrame(look);
    };
    look();
  })`);
}

/**
 * In the page: a function `isPainted` of an element, whether the chart in it has so many pixels of a colour that stands out, its lines exact; or says
 * why there is nothing. One that still says what is being read is not painted, and one that was painted is not looked at again.
 */
export const isPainted = `
  const done = new WeakSet();
  const isPainted = (chart) => {
    if (done.has(chart) || chart.querySelector('.empty:not([role])')) return true;
    const lines = chart.querySelector('[data-testid="chart-lines"]');
    if (lines && lines.dataset.drawn !== 'exact') return false;
    let painted = 0;
    for (const canvas of chart.querySelectorAll('canvas')) {
      if (canvas.width < 100) continue;
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      for (let at = 0; at < data.length; at += 4) {
        const [red, green, blue] = [data[at], data[at + 1], data[at + 2]];
        if (data[at + 3] > 40 && Math.max(red, green, blue) - Math.min(red, green, blue) > 40) painted++;
      }
    }
    if (painted > 200) done.add(chart);
    return painted > 200;
  };`;

/**
 * Does something in the page and waits until so many charts are painted in it ({@link isPainted}).
 * @param act a statement in the page
 * @param selector of what holds the canvases of a chart
 * @param also a condition in the page, such as of what stands beside the charts
 * @returns milliseconds; looked at thirty times a second
 */
export function untilPainted(
  page: Page,
  act: string,
  selector: string,
  charts: number,
  also = 'true',
): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    const start = performance.now();
    ${isPainted}
    ${act};
    const look = () => {
      const there = [...document.querySelectorAll('${selector}')];
      const now = performance.now() - start;
      if (there.length >= ${charts} && there.every(isPainted) && (${also})) resolve(now);
      else if (now > 60000) resolve(Infinity);
      else setTimeout(look, 33);
    };
    look();
  })`);
}
