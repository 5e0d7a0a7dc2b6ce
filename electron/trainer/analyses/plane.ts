/** The loss on the plane through three points of parameter space. */
import type { PlaneResult, PlaneSettings } from '../../../shared/analyses/plane.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { finite } from '../walk/measurement.ts';
import { openSegments } from '../walk/segments.ts';
import type { Measurement } from '../walk/measurement.ts';
import { emptyPoint, leastVariance, variancesOf } from '../walk/point.ts';
import type { HostPoint } from '../walk/point.ts';
import type { Bench } from './analysis.ts';

/** Kept points before and after the three that are projected on their plane. */
const neighbours = 20;

/** How far the third point must lie off the line through the first two, as a share of its distance from the first. */
const collinear = 1e-5;

/**
 * The plane through θ_a, θ_b, θ_c in an orthonormal basis by Gram–Schmidt in float64: with u = θ_b − θ_a and v = θ_c − θ_a,
 * e₁ = u/‖u‖ and e₂ = (v − ⟨v, e₁⟩ e₁)/‖…‖. A point θ_a + x·e₁ + y·e₂ is the affine combination w_a·θ_a + w_b·θ_b + w_c·θ_c.
 */
export interface Plane {
  /** Coordinates of θ_a (the origin), θ_b (on the first axis) and θ_c. */
  corners: [[number, number], [number, number], [number, number]];
  /** Weights w_a, w_b, w_c of the point (x, y); their sum is 1. */
  weights(x: number, y: number): [number, number, number];
  /** Orthogonal projection of a vector of parameters, and its distance from the plane. */
  project(parameters: Float32Array): { x: number; y: number; off: number };
}

/** @throws ValleywalkError kind `input` when the three points lie on a line. */
export function planeThrough(a: Float32Array, b: Float32Array, c: Float32Array): Plane {
  let [uu, uv, vv] = [0, 0, 0];
  for (let index = 0; index < a.length; index++) {
    const u = b[index]! - a[index]!;
    const v = c[index]! - a[index]!;
    uu += u * u;
    uv += u * v;
    vv += v * v;
  }
  const first = Math.sqrt(uu);
  const along = uv / first;
  // summed up from the remainders themselves: v·v − along² would cancel
  let rest = 0;
  for (let index = 0; index < a.length; index++)
    rest += (c[index]! - a[index]! - (uv / uu) * (b[index]! - a[index]!)) ** 2;
  const second = Math.sqrt(rest);
  if (!(first > 0 && second > collinear * Math.sqrt(vv)))
    throw new ValleywalkError(
      'input',
      'the three points lie on a line (or two of them are the same), so that they span no plane; choose other iterations',
    );
  return {
    corners: [
      [0, 0],
      [first, 0],
      [along, second],
    ],
    weights(x, y) {
      const toC = y / second;
      const toB = (x - toC * along) / first;
      return [1 - toB - toC, toB, toC];
    },
    project(parameters) {
      let [pu, pv, pp] = [0, 0, 0];
      for (let index = 0; index < a.length; index++) {
        const p = parameters[index]! - a[index]!;
        const u = b[index]! - a[index]!;
        pu += p * u;
        pv += p * (c[index]! - a[index]! - (uv / uu) * u);
        pp += p * p;
      }
      const [x, y] = [pu / first, pv / second];
      return { x, y, off: Math.sqrt(Math.max(0, pp - x * x - y * y)) };
    },
  };
}

/**
 * Writes the affine combination of three points, computed in float64 and rounded once. Running statistics are combined as the
 * walk blends them; beyond the triangle a variance does not fall below a tenth of the smallest of the three.
 * @param variances whether each statistic is a variance
 */
export function combine(
  [a, b, c]: readonly [HostPoint, HostPoint, HostPoint],
  [wa, wb, wc]: readonly [number, number, number],
  variances: readonly boolean[],
  into: HostPoint,
): void {
  for (let index = 0; index < into.parameters.length; index++)
    into.parameters[index] = wa * a.parameters[index]! + wb * b.parameters[index]! + wc * c.parameters[index]!;
  for (let index = 0; index < into.statistics.length; index++) {
    const [one, two, three] = [a.statistics[index]!, b.statistics[index]!, c.statistics[index]!];
    const value = wa * one + wb * two + wc * three;
    into.statistics[index] = variances[index] ? Math.max(value, leastVariance * Math.min(one, two, three)) : value;
  }
}

