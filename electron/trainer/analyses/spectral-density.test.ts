import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { meanEigenvalue, rangeOf, spectralDensityResultSchema } from '../../../shared/analyses/spectral-density.ts';
import { parameterTotal } from '../../../shared/networks/parameters.ts';
import { benchOf } from '../testing/benches.ts';
import { referenceBackend } from '../testing/reference-backend.ts';
import { hessianProduct } from '../walk/hessian.ts';
import { lossFor } from '../walk/targets.ts';
import { Stopped } from './analysis.ts';
import type { Bench } from './analysis.ts';
import { spectralDensity } from './spectral-density.ts';

const settings = { points: [], examples: 2000, vectors: 6, steps: 25 };

/** All eigenvalues at a kept point, from the columns of the Hessian by the reference in float64. */
async function eigenvaluesAt(
  { kept, model, data: { train }, experiment }: Bench,
  iteration: number,
): Promise<number[]> {
  const hessian = await hessianProduct(referenceBackend, model, lossFor(experiment.loss, train), train, train.count);
  const point = await kept.read(iteration);
  const size = parameterTotal(model.parameters);
  const columns: number[][] = [];
  for (let column = 0; column < size; column++) {
    const unit = Float32Array.from({ length: size }, (_, at) => Number(at === column));
    columns.push([...(await hessian.multiply(point, unit, () => false))!]);
  }
  const matrix = new Matrix(columns);
  const { realEigenvalues } = new EigenvalueDecomposition(matrix.add(matrix.transpose()).mul(0.5), {
    assumeSymmetric: true,
  });
  return realEigenvalues.sort((a, b) => a - b);
}

describe('the spectral density', () => {
  it('has the ends, the mean and the distribution of the exact spectrum', async () => {
    const { bench, shares } = await benchOf();
    const result = await spectralDensity({ ...settings, points: [5, 0], vectors: 30 }, bench);
    expect(spectralDensityResultSchema.parse(result)).toEqual(result);
    expect(result.points.map(({ iteration }) => iteration)).toEqual([0, 5]);
    expect(result).toMatchObject({ examples: 60, population: 60, parameters: parameterTotal(bench.model.parameters) });
    for (const point of result.points) {
      const exact = await eigenvaluesAt(bench, point.iteration);
      const [least, greatest] = [exact[0]!, exact.at(-1)!];
      const [low, high] = rangeOf([point])!;
      const scale = Math.max(greatest, -least);
      expect(Math.abs(low - least)).toBeLessThan(1e-3 * scale);
      expect(Math.abs(high - greatest)).toBeLessThan(1e-3 * scale);
      const { value, error } = meanEigenvalue(point);
      const mean = exact.reduce((sum, each) => sum + each / exact.length, 0);
      expect(Math.abs(value - mean)).toBeLessThan(3.5 * error);
      // how much lies below some value, where no eigenvalue is near
      for (let at = 1; at < exact.length; at++) {
        if (exact[at]! - exact[at - 1]! < 0.05 * scale) continue;
        const middle = (exact[at]! + exact[at - 1]!) / 2;
        const seen = point.vectors.map(({ values, weights }) =>
          values.reduce((sum, each, index) => sum + (each < middle ? weights[index]! : 0), 0),
        );
        const average = seen.reduce((sum, each) => sum + each / seen.length, 0);
        const spread = seen.reduce((sum, each) => sum + (each - average) ** 2, 0) / (seen.length - 1);
        expect(Math.abs(average - at / exact.length)).toBeLessThan(4 * Math.sqrt(spread / seen.length) + 0.01);
      }
    }
    expect(shares.at(-1)).toBe(1);
    expect(shares.every((share, at) => at === 0 || share >= shares[at - 1]!)).toBe(true);
  });

  it('takes the first kept point and the last where none are named, and is the same again', async () => {
    const { bench } = await benchOf();
    const once = await spectralDensity(settings, bench);
    expect(once.points.map(({ iteration }) => iteration)).toEqual([0, 6]);
    expect(await spectralDensity(settings, bench)).toEqual(once);
    const alone = await spectralDensity({ ...settings, points: [6] }, bench);
    expect(alone.points[0]).toEqual(once.points[1]);
  });

  it('takes no more examples than were asked for', async () => {
    const { bench } = await benchOf({ model: { hidden: [4], batchNorm: true } });
    expect(await spectralDensity({ ...settings, examples: 20 }, bench)).toMatchObject({ examples: 20, population: 60 });
  });

  it('stops within a point', async () => {
    const { bench } = await benchOf();
    const advance = (share: number): Promise<void> =>
      share > 0.3 ? Promise.reject(new Stopped('asked to')) : Promise.resolve();
    await expect(spectralDensity(settings, { ...bench, advance })).rejects.toThrow(Stopped);
  });
});
