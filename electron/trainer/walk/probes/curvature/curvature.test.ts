import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { productRounding } from '../../../../../shared/curvature/index.ts';
import { curvatureRecordSchema } from '../../../../../shared/records.ts';
import { onnxCpu } from '../../../backends/onnx/onnx.ts';
import { differentiate } from '../../../../../shared/graph/differentiate.ts';
import * as ops from '../../../../../shared/graph/ops/index.ts';
import { evaluateReference } from '../../../../../shared/graph/reference.ts';
import { usualLoss } from '../../../../../shared/losses/index.ts';
import { cnn } from '../../../../../shared/networks/cnn.ts';
import { mlp } from '../../../../../shared/networks/mlp.ts';
import { logitsOf } from '../../../../../shared/networks/model.ts';
import type { Model } from '../../../../../shared/networks/model.ts';
import { byRunningStatistics } from '../../../../../shared/networks/norms.ts';
import { parameterTotal } from '../../../../../shared/networks/parameters.ts';
import { resnet } from '../../../../../shared/networks/resnet.ts';
import { generatorFrom } from '../../../random/generator.ts';
import { syntheticExamples } from '../../../testing/examples.ts';
import { referenceBackend } from '../../../testing/reference-backend.ts';
import { smallExperiment, walked } from '../../../testing/walks.ts';
import { lanczos, powerMethod } from '../../eigen.ts';
import { hessianProduct } from '../../hessian.ts';
import { pointInputs } from '../../point.ts';
import type { HostPoint } from '../../point.ts';
import type { Examples } from '../../../../datasets/load.ts';

/** The explicit Hessian in float64, column by column: central differences of the exact gradient, and by that also the truth of its derivation. */
function exactHessian(
  model: Model,
  { parameters, statistics }: HostPoint,
  { images, targets: labels, count }: Examples,
): Matrix {
  const tensors = pointInputs(model);
  const logits = logitsOf(model, ops.input('x', [count, model.features]), tensors, byRunningStatistics(tensors));
  const loss = ops.mean(ops.crossEntropy(logits, ops.input('labels', [count], 'int')));
  const names = model.parameters.map(({ name }) => name);
  const gradients = differentiate(
    loss,
    names.map((name) => tensors[name]!),
  );
  const outputs = Object.fromEntries(names.map((name, index) => [name, gradients[index]!]));
  const slots = (flat: Float64Array | Float32Array, of: Model['parameters']) =>
    Object.fromEntries(of.map(({ name, offset, size }) => [name, flat.subarray(offset, offset + size)]));
  const gradientAt = (flat: Float64Array): number[] => {
    const found = evaluateReference(outputs, {
      x: images,
      labels,
      ...slots(flat, model.parameters),
      ...slots(statistics, model.statistics),
    });
    return names.flatMap((name) => [...found[name]!]);
  };
  const size = parameterTotal(model.parameters);
  const step = 1e-5;
  const columns = Array.from({ length: size }, (_, column) => {
    const at = Float64Array.from(parameters);
    at[column]! += step;
    const above = gradientAt(at);
    at[column]! -= 2 * step;
    const below = gradientAt(at);
    return above.map((value, row) => (value - below[row]!) / (2 * step));
  });
  const matrix = new Matrix(columns);
  return matrix.add(matrix.transpose()).mul(0.5);
}

/** Eigenvalues in falling order. */
const spectrumOf = (matrix: Matrix): number[] =>
  new EigenvalueDecomposition(matrix, { assumeSymmetric: true }).realEigenvalues.sort((a, b) => b - a);

/** A point away from the initialisation, so that nothing is zero by chance. */
function pointOf(model: Model): HostPoint {
  const generator = generatorFrom([4, 3, 2, 1]);
  const shaken = (values: Float32Array): Float32Array =>
    values.map((value) => value + 0.2 * (generator.uniform() - 0.3));
  return { parameters: shaken(model.initialise(generator)), statistics: shaken(model.initialStatistics()) };
}

