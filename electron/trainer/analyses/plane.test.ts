import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planeSettingsSchema } from '../../../shared/analyses/plane.ts';
import { benchOf, linearSoftmaxLoss } from '../testing/benches.ts';
import { combine, plane, planeThrough } from './plane.ts';

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.hypot(...Array.from(a, (value, index) => value - b[index]!));

describe('planeThrough', () => {
  const vector = fc.array(fc.float({ min: -3, max: 3, noNaN: true }), { minLength: 5, maxLength: 5 });

  it('has orthonormal axes, and coordinates that are distances', () => {
    fc.assert(
      fc.property(vector, vector, vector, fc.double({ min: -4, max: 4, noNaN: true }), (a, b, c, x) => {
        const [one, two, three] = [a, b, c].map((each) => Float32Array.from(each)) as [
          Float32Array,
          Float32Array,
          Float32Array,
        ];
        const area = distance(one, two) * distance(one, three);
        fc.pre(area > 0.1);
        let through;
        try {
          through = planeThrough(one, two, three);
        } catch {
          // collinear
          return;
        }
        const [, second, third] = through.corners;
        fc.pre(third[1] > 0.01);
        expect(second[0]).toBeCloseTo(distance(one, two), 4);
        expect(Math.hypot(...third)).toBeCloseTo(distance(one, three), 4);
        expect(Math.hypot(third[0] - second[0], third[1])).toBeCloseTo(distance(two, three), 4);
        // a point of the plane lies as far from the origin as its coordinates say, and projects on itself
        const weights = through.weights(x, 0.5);
        const point = Float64Array.from(
          one,
          (value, i) => weights[0] * value + weights[1] * two[i]! + weights[2] * three[i]!,
        );
        expect(distance(point, one) / Math.hypot(x, 0.5)).toBeCloseTo(1, 3);
        const back = through.project(Float32Array.from(point));
        expect(back.x).toBeCloseTo(x, 3);
        expect(back.y).toBeCloseTo(0.5, 3);
      }),
    );
  });

  it('knows how far a point lies off the plane', () => {
    const through = planeThrough(new Float32Array(4), Float32Array.of(2, 0, 0, 0), Float32Array.of(1, 3, 0, 0));
    expect(through.project(Float32Array.of(5, -1, 3, 4))).toEqual({ x: 5, y: -1, off: 5 });
  });

  it('refuses three points on a line', () => {
    expect(() => planeThrough(Float32Array.of(0, 0), Float32Array.of(1, 1), Float32Array.of(3, 3))).toThrow(
      /on a line/,
    );
    expect(() => planeThrough(Float32Array.of(1, 0), Float32Array.of(1, 0), Float32Array.of(3, 3))).toThrow(
      /on a line/,
    );
  });
});

describe('combine', () => {
  it('combines statistics as parameters, and keeps variances positive', () => {
    const point = (parameter: number, mean: number, variance: number) => ({
      parameters: Float32Array.of(parameter),
      statistics: Float32Array.of(mean, variance),
    });
    const into = point(0, 0, 0);
    combine([point(1, 1, 1), point(2, 4, 2), point(4, 8, 5)], [0.5, 0.25, 0.25], [false, true], into);
    expect(into).toEqual(point(2, 3.5, 2.25));
    combine([point(1, 1, 1), point(2, 4, 2), point(4, 8, 5)], [6, -3, -2], [false, true], into);
    expect(into.statistics[0]).toBe(-22);
    expect(into.statistics[1]).toBeCloseTo(0.1, 6);
  });
});

describe('plane', () => {
  it("has the records' losses at its three points and the closed form's between them", async () => {
    const { bench, report, shares } = await benchOf({ hidden: [] });
    const settings = planeSettingsSchema.parse({ points: [2, 3, 4], resolution: 7, margin: 0.5 });
    const result = await plane(settings, bench);
    const before = (t: number): number => report.iterations[t]!.loss_before!;
    expect(result.points.map(({ iteration, loss }) => [iteration, loss])).toEqual([2, 3, 4].map((t) => [t, before(t)]));
    expect(result.points[1]!.x).toBeCloseTo(report.iterations[2]!.update_norm!, 6);

    // an orthonormal basis by another way: from the parameters in float64
    const [a, b, c] = await Promise.all(
      [2, 3, 4].map(async (t) => Float64Array.from((await bench.kept.read(t)).parameters)),
    );
    const minus = (one: Float64Array, two: Float64Array) => one.map((value, index) => value - two[index]!);
    const dot = (one: Float64Array, two: Float64Array) =>
      one.reduce((sum, value, index) => sum + value * two[index]!, 0);
    const u = minus(b!, a!);
    const e1 = u.map((value) => value / Math.sqrt(dot(u, u)));
    const v = minus(c!, a!);
    const rest = v.map((value, index) => value - dot(v, e1) * e1[index]!);
    const e2 = rest.map((value) => value / Math.sqrt(dot(rest, rest)));
    result.y.forEach((y, j) =>
      result.x.forEach((x, i) => {
        const point = a!.map((value, index) => value + x * e1[index]! + y * e2[index]!);
        expect(result.losses[j * 7 + i]! / linearSoftmaxLoss(point, bench)).toBeCloseTo(1, 5);
      }),
    );
    // margins: half the extent at each side
    expect(result.x[0]).toBeCloseTo(
      Math.min(0, result.points[2]!.x) -
        0.5 * (Math.max(result.points[1]!.x, result.points[2]!.x) - Math.min(0, result.points[2]!.x)),
      6,
    );
    expect(result.walk.map(({ iteration }) => iteration)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const { iteration, x, y, off } of result.walk)
      if (iteration >= 2 && iteration <= 4) {
        const corner = result.points[iteration - 2]!;
        expect([x, y]).toEqual([expect.closeTo(corner.x, 6), expect.closeTo(corner.y, 6)]);
        expect(off).toBeCloseTo(0, 3);
      } else expect(off).toBeGreaterThan(0);
    expect(shares).toEqual([...shares].sort((one, other) => one - other));
    expect(shares.at(-1)).toBe(1);
  });

  it('takes the first three kept points where none are named, batch norm and a subset too', async () => {
    const { bench, report } = await benchOf({
      model: { hidden: [8], batchNorm: true },
      interpolation: { windows: [{ firstIterations: 6 }], evaluateOn: { subset: 30 } },
    });
    const settings = planeSettingsSchema.parse({ resolution: 5, evaluateOn: { subset: 30 } });
    const result = await plane(settings, bench);
    expect(result.points.map(({ iteration }) => iteration)).toEqual([0, 1, 2]);
    for (const { iteration, loss } of result.points) expect(loss).toBe(report.iterations[iteration]!.loss_before);
    expect(result.losses.every((loss) => loss !== null && Number.isFinite(loss))).toBe(true);
    expect([result.examples, result.population]).toEqual([30, 60]);
  });
});
