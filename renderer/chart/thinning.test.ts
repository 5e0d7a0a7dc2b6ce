import { expect, it } from 'vitest';
import { Thinning } from './thinning.ts';

const flat = Float64Array.from({ length: 40_000 }, (_, at) => (at % 2 === 0 ? at / 2 : Math.sin(at)));
const lines = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `run.${index}`, type: 'line', data: flat.slice() }));
const points = (series: readonly { data?: unknown }[]): number =>
  series.reduce((sum, { data }) => sum + (data as Float64Array).length / 2, 0);
const all = { from: 0, to: 20_000, columns: 1000 };

it('without a window everything is drawn', () => {
  const whole = lines(1);
  const thinning = new Thinning();
  expect(thinning.begin(whole, null)).toBe(whole);
  expect(thinning.again(all, false)).toBeNull();
});

it('thins again only when what is drawn does not serve', () => {
  const thinning = new Thinning();
  expect(points(thinning.begin(lines(1), all))).toBeLessThan(15_000);
  expect(thinning.again({ ...all, from: 100, to: 20_100 }, true)).toBeNull();
  const near = thinning.again({ from: 500, to: 900, columns: 1000 }, true)!;
  expect(near.map(({ id }) => id)).toEqual(['run.0']);
  // few points in so short a range: all of them
  const inView = Array.from(near[0]!.data as Float64Array).filter((x, at) => at % 2 === 0 && x >= 500 && x <= 900);
  expect(inView).toHaveLength(401);
});

it('many lines are coarser while they move, and fine again at rest', () => {
  const thinning = new Thinning();
  const fine = points(thinning.begin(lines(50), all));
  const moving = thinning.again(all, true)!;
  expect(points(moving)).toBeLessThan(fine / 3);
  expect(thinning.again(all, true)).toBeNull();
  expect(points(thinning.again(all, false)!)).toBe(fine);
  expect(thinning.again(all, false)).toBeNull();
});

it('a line that is thinned only while it moves is whole again at rest, in its own look', () => {
  const thinning = new Thinning();
  const lineStyle = { width: 2, type: [6, 4] };
  const short = { id: 'short', type: 'line', data: flat.slice(0, 2 * 3000), lineStyle };
  const drawn = thinning.begin([...lines(50), short], all);
  expect(drawn.at(-1)).toBe(short);
  const moving = thinning.again(all, true)!.at(-1)!;
  expect(moving.id).toBe('short');
  expect(points([moving])).toBeLessThan(2500);
  expect(thinning.again(all, false)!.at(-1)).toEqual({ id: 'short', type: 'line', data: short.data, lineStyle });
});

it('a crowded line is thin unless it stands above the others: a mean stays bolder than its runs', () => {
  const flat = Float64Array.from({ length: 2 * 20_000 }, (_, at) => (at % 2 === 0 ? at / 2 : Math.sin(at * 1.7)));
  const of = (z: number, width: number) => ({ id: z, type: 'line', data: flat, z, lineStyle: { width } });
  const drawn = new Thinning().begin([of(2, 0.75), of(3, 1.75), of(5, 2.25)], { from: 0, to: 19_999, columns: 500 });
  expect(drawn.map(({ lineStyle }) => (lineStyle as { width: number }).width)).toEqual([0.75, 1, 2.25]);
});