const networks: [string, Model, number][] = [
  ['linear softmax', mlp({ features: 5, hidden: [], outputs: 3 }), 20],
  ['mlp', mlp({ features: 5, hidden: [6, 4], outputs: 3 }), 20],
  ['mlp with batch norm', mlp({ features: 5, hidden: [5, 4], outputs: 3, batchNorm: true }), 20],
  ['cnn', cnn({ image: { channels: 1, height: 4, width: 4 }, outputs: 3, batchNorm: false, filters: [2, 3] }), 12],
  [
    'cnn with batch norm',
    cnn({ image: { channels: 1, height: 4, width: 4 }, outputs: 3, batchNorm: true, filters: [2, 3] }),
    12,
  ],
  ['resnet', resnet({ image: { channels: 1, height: 4, width: 4 }, outputs: 2, depth: 8, stages: [1, 2, 2] }), 8],
];

describe.each(networks)('the Hessian of a %s', (_, model, count) => {
  const examples = syntheticExamples(count, model.features, model.outputs);
  const point = pointOf(model);
  const exact = exactHessian(model, point, examples);
  const truth = spectrumOf(exact);
  const size = parameterTotal(model.parameters);

  it.each([
    ['ONNX Runtime', onnxCpu(1)],
    ['the reference', referenceBackend],
  ])('times a vector is exact on %s, in micro-batches that do not divide the set', async (__, backend) => {
    const hessian = await hessianProduct(backend, model, usualLoss, examples, 7);
    const generator = generatorFrom([9, 9, 9, 9]);
    const vector = Float32Array.from({ length: size }, () => generator.normal() / Math.sqrt(size));
    const found = (await hessian.multiply(point, vector, () => false))!;
    const expected = exact.mmul(Matrix.columnVector([...vector])).getColumn(0);
    const greatest = Math.max(...expected.map(Math.abs));
    expected.forEach((value, index) => expect(Math.abs(found[index]! - value)).toBeLessThan(1e-4 * greatest));
    expect(await hessian.multiply(point, vector, () => true)).toBeNull();
    await hessian.dispose();
  });

  it('has the eigenvalues that Lanczos finds, each within its residual and 10⁻⁴', async () => {
    const hessian = await hessianProduct(onnxCpu(1), model, usualLoss, examples, count);
    const product = (vector: Float32Array) => hessian.multiply(point, vector, () => false);
    const generator = generatorFrom([1, 2, 3, 4]);
    const found = (await lanczos(product, { size, count: 3, iterations: 60, generator }))!;
    found.largest.forEach(({ value, residual }, index) => {
      expect(Math.abs(value / truth[index]! - 1)).toBeLessThan(1e-4);
      expect(residual).toBeLessThan(2e-3 * truth[0]!);
    });
    const power = (await powerMethod(product, { size, count: 1, iterations: 400, generator }))!;
    const ends = [truth[0]!, truth.at(-1)!] as const;
    const dominant = ends[0] > -ends[1] ? 0 : 1;
    for (const { largest, smallest } of [found, power]) {
      const values = [largest[0]!.value, smallest.value];
      expect(Math.abs(values[dominant]! / ends[dominant] - 1)).toBeLessThan(1e-4);
      values.forEach((value, end) =>
        expect(Math.abs(value - ends[end]!)).toBeLessThan(1e-4 * Math.abs(ends[dominant])),
      );
    }
    await hessian.dispose();
  });
});

