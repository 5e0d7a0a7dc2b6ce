import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import {
  densityAt,
  densityGrid,
  meanEigenvalue,
  rangeOf,
  spectralDensityResultSchema,
} from '../../../shared/analyses/spectral-density.ts';
import type { SpectrumSeen } from '../../../shared/analyses/spectral-density.ts';
import { parameterTotal } from '../../../shared/networks/parameters.ts';
import { generatorFrom } from '../random/generator.ts';
import { benchOf } from '../testing/benches.ts';
import { referenceBackend } from '../testing/reference-backend.ts';
import { quadrature } from '../walk/eigen.ts';
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

  it('takes the last kept point alone where batch norm has learnt no statistics at the first', async () => {
    const { bench } = await benchOf({ model: { hidden: [4], batchNorm: true } });
    const { points } = await spectralDensity(settings, bench);
    expect(points.map(({ iteration }) => iteration)).toEqual([6]);
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

/** Spectra of 2,000 eigenvalues and more. */
const size = 2400;
const spectra: Record<string, number[]> = {
  'a semicircle': Array.from({ length: size }, (_, at) => Math.sin(Math.PI * ((at + 0.5) / size - 0.5)) * 3).map(
    // quantiles of the semicircle, by Newton's method on its distribution
    (start) => {
      const share = (Math.asin(start / 3) + Math.PI / 2) / Math.PI;
      let [low, high] = [-1, 1];
      for (let step = 0; step < 60; step++) {
        const x = (low + high) / 2;
        if (0.5 + (x * Math.sqrt(1 - x * x) + Math.asin(x)) / Math.PI < share) low = x;
        else high = x;
      }
      return 3 * low;
    },
  ),
  'an even spread': Array.from({ length: size }, (_, at) => -1 + (5 * at) / size),
  'a bulk at zero and ten apart, as of a network': Array.from({ length: size }, (_, at) =>
    at < 10 ? 4 + at : 0.3 * Math.sinh((6 * at) / size - 3) * 0.1,
  ),
};

describe.each(Object.entries(spectra))('the density of %s', (_, eigenvalues) => {
  it.each([10, 40])('at %i products is the exact one as smoothed, within its error', async (steps) => {
    const generator = generatorFrom([steps, 6, 7, 8]);
    // random directions see a diagonal matrix as any other of its spectrum
    const product = (vector: Float32Array): Promise<Float64Array> =>
      Promise.resolve(Float64Array.from(vector, (value, at) => value * eigenvalues[at]!));
    const vectors: SpectrumSeen['vectors'] = [];
    while (vectors.length < 10) vectors.push((await quadrature(product, { size, steps, generator }))!);
    const point = { iteration: 0, vectors };
    const { x, width } = densityGrid(point, size)!;
    const exactly = x.map(
      (at) =>
        eigenvalues.reduce((sum, value) => sum + Math.exp(-(((at - value) / width) ** 2) / 2), 0) /
        (size * width * Math.sqrt(2 * Math.PI)),
    );
    const highest = Math.max(...exactly);
    const off = x.map((at, index) => {
      const { value, error } = densityAt(point, at, width);
      return { ratio: value / exactly[index]!, beyond: (Math.abs(value - exactly[index]!) - 4 * error) / highest };
    });
    // what so few products leave out
    off.forEach(({ beyond }) => expect(beyond).toBeLessThan(0.01));
    off.forEach(({ ratio }, index) => {
      if (exactly[index]! > 0.1 * highest) expect(Math.abs(ratio - 1)).toBeLessThan(0.15);
    });
  });
});
