import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centralDifferences, greatestDifference } from '../testing/numbers.ts';
import { opCases } from '../testing/op-cases.ts';
import { differentiate } from '../differentiate.ts';
import { plan } from '../plan.ts';
import { evaluateReference } from '../reference.ts';
import { sizeOf } from '../tensor.ts';
import type { Shape, Tensor } from '../tensor.ts';
import * as ops from './index.ts';

/** An operation applied, whose derivatives are checked: shapes of its inputs and how its result is made. */
interface DerivativeCase {
  shapes: Shape[];
  build: (inputs: Tensor[]) => Tensor;
}

/** Values of an input, away from the places where a derivative does not exist. */
type Domain = (uniform: number) => number;
const anywhere: Domain = (uniform) => 4 * uniform - 2;
const awayFromZero: Domain = (uniform) => (uniform < 0.5 ? -0.1 - 3 * uniform : 3 * uniform - 1.4);
const positive: Domain = (uniform) => 0.5 + 2 * uniform;

const dimension = fc.integer({ min: 1, max: 4 });
const shape = fc.array(dimension, { maxLength: 3 });
const matrix = fc.tuple(dimension, dimension);

/** Two shapes that broadcast: one shape, and the same with leading axes dropped and some axes set to 1, in either order. */
const broadcasting = fc
  .tuple(shape, fc.nat(3), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }), fc.boolean())
  .map(([whole, drop, ones, swap]): Shape[] => {
    const part = whole.slice(Math.min(drop, whole.length)).map((size, axis) => (ones[axis] ? 1 : size));
    return swap ? [part, whole] : [whole, part];
  });

function one(build: (a: Tensor) => Tensor, shapes: fc.Arbitrary<Shape> = shape): fc.Arbitrary<DerivativeCase> {
  return shapes.map((each) => ({ shapes: [each], build: ([a]) => build(a!) }));
}

function two(build: (a: Tensor, b: Tensor) => Tensor): fc.Arbitrary<DerivativeCase> {
  return broadcasting.map((shapes) => ({ shapes, build: ([a, b]) => build(a!, b!) }));
}

/** Convolutions of images of at most 5 × 5 with filters of at most 3 × 3. */
const convolutions = fc
  .record({
    examples: fc.integer({ min: 1, max: 2 }),
    channels: fc.integer({ min: 1, max: 2 }),
    filters: fc.integer({ min: 1, max: 2 }),
    height: fc.integer({ min: 3, max: 5 }),
    width: fc.integer({ min: 3, max: 5 }),
    kernel: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 2 }),
    padding: fc.integer({ min: 0, max: 1 }),
    bias: fc.boolean(),
  })
  .map(({ examples, channels, filters, height, width, kernel, stride, padding, bias }): DerivativeCase => ({
    shapes: [[examples, channels, height, width], [filters, channels, kernel, kernel], ...(bias ? [[filters]] : [])],
    build: ([x, weight, offset]) => ops.convolution(x!, weight!, offset ?? null, { stride, padding }),
  }));

/** Images whose height and width divide into windows of 2 × 2, and lists of numbers. */
const images = fc
  .tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 }), fc.constantFrom(2, 4), fc.constantFrom(2, 4))
  .map(([examples, channels, height, width]) => [examples, channels, height, width]);
const batches = fc.oneof(images, fc.tuple(fc.integer({ min: 3, max: 5 }), fc.integer({ min: 1, max: 3 })));

/** Images and lists whose channels divide into so many groups, each of two values at least. */
const grouped = fc
  .tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 }), fc.boolean())
  .map(([examples, groups, channels, places]): [Shape, number] => [
    places ? [examples, groups * channels, 2, 1] : [examples, 2 * groups * channels],
    groups,
  ]);

/** Distinct for all but a chance of nothing: a spread of places, so that no two elements of an image are near one another. */
const apart = (a: Tensor): Tensor =>
  ops.add(
    ops.scale(a, 0.01),
    ops.constant(
      Array.from({ length: sizeOf(a.shape) }, (_, index) => ((7 * index) % sizeOf(a.shape)) / 7),
      a.shape,
    ),
  );

/** A shape with some of its axes. */
const withAxes = shape.chain((each) => fc.tuple(fc.constant(each), fc.subarray(each.map((_, axis) => axis))));

const products = fc
  .tuple(dimension, dimension, dimension, fc.boolean(), fc.boolean())
  .map(([rows, inner, columns, transposeA, transposeB]): DerivativeCase => ({
    shapes: [transposeA ? [inner, rows] : [rows, inner], transposeB ? [columns, inner] : [inner, columns]],
    build: ([a, b]) => ops.gemm(a!, b!, transposeA, transposeB),
  }));