describe('the Hessian of linear softmax at zero', () => {
  it('is that of the closed form: (diag(1/C) − 1/C²) ⊗ mean of (x, 1)(x, 1)ᵀ', async () => {
    const [features, classes, count] = [4, 3, 25];
    const model = mlp({ features, hidden: [], outputs: classes });
    const examples = syntheticExamples(count, features, classes);
    const moments = Matrix.zeros(features + 1, features + 1);
    for (let row = 0; row < count; row++) {
      const x = [...examples.images.subarray(row * features, (row + 1) * features), 1];
      moments.add(
        Matrix.columnVector(x)
          .mmul(Matrix.rowVector(x))
          .mul(1 / count),
      );
    }
    // the first factor's eigenvalues are 1/C, C − 1 times, and 0
    const top = spectrumOf(moments)[0]! / classes;
    const hessian = await hessianProduct(onnxCpu(1), model, usualLoss, examples, 10);
    const size = parameterTotal(model.parameters);
    const point = { parameters: new Float32Array(size), statistics: new Float32Array() };
    const { largest } = (await lanczos((vector) => hessian.multiply(point, vector, () => false), {
      size,
      count: 1,
      iterations: 15,
      generator: generatorFrom([1, 1, 1, 1]),
    }))!;
    expect(Math.abs(largest[0]!.value / top - 1)).toBeLessThan(1e-4);
    await hessian.dispose();
  });
});

describe('the Hessian where predictions are nearly certain', () => {
  const [features, classes, count] = [4, 3, 12];
  const model = mlp({ features, hidden: [], outputs: classes });
  const size = parameterTotal(model.parameters);
  const generator = generatorFrom([6, 6, 6, 6]);
  const vector = Float32Array.from({ length: size }, () => generator.normal() / Math.sqrt(size));

  /**
   * Product of linear softmax's Hessian, mean over examples of (diag(p) − p pᵀ) ⊗ (x, 1)(x, 1)ᵀ, with a vector, in float64; of
   * p ⊙ (w − ⟨p, w⟩) the differences are taken before the sum, so that nothing cancels.
   */
  const expectedProduct = (images: Float32Array, parameters: Float32Array): number[] => {
    // weights lie as [classes, features], the biases after them
    const place = (c: number, index: number): number =>
      index < features ? c * features + index : classes * features + c;
    const logitsBy = (weights: Float32Array, x: readonly number[]): number[] =>
      Array.from({ length: classes }, (_, c) =>
        x.reduce((sum, value, index) => sum + value * weights[place(c, index)]!, 0),
      );
    const result = new Array<number>(size).fill(0);
    for (let row = 0; row < count; row++) {
      const x = [...images.subarray(row * features, (row + 1) * features), 1];
      const z = logitsBy(parameters, x);
      const w = logitsBy(vector, x);
      const p = z.map((each) => 1 / z.reduce((sum, other) => sum + Math.exp(other - each), 0));
      for (let c = 0; c < classes; c++) {
        const along = p[c]! * p.reduce((sum, other, k) => sum + other * (w[c]! - w[k]!), 0);
        x.forEach((value, index) => (result[place(c, index)]! += (along * value) / count));
      }
    }
    return result;
  };

  it.each([
    ['right', 5],
    ['right', 18],
    ['right', 50],
    ['right', 70],
    ['wrong', 5],
    ['wrong', 18],
    ['wrong', 50],
  ])('times a vector keeps its digits: %s labels, margins from %i nats', async (reported, margin) => {
    const turn = reported === 'right' ? 0 : 1;
    // each image lights the pixel of a class, and its weight decides
    const shown = Int32Array.from({ length: count }, (__, row) => row % classes);
    const images = new Float32Array(count * features);
    shown.forEach((c, row) => (images[row * features + c] = 1 + row / 64));
    const parameters = new Float32Array(size);
    for (let c = 0; c < classes; c++) parameters[c * features + c] = margin;
    const examples: Examples = {
      ...syntheticExamples(count, features, classes),
      images,
      targets: Uint8Array.from(shown, (c) => (c + turn) % classes),
    };
    const hessian = await hessianProduct(onnxCpu(1), model, usualLoss, examples, 5);
    const found = (await hessian.multiply({ parameters, statistics: new Float32Array() }, vector, () => false))!;
    const expected = expectedProduct(images, parameters);
    const greatest = Math.max(...expected.map(Math.abs));
    expected.forEach((value, index) => expect(Math.abs(found[index]! - value)).toBeLessThan(1e-4 * greatest));
    await hessian.dispose();
  });
});