/** Evaluates the loss on the plane through three kept points. */
export async function plane(settings: PlaneSettings, bench: Bench): Promise<PlaneResult> {
  const { data, model, kept, advance } = bench;
  const iterations = (settings.points.length > 0 ? [...settings.points] : kept.iterations.slice(0, 3)).sort(
    (a, b) => a - b,
  );
  const points = (await Promise.all(iterations.map((iteration) => kept.read(iteration)))) as [
    HostPoint,
    HostPoint,
    HostPoint,
  ];
  const through = planeThrough(points[0].parameters, points[1].parameters, points[2].parameters);
  const [x, y] = [0, 1].map((axis) => {
    const places = through.corners.map((corner) => corner[axis]!);
    return axisOver(Math.min(...places), Math.max(...places), settings);
  }) as [number[], number[]];

  const { probes } = bench.experiment;
  const experiment = {
    ...bench.experiment,
    probes: { ...probes, interpolation: { ...probes.interpolation, evaluateOn: settings.evaluateOn } },
  };
  const segments = await openSegments(experiment, { backend: bench.backend, model, train: data.train });
  try {
    const corners: Measurement[] = [];
    for (const point of points) corners.push(await segments.measure(point));
    const losses = new Array<number | null>(x.length * y.length).fill(null);
    const variances = variancesOf(model);
    const at = emptyPoint(model);
    const last = x.length - 1;
    let done = 0;
    const put = async (i: number, j: number, measure: () => Promise<Measurement>): Promise<void> => {
      combine(points, through.weights(x[i]!, y[j]!), variances, at);
      losses[j * x.length + i] = finite((await measure()).loss);
      await advance(++done / losses.length);
    };
    // each row is a segment: what is affine in the parameters is computed at its two ends only
    for (let j = 0; j < y.length; j++) {
      await put(0, j, () => segments.measure(at));
      await put(last, j, () => segments.measure(at));
      for (let i = 1; i < last; i++) await put(i, j, () => segments.between((x[i]! - x[0]!) / (x[last]! - x[0]!), at));
    }
    return {
      kind: 'plane',
      points: iterations.map((iteration, index) => ({
        iteration,
        x: through.corners[index]![0],
        y: through.corners[index]![1],
        loss: finite(corners[index]!.loss),
        accuracy: Number.isFinite(corners[index]!.loss) ? corners[index]!.accuracy : null,
      })),
      x,
      y,
      losses,
      walk: await projected(iterations, through, bench),
      examples: corners[0]!.losses.length,
      population: data.train.count,
    };
  } finally {
    await segments.dispose();
  }
}

/** Evenly spaced places over an interval and its margin. */
function axisOver(low: number, high: number, { resolution, margin }: PlaneSettings): number[] {
  const room = margin * (high - low);
  const step = (high - low + 2 * room) / (resolution - 1);
  return Array.from({ length: resolution }, (_, index) => low - room + index * step);
}

/** The kept points around the three, on the plane. */
async function projected(iterations: number[], through: Plane, { kept, advance }: Bench): Promise<PlaneResult['walk']> {
  const first = kept.iterations.indexOf(iterations[0]!);
  const last = kept.iterations.indexOf(iterations[2]!);
  const near = kept.iterations.slice(Math.max(0, first - neighbours), last + neighbours + 1);
  // between distant points only the nearest to the ends are drawn
  const taken =
    near.length <= 6 * neighbours ? near : [...near.slice(0, 3 * neighbours), ...near.slice(-3 * neighbours)];
  const walk: PlaneResult['walk'] = [];
  for (const iteration of taken) {
    walk.push({ iteration, ...through.project((await kept.read(iteration)).parameters) });
    await advance(1);
  }
  return walk;
}
