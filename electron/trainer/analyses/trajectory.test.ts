import { SingularValueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { benchOf } from '../testing/benches.ts';
import { gramMatrix, principalComponents, trajectory } from './trajectory.ts';

/** Coordinates by the singular value decomposition of the centred points themselves: U·Σ. */
function bySvd(points: readonly ArrayLike<number>[]): { coordinates: number[][]; explained: number[] } {
  const matrix = new Matrix(points.map((point) => Array.from(point)));
  const centred = matrix.subRowVector(matrix.mean('column'));
  const { leftSingularVectors: left, diagonal } = new SingularValueDecomposition(centred, { autoTranspose: true });
  const squares = diagonal.map((value) => value * value);
  const total = squares.reduce((sum, value) => sum + value, 0);
  const coordinates = [0, 1].map((k) => {
    const column = points.map((_, row) => left.get(row, k) * diagonal[k]!);
    return column.at(-1)! < column[0]! ? column.map((value) => -value) : column;
  });
  return { coordinates, explained: squares.map((value) => value / total) };
}

describe('the trajectory', () => {
  it('is that of the singular value decomposition of its points', async () => {
    const { bench, shares } = await benchOf({
      length: { iterations: 12 },
      interpolation: { windows: [{ firstIterations: 12 }] },
    });
    const result = await trajectory({ maximum: 100 }, bench);
    const points = await Promise.all(bench.kept.iterations.map(async (t) => (await bench.kept.read(t)).parameters));
    const { coordinates, explained } = bySvd(points);
    expect(result.points.map(({ iteration }) => iteration)).toEqual(Array.from({ length: 13 }, (_, t) => t));
    result.points.forEach(({ x, y }, index) => {
      expect(x).toBeCloseTo(coordinates[0]![index]!, 6);
      expect(y).toBeCloseTo(coordinates[1]![index]!, 6);
    });
    expect(result.explained).toHaveLength(10);
    result.explained.forEach((share, index) => expect(share).toBeCloseTo(explained[index]!, 8));
    expect(shares.at(-1)).toBeCloseTo(1, 0);
  });

  it('takes evenly spread points of many', async () => {
    const { bench } = await benchOf();
    const { points, kept } = await trajectory({ maximum: 3 }, bench);
    expect(points.map(({ iteration }) => iteration)).toEqual([0, 3, 6]);
    expect(kept).toBe(7);
  });

  it('sums up products of differences from the first point', async () => {
    const { bench } = await benchOf();
    const gram = await gramMatrix(bench.kept, [1, 3, 5], bench.model, () => Promise.resolve());
    const [a, b, c] = await Promise.all([1, 3, 5].map(async (t) => (await bench.kept.read(t)).parameters));
    const product = (p: Float32Array, q: Float32Array) =>
      p.reduce((sum, value, i) => sum + (value - a![i]!) * (q[i]! - a![i]!), 0);
    expect(gram[1]![2]).toBeCloseTo(product(b!, c!), 10);
    expect(gram[2]![2]).toBeCloseTo(product(c!, c!), 10);
    expect([...gram[0]!]).toEqual([0, 0, 0]);
  });

  it('of points on a line has one component', () => {
    const gram = [0, 1, 2, 3].map((i) => Float64Array.from([0, 1, 2, 3], (j) => 4 * i * j));
    const { x, y, explained } = principalComponents(gram);
    expect(x.map((value) => Math.round(value * 1e6) / 1e6)).toEqual([-3, -1, 1, 3]);
    for (const value of y) expect(value).toBeCloseTo(0, 5);
    expect(explained[0]).toBeCloseTo(1, 10);
  });
});