const layers = fc.tuple(dimension, dimension, dimension).map(([examples, inside, out]): DerivativeCase => ({
  shapes: [[examples, inside], [out, inside], [out]],
  build: ([x, weight, bias]) => ops.linear(x!, weight!, bias!),
}));

/** Labels of different classes. */
const labelsOf = (examples: number, classes: number): Tensor =>
  ops.constant(
    Array.from({ length: examples }, (_, row) => (3 * row + 1) % classes),
    [examples],
    'int',
  );

const derivativeCases: Record<string, [fc.Arbitrary<DerivativeCase>, Domain]> = {
  add: [two(ops.add), anywhere],
  subtract: [two(ops.subtract), anywhere],
  multiply: [two(ops.multiply), anywhere],
  divide: [two(ops.divide), positive],
  scale: [one((a) => ops.scale(a, -1.5)), anywhere],
  exp: [one(ops.exp), anywhere],
  log: [one(ops.log), positive],
  tanh: [one(ops.tanh), anywhere],
  sqrt: [one(ops.sqrt), positive],
  relu: [one(ops.relu), awayFromZero],
  sigmoid: [one(ops.sigmoid), anywhere],
  erf: [one(ops.erf), anywhere],
  gelu: [one(ops.gelu), anywhere],
  'gelu, tanh approximation': [one(ops.geluTanh), anywhere],
  silu: [one(ops.silu), anywhere],
  softmax: [one(ops.softmax, matrix), anywhere],
  logSoftmax: [one(ops.logSoftmax, matrix), anywhere],
  gemm: [products, anywhere],
  linear: [layers, anywhere],
  sum: [
    withAxes.chain(([each, axes]) =>
      fc.boolean().map((keep) => ({ shapes: [each], build: ([a]) => ops.sum(a!, axes, keep) })),
    ),
    anywhere,
  ],
  mean: [withAxes.map(([each, axes]) => ({ shapes: [each], build: ([a]) => ops.mean(a!, axes) })), anywhere],
  broadcast: [
    broadcasting.map(([x, y]) => {
      const [part, whole] = sizeOf(x!) <= sizeOf(y!) && x!.length <= y!.length ? [x!, y!] : [y!, x!];
      return { shapes: [part], build: ([a]) => ops.broadcastTo(a!, whole) };
    }),
    anywhere,
  ],
  reshape: [one((a) => ops.reshape(a, [a.shape[1]!, 1, a.shape[0]!]), matrix), anywhere],
  transpose: [
    shape.chain((each) =>
      fc
        .shuffledSubarray(
          each.map((_, axis) => axis),
          { minLength: each.length },
        )
        .map((order) => ({ shapes: [each], build: ([a]) => ops.transpose(a!, order) })),
    ),
    anywhere,
  ],
  convolution: [convolutions, anywhere],
  maxPool: [one((a) => ops.maxPool(apart(a)), images), anywhere],
  averagePool: [one((a) => ops.averagePool(a, [2, a.shape[3]!]), images), anywhere],
  repeat: [one((a) => ops.repeat(a, [2, 3]), images), anywhere],
  'batch norm of the batch': [
    batches.map((each) => ({
      shapes: [each, [each[1]], [each[1]]],
      build: ([x, factor, shift]) => ops.batchNorm(apart(x!), factor!, shift!).result,
    })),
    anywhere,
  ],
  'batch norm, variance': [
    batches.map((each) => ({
      shapes: [each],
      build: ([x]) => {
        const { mean, variance } = ops.batchNorm(x!, ops.constant(1, [each[1]]), ops.constant(0, [each[1]]));
        return ops.add(mean, variance);
      },
    })),
    anywhere,
  ],
  'batch norm by given statistics': [
    batches.map((each) => ({
      shapes: [each, [each[1]], [each[1]], [each[1]], [each[1]]],
      build: ([x, factor, shift, mean, variance]) =>
        ops.givenNorm(x!, factor!, shift!, { mean: mean!, variance: variance! }),
    })),
    positive,
  ],
  'group norm': [
    grouped.map(([each, groups]) => ({
      shapes: [each, [each[1]!], [each[1]!]],
      build: ([x, factor, shift]) => ops.groupNorm(apart(x!), factor!, shift!, groups),
    })),
    anywhere,
  ],
  crossEntropy: [
    matrix.map(([examples, classes]) => ({
      shapes: [[examples, classes]],
      build: ([logits]) => ops.crossEntropy(logits!, labelsOf(examples, classes)),
    })),
    anywhere,
  ],
  'crossEntropy, label smoothing': [
    matrix.map(([examples, classes]) => ({
      shapes: [[examples, classes]],
      build: ([logits]) => ops.crossEntropy(logits!, labelsOf(examples, classes), 0.2),
    })),
    anywhere,
  ],
  'crossEntropyByMargins, label smoothing': [
    matrix.map(([examples, classes]) => ({
      shapes: [[examples, classes]],
      build: ([logits]) => ops.crossEntropyByMargins(logits!, labelsOf(examples, classes), 0.2),
    })),
    anywhere,
  ],
  squaredError: [
    matrix.map(([examples, classes]) => ({
      shapes: [[examples, classes]],
      build: ([outputs]) => ops.squaredError(outputs!, labelsOf(examples, classes)),
    })),
    anywhere,
  ],
  crossEntropyByMargins: [
    matrix.map(([examples, classes]) => ({
      shapes: [[examples, classes]],
      build: ([logits]) => ops.crossEntropyByMargins(logits!, labelsOf(examples, classes)),
    })),
    anywhere,
  ],
};

