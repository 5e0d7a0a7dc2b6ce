/** The kept points of a walk in their first two principal components. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { TrajectoryResult, TrajectorySettings } from '../../../shared/analyses/trajectory.ts';
import type { KeptPoints } from '../walk/load.ts';
import type { Layout } from '../walk/point.ts';
import { spread } from './analysis.ts';
import type { Bench } from './analysis.ts';

/** Numbers of all points together that are in memory at a time (256 MiB of float32). */
const numbersAtOnce = 2 ** 26;

/** Components whose share of the variance is told. */
const components = 10;

/**
 * The Gram matrix ⟨θ_i − θ_0, θ_j − θ_0⟩ of some kept points, in float64; differences from the first point, so that what
 * all have in common does not cancel digits. The points are streamed piece by piece, so that they never lie in memory together.
 * @param advance told the share that is done
 */
export async function gramMatrix(
  kept: KeptPoints,
  iterations: readonly number[],
  { parameters }: Pick<Layout, 'parameters'>,
  advance: (share: number) => Promise<void>,
): Promise<Float64Array[]> {
  const count = iterations.length;
  const gram = iterations.map(() => new Float64Array(count));
  const piece = Math.max(1, Math.floor(numbersAtOnce / count));
  const total = parameters.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const parts = [];
  try {
    for (const iteration of iterations) parts.push(await kept.part(iteration));
    for (const slot of parameters)
      for (let from = 0; from < slot.size; from += piece) {
        const length = Math.min(piece, slot.size - from);
        const rows = iterations.map(() => new Float32Array(length));
        for (const [index, part] of parts.entries()) await part.read(slot, from, rows[index]!);
        const [origin, ...others] = rows.map((row) => Float64Array.from(row)) as [Float64Array, ...Float64Array[]];
        for (const row of others) for (let at = 0; at < length; at++) row[at]! -= origin[at]!;
        for (let i = 1; i < count; i++) {
          for (let j = 1; j <= i; j++) gram[i]![j]! += dot(others[i - 1]!, others[j - 1]!);
          await advance((done + (length * i * i) / (count * count)) / total);
        }
        done += length;
      }
  } finally {
    for (const part of parts) await part.close();
  }
  for (let i = 0; i < count; i++) for (let j = 0; j < i; j++) gram[j]![i] = gram[i]![j]!;
  return gram;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

/**
 * Principal components from a Gram matrix: with the centred H·G·H = V·Λ·Vᵀ, point i has the coordinate √λ_k·V_ik on component k, and
 * component k holds λ_k/Σλ of the variance. Signs are chosen so that the last point lies further along each axis than the first.
 */
export function principalComponents(gram: readonly Float64Array[]): { x: number[]; y: number[]; explained: number[] } {
  const count = gram.length;
  const means = gram.map((row) => row.reduce((sum, value) => sum + value, 0) / count);
  const mean = means.reduce((sum, value) => sum + value, 0) / count;
  const centred = Matrix.zeros(count, count);
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++) centred.set(i, j, gram[i]![j]! - means[i]! - means[j]! + mean);
  const { realEigenvalues: values, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(centred, {
    assumeSymmetric: true,
  });
  const order = values.map((_, index) => index).sort((a, b) => values[b]! - values[a]!);
  const trace = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  const along = (rank: number): number[] => {
    const column = order[rank]!;
    const length = Math.sqrt(Math.max(0, values[column]!));
    const coordinates = Array.from({ length: count }, (_, row) => length * vectors.get(row, column));
    const sign = coordinates.at(-1)! < coordinates[0]! ? -1 : 1;
    return coordinates.map((value) => (value === 0 ? 0 : sign * value));
  };
  return {
    x: along(0),
    y: along(1),
    explained: order.slice(0, components).map((index) => (trace > 0 ? Math.max(0, values[index]!) / trace : 0)),
  };
}

/** Projects the kept trajectory on its first two principal components. */
export async function trajectory(
  settings: TrajectorySettings,
  { kept, model, advance }: Bench,
): Promise<TrajectoryResult> {
  const iterations = spread(kept.iterations, settings.maximum);
  const gram = await gramMatrix(kept, iterations, model, advance);
  const { x, y, explained } = principalComponents(gram);
  return {
    kind: 'trajectory',
    points: iterations.map((iteration, index) => ({ iteration, x: x[index]!, y: y[index]! })),
    explained,
    kept: kept.iterations.length,
  };
}