describe('curvature on the way', () => {
  const hessian = { method: 'lanczos', every: 'epoch', eigenvalues: 2, examples: 40, iterations: 15 };

  it('is measured at the initialisation and the end of every epoch, and told with the next gradient', async () => {
    const found = await walked(smallExperiment({ hessian, length: { iterations: 7 } }));
    expect(found.curvature.map(({ iteration, rank }) => [iteration, rank])).toEqual([
      [0, -1],
      [0, 1],
      [0, 2],
      [3, -1],
      [3, 1],
      [3, 2],
      [6, -1],
      [6, 1],
      [6, 2],
      [7, -1],
      [7, 1],
      [7, 2],
    ]);
    found.curvature.forEach((record) => curvatureRecordSchema.parse(record));
    expect(found.curvature.map(({ epoch }) => epoch)).toEqual(
      [0, 1, 2, 7 / 3].flatMap((epoch) => [epoch, epoch, epoch]),
    );
    expect(found.epochs.map(({ lambda_max }) => lambda_max)).toEqual(
      found.curvature.filter(({ rank }) => rank === 1).map(({ eigenvalue }) => eigenvalue),
    );
    expect(found.epochs.map(({ spectral_norm }) => spectral_norm)).toEqual(
      found.epochs.map(({ lambda_max }, index) => Math.max(lambda_max!, -found.curvature[3 * index]!.eigenvalue!)),
    );
    for (const { iteration, rank, eigenvalue, residual, alignment } of found.curvature) {
      if (rank === -1) continue;
      expect(eigenvalue).toBeGreaterThan(0);
      expect(residual).toBeLessThan(0.1 * eigenvalue!);
      if (iteration === 7) expect(alignment).toBeNull();
      else {
        expect(alignment).toBeGreaterThanOrEqual(0);
        const both = found.curvature.filter((each) => each.iteration === iteration && each.rank > 0);
        if (rank === 1) expect(both[0]!.alignment! + both[1]!.alignment!).toBeLessThanOrEqual(1 + 1e-6);
      }
    }
    expect(found.progress).toBe(1);
  });

  it('is measured before every nth iteration, and changes nothing else', async () => {
    const plain = await walked(smallExperiment({ length: { epochs: 2 } }));
    const found = await walked(
      smallExperiment({ hessian: { ...hessian, every: { iterations: 4 } }, length: { epochs: 2 } }),
    );
    expect([...new Set(found.curvature.map(({ iteration }) => iteration))]).toEqual([0, 4]);
    expect(found.epochs.every(({ lambda_max }) => lambda_max === null)).toBe(true);
    expect(found.iterations).toEqual(plain.iterations);
    expect(found.epochs).toEqual(plain.epochs);
  });

  it('does not depend on what was measured before: the same at an iteration however often it is measured', async () => {
    const at = async (iterations: number) =>
      (
        await walked(smallExperiment({ hessian: { ...hessian, every: { iterations } }, length: { epochs: 3 } }))
      ).curvature.filter(({ iteration }) => iteration === 6);
    expect(await at(2)).toEqual(await at(3));
  });

  it('by power iteration has what Lanczos has, where the largest eigenvalue stands out', async () => {
    const measure = async (method: string) =>
      (await walked(smallExperiment({ hessian: { ...hessian, method, eigenvalues: 1, iterations: 100 } }))).curvature;
    const [exact, power] = [await measure('lanczos'), await measure('power')];
    power.forEach(({ eigenvalue, residual }, index) =>
      expect(Math.abs(eigenvalue! - exact[index]!.eigenvalue!)).toBeLessThan(residual! + 1e-4 * Math.abs(eigenvalue!)),
    );
  });

  it.each([
    [1e-4, 4],
    [1e-12, 34],
    [1e-30, 50],
    [0.5 ** 126, 80],
  ])('below %d has the same eigenvalues in the same order by both methods', async (scale, learningRate) => {
    // images of 8 × 8, lit in one half or in the other: a step or two separate them for good
    const part = (count: number): Examples => ({
      ...syntheticExamples(count, 64, 2),
      shape: { channels: 1, height: 8, width: 8 },
      targets: Uint8Array.from({ length: count }, (__, row) => row % 2),
      images: Float32Array.from({ length: 64 * count }, (__, at) =>
        (Math.floor(at / 64) + Math.floor((at % 64) / 32)) % 2 === 0 ? 0.5 : -0.5,
      ),
    });
    const measure = async (method: string) => {
      const experiment = smallExperiment({
        data: { train: 40, validation: 20 },
        hidden: [4],
        optimizer: { learningRate, batchSize: 4 },
        hessian: { method, every: 'epoch', eigenvalues: 5, examples: 40, iterations: 15 },
        length: { epochs: 2 },
      });
      const data = { train: part(40), validation: part(20), checksum: 'c'.repeat(64) };
      return (await walked(experiment, { data, image: { channels: 1, height: 8, width: 8 } })).curvature;
    };
    const [exact, power] = [await measure('lanczos'), await measure('power')];
    expect(power.map(({ iteration, rank }) => [iteration, rank])).toEqual(
      exact.map(({ iteration, rank }) => [iteration, rank]),
    );
    for (const found of [exact, power])
      found.forEach(({ iteration, rank, eigenvalue }, index) => {
        const next = found[index + 1];
        if (rank > 0 && next?.iteration === iteration) expect(eigenvalue).toBeGreaterThanOrEqual(next.eigenvalue!);
      });
    const largest = exact.filter(({ rank }) => rank === 1);
    exact.forEach(({ iteration, eigenvalue, residual }, index) => {
      const other = power[index]!;
      const rounding = productRounding * largest.find((each) => each.iteration === iteration)!.eigenvalue!;
      expect(Math.abs(other.eigenvalue! - eigenvalue!)).toBeLessThanOrEqual(residual! + other.residual! + rounding);
      // zero is told with what is resolved, and a sign that the residual leaves is the same
      expect(Math.min(residual!, other.residual!)).toBeGreaterThan(0);
      if (Math.min(Math.abs(eigenvalue!) / residual!, Math.abs(other.eigenvalue!) / other.residual!) > 1)
        expect(Math.sign(other.eigenvalue!)).toBe(Math.sign(eigenvalue!));
    });
    const last = largest.at(-1)!;
    expect(last.eigenvalue).toBeLessThan(scale);
    if (scale === 0.5 ** 126) expect([last.eigenvalue, last.residual]).toEqual([0, scale]);
  });

  it('tells alignment 1 where the gradient lies in the span of the eigenvectors', async () => {
    // as many eigenvectors as parameters span everything: (6 + 1) · 3 of them
    const found = await walked(
      smallExperiment({
        hidden: [],
        hessian: { ...hessian, eigenvalues: 21, iterations: 21 },
        length: { iterations: 1 },
      }),
    );
    const shares = found.curvature
      .filter(({ iteration, rank }) => iteration === 0 && rank > 0)
      .map(({ alignment }) => alignment!);
    expect(shares).toHaveLength(21);
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 4);
  });

  it('stops between micro-batches, and keeps what was found', async () => {
    let ticks = 0;
    const found = await walked(smallExperiment({ hessian: { ...hessian, examples: 60 } }), {
      tick: () => void ticks++,
      stopped: () => ticks > 5,
    });
    expect(found.status).toBe('stopped');
    expect(found.curvature).toEqual([]);
    expect(found.epochs).toHaveLength(1);
    expect(found.epochs[0]!.lambda_max).toBeNull();
  });
});

it('tells how many products a measurement took, the same in each of its rows', async () => {
  const hessian = { method: 'power', every: { iterations: 2 }, examples: 40, eigenvalues: 2, iterations: 3 };
  const { curvature } = await walked(smallExperiment({ length: { iterations: 3 }, hessian }));
  // (n + 1)(k + 1) of the power method
  expect(curvature.map(({ products }) => products)).toEqual(Array<number>(6).fill(12));
  const lanczos = await walked(
    smallExperiment({ length: { iterations: 1 }, hessian: { ...hessian, method: 'lanczos' } }),
  );
  for (const { products } of lanczos.curvature) expect(products).toBeLessThanOrEqual(3 + 3);
});