/** A case with numbers for its inputs, for the weights of its results and for a direction of second differentiation. */
function filled([arbitrary, domain]: [fc.Arbitrary<DerivativeCase>, Domain]) {
  return arbitrary.chain((drawn) => {
    const numbers = (shapes: Shape[], map: Domain) =>
      fc.tuple(
        ...shapes.map((each) =>
          fc
            .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: sizeOf(each), maxLength: sizeOf(each) })
            .map((list) => list.map(map)),
        ),
      );
    const result = drawn.build(drawn.shapes.map((each, index) => ops.input(`i${index}`, each)));
    return fc.record({
      drawn: fc.constant(drawn),
      values: numbers(drawn.shapes, domain),
      weights: numbers([result.shape], anywhere),
      direction: numbers(drawn.shapes, anywhere),
    });
  });
}

describe.each(Object.entries(derivativeCases))('%s', (_, drawn) => {
  it('has the gradient, and the gradient of the gradient, that finite differences find', () => {
    fc.assert(
      fc.property(filled(drawn), ({ drawn: { shapes, build }, values, weights, direction }) => {
        const inputs = shapes.map((each, index) => ops.input(`i${index}`, each));
        const result = build(inputs);
        // half its square, weighted, so that second derivatives of linear operations do not vanish
        const square = ops.scale(ops.multiply(result, result), 0.5);
        const scalar = ops.sum(ops.multiply(ops.add(result, square), ops.input('w', result.shape)));
        const gradients = differentiate(scalar, inputs);
        expect(gradients.map((each) => each.shape)).toEqual(shapes);
        const along = gradients
          .map((each, index) => ops.sum(ops.multiply(each, ops.input(`d${index}`, shapes[index]!))))
          .reduce((a, b) => ops.add(a, b));
        const second = differentiate(along, inputs);

        const feeds = (which: number, point: ArrayLike<number>): Record<string, ArrayLike<number>> => ({
          w: weights[0]!,
          ...Object.fromEntries(direction.map((each, index) => [`d${index}`, each])),
          ...Object.fromEntries(values.map((each, index) => [`i${index}`, index === which ? point : each])),
        });
        const exact = evaluateReference(
          Object.fromEntries([...gradients, ...second].map((each, index) => [index, each])),
          feeds(0, values[0]!),
        );
        shapes.forEach((_shape, which) => {
          const numeric = (output: Tensor): Float64Array =>
            centralDifferences(
              values[which]!,
              (point) => evaluateReference({ output }, feeds(which, point)).output[0]!,
            );
          expect(greatestDifference(exact[which]!, numeric(scalar))).toBeLessThan(1e-6);
          expect(greatestDifference(exact[shapes.length + which]!, numeric(along))).toBeLessThan(1e-6);
        });
      }),
      { numRuns: 40 },
    );
  });
});

it('every operation is in a case that backends are tested with', () => {
  const used = opCases.flatMap(([, shapes, build]) => {
    const output = build(...shapes.map((each, index) => ops.input(`i${index}`, each)));
    return plan({ output }).nodes.map(({ operation }) => operation.name);
  });
  expect([...new Set(used)].sort()).toEqual(Object.keys(ops.operations).sort());
});

describe('values', () => {
  const value = (output: Tensor): number[] => [...evaluateReference({ output }, {}).output];
  const row = (...values: number[]): Tensor => ops.constant(values, [values.length]);

  it('broadcasts as NumPy does', () => {
    expect(value(ops.add(ops.constant([1, 2, 3, 4], [2, 2]), row(10, 20)))).toEqual([11, 22, 13, 24]);
    expect(value(ops.subtract(ops.constant([1, 2], [2, 1]), row(10, 20)))).toEqual([-9, -19, -8, -18]);
    expect(() => ops.multiply(row(1, 2), row(1, 2, 3))).toThrow('multiply: shapes [2] and [3] do not broadcast');
  });

  it('multiplies matrices as written by hand', () => {
    const a = ops.constant([1, 2, 3, 4, 5, 6], [2, 3]);
    const b = ops.constant([1, 0, 2, 1, 0, 1], [3, 2]);
    expect(value(ops.gemm(a, b))).toEqual([5, 5, 14, 11]);
    expect(value(ops.gemm(a, ops.transpose(b), false, true))).toEqual([5, 5, 14, 11]);
    expect(value(ops.gemm(ops.transpose(a), b, true))).toEqual([5, 5, 14, 11]);
    expect(value(ops.linear(a, ops.transpose(b), row(1, -1)))).toEqual([6, 4, 15, 10]);
    expect(() => ops.gemm(a, a)).toThrow('gemm: [2, 3] and [2, 3] do not fit');
    expect(() => ops.linear(a, ops.transpose(b), row(1, 2, 3))).toThrow('gemm');
  });

  it('sums and means over the named axes', () => {
    const a = ops.constant([1, 2, 3, 4, 5, 6], [2, 3]);
    expect(value(ops.sum(a, [0]))).toEqual([5, 7, 9]);
    expect(value(ops.sum(a, [-1]))).toEqual([6, 15]);
    expect(value(ops.mean(a, [1]))).toEqual([2, 5]);
    expect(value(ops.mean(a))).toEqual([3.5]);
    expect(ops.sum(a, [1], true).shape).toEqual([2, 1]);
  });

  it('takes cross-entropy of large logits without overflow', () => {
    const logits = ops.constant([1000, 0, -1000, 0, 0, 0], [2, 3]);
    expect(value(ops.crossEntropy(logits, ops.constant([1, 2], [2], 'int')))).toEqual([1000, Math.log(3)]);
    expect(value(ops.crossEntropyByMargins(logits, ops.constant([1, 2], [2], 'int')))).toEqual([1000, Math.log(3)]);
    expect(value(ops.softmax(logits)).slice(0, 3)).toEqual([1, 0, 0]);
  });

  it('counts the first of equal logits as the answer', () => {
    const logits = ops.constant([1, 1, 0, 0, 2, 2, 3, 2, 1], [3, 3]);
    expect(value(ops.correct(logits, ops.constant([1, 1, 0], [3], 'int')))).toEqual([0, 1, 1]);
  });

  it('takes the sigmoid of any number, and its derivatives, without overflow', () => {
    const x = ops.input('x', [5]);
    const result = ops.sigmoid(x);
    const [first] = differentiate(ops.sum(result), [x]);
    const [second] = differentiate(ops.sum(first!), [x]);
    const found = evaluateReference(
      { result, first: first!, second: second! },
      { x: [-800, -Math.log(3), 0, 40, 800] },
    );
    const rows = { result: [0, 1 / 4, 1 / 2, 1, 1], first: [0, 3 / 16, 1 / 4, 0, 0], second: [0, 3 / 32, 0, 0, 0] };
    for (const [name, row] of Object.entries(rows))
      row.forEach((each, index) => expect(found[name as keyof typeof rows][index]).toBeCloseTo(each, 15));
    // below zero it is told apart from 0 as far as numbers go
    expect(evaluateReference({ result }, { x: [-700, 0, 0, 0, 0] }).result[0]).toBe(Math.exp(-700));
  });

  it('takes the slope of a ReLU at zero as zero', () => {
    const x = ops.input('x', [3]);
    const [gradient] = differentiate(ops.sum(ops.relu(x)), [x]);
    expect([...evaluateReference({ gradient: gradient! }, { x: [-1, 0, 2] }).gradient]).toEqual([0, 0, 1]);
  });

  it('convolves as written by hand', () => {
    const x = ops.constant([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]);
    const w = ops.constant([1, 0, 0, -1], [1, 1, 2, 2]);
    expect(value(ops.convolution(x, w, row(10)))).toEqual([6, 6, 6, 6]);
    expect(value(ops.convolution(x, w, null, { stride: 2, padding: 1 }))).toEqual([-1, -3, -7, -4]);
    expect(() => ops.convolution(x, ops.constant(1, [1, 2, 2, 2]), null)).toThrow(
      'convolution: image [1, 1, 3, 3] and filter [1, 2, 2, 2] do not fit',
    );
  });

  it('pools windows, and shares a gradient among equals', () => {
    const x = ops.input('x', [1, 1, 2, 4]);
    const fed = { x: [1, 5, 7, 7, 2, 3, 7, 7] };
    const [gradient] = differentiate(ops.sum(ops.multiply(ops.maxPool(x), ops.constant([3, 8], [1, 1, 1, 2]))), [x]);
    const found = evaluateReference(
      { max: ops.maxPool(x), mean: ops.averagePool(x, [2, 2]), gradient: gradient! },
      fed,
    );
    expect([...found.max]).toEqual([5, 7]);
    expect([...found.mean]).toEqual([2.75, 7]);
    expect([...found.gradient]).toEqual([0, 3, 2, 2, 0, 0, 2, 2]);
    expect(() => ops.maxPool(ops.input('y', [1, 1, 3, 4]))).toThrow(
      'maxPool: [1, 1, 3, 4] does not divide into windows of 2 × 2',
    );
  });

  it('normalises a batch to mean 0 and variance 1', () => {
    const x = ops.constant([1, 10, 2, 20, 3, 30, 6, 60], [4, 2]);
    const { result, mean, variance } = ops.batchNorm(x, row(1, 1), row(0, 5));
    expect(value(mean)).toEqual([3, 30]);
    expect(value(variance)).toEqual([3.5, 350]);
    value(result).forEach((each, index) =>
      expect(each).toBeCloseTo(
        index % 2 === 0
          ? ([1, 2, 3, 6][index / 2]! - 3) / Math.sqrt(3.5 + 1e-5)
          : 5 + ([10, 20, 30, 60][(index - 1) / 2]! - 30) / Math.sqrt(350 + 1e-5),
        12,
      ),
    );
    const given = ops.givenNorm(x, row(1, 1), row(0, 5), { mean, variance });
    value(given).forEach((each, index) => expect(each).toBeCloseTo(value(result)[index]!, 12));
  });

  it('normalises groups of channels of each example to mean 0 and variance 1', () => {
    const x = ops.constant([1, 3, 10, 40, 2, 6, 0, 1], [2, 4]);
    const root = (variance: number): number => 1 / Math.sqrt(variance + 1e-5);
    const [near, far, near2, far2] = [root(1), 15 * root(225), 2 * root(4), 0.5 * root(0.25)];
    const expected = [-near, near, -far, far, -near2, near2, -far2, far2];
    const found = value(ops.groupNorm(x, row(1, 1, 1, 2), row(0, 0, 0, 5), 2));
    found.forEach((each, index) =>
      expect(each).toBeCloseTo(index % 4 === 3 ? 5 + 2 * expected[index]! : expected[index]!, 12),
    );
    // all four of an example: mean 13.5, variance 245.25
    expect(value(ops.groupNorm(x, row(1, 1, 1, 1), row(0, 0, 0, 0), 1))[3]).toBeCloseTo(26.5 * root(245.25), 12);
  });

  it('refuses what does not fit, in words', () => {
    expect(() => ops.groupNorm(ops.constant(1, [2, 6]), ops.constant(1, [6]), ops.constant(0, [6]), 4)).toThrow(
      'groupNorm: the channels of [2, 6] do not divide into 4 groups',
    );
    expect(() => ops.reshape(row(1, 2, 3), [2, 2])).toThrow('reshape: [3] has not as many elements as [2, 2]');
    expect(() => ops.transpose(row(1, 2), [1])).toThrow('transpose');
    expect(() => ops.sum(row(1, 2), [1])).toThrow('sum: axes [1] do not fit shape [2]');
    expect(() => ops.broadcastTo(row(1, 2), [3])).toThrow('broadcast');
    expect(() => ops.constant([1, 2], [3])).toThrow('constant: 2 values do not fill shape [3]');
    expect(() => ops.oneHot(row(1, 2), 3)).toThrow('oneHot: labels must be a list of integers');
    expect(() => ops.correct(row(1, 2), ops.constant([1], [1], 'int'))).toThrow('correct');
    expect(() => ops.softmax(ops.constant(1))).toThrow('softmax: needs at least one axis');
    expect(() => ops.add(row(1), ops.constant([1], [1], 'int'))).toThrow('add: operands must be float');
  });
});
