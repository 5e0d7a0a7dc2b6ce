/** Every operation of the graph in use, for tests of backends and for asking a device what it cannot do itself. */
import { differentiate } from '../differentiate.ts';
import * as ops from '../ops/index.ts';
import { sizeOf } from '../tensor.ts';
import type { Shape, Tensor } from '../tensor.ts';

/** Every operation once, in the forms that differ on the way to ONNX. */
export const opCases: [string, Shape[], (...inputs: Tensor[]) => Tensor][] = [
  ['add', [[2, 3], [3]], ops.add],
  ['subtract', [[2, 1], [3]], ops.subtract],
  ['multiply', [[], [2, 3]], ops.multiply],
  [
    'divide',
    [
      [2, 3],
      [2, 1],
    ],
    ops.divide,
  ],
  ['exp', [[5]], ops.exp],
  ['log', [[5]], ops.log],
  ['tanh', [[5]], ops.tanh],
  ['sqrt', [[5]], ops.sqrt],
  ['relu', [[7]], (a) => ops.relu(ops.subtract(a, ops.constant(1)))],
  ['sigmoid', [[7]], (a) => ops.sigmoid(ops.scale(ops.subtract(a, ops.constant(1)), 8))],
  [
    'second derivative of sigmoid',
    [[7], [7]],
    (a, direction) => {
      const result = ops.sigmoid(ops.subtract(a, ops.constant(1)));
      const [first] = differentiate(ops.sum(ops.multiply(result, result)), [a]);
      return differentiate(ops.sum(ops.multiply(first!, direction)), [a])[0]!;
    },
  ],
  ['erf', [[7]], (a) => ops.erf(ops.scale(ops.subtract(a, ops.constant(1)), 4))],
  ['gelu', [[7]], (a) => ops.gelu(ops.scale(ops.subtract(a, ops.constant(1)), 4))],
  ['gelu, tanh approximation', [[7]], (a) => ops.geluTanh(ops.scale(ops.subtract(a, ops.constant(1)), 4))],
  ['silu', [[7]], (a) => ops.silu(ops.scale(ops.subtract(a, ops.constant(1)), 4))],
  ['heaviside', [[7]], (a) => ops.heaviside(ops.relu(ops.subtract(a, ops.constant(1))))],
  ['softmax', [[3, 4]], ops.softmax],
  ['logSoftmax', [[3, 4]], ops.logSoftmax],
  ['transpose', [[2, 3, 4]], (a) => ops.transpose(a, [1, 2, 0])],
  ['reshape', [[2, 3, 4]], (a) => ops.reshape(a, [4, 6])],
  ['broadcast', [[3, 1]], (a) => ops.broadcastTo(a, [2, 3, 4])],
  ['sum', [[2, 3, 4]], (a) => ops.sum(a, [0, 2])],
  ['sum keeping axes', [[2, 3, 4]], (a) => ops.sum(a, [1], true)],
  ['mean of all', [[2, 3, 4]], (a) => ops.mean(a)],
  [
    'gemm',
    [
      [2, 3],
      [3, 4],
    ],
    (a, b) => ops.gemm(a, b),
  ],
  [
    'gemm AᵀB',
    [
      [3, 2],
      [3, 4],
    ],
    (a, b) => ops.gemm(a, b, true),
  ],
  [
    'gemm ABᵀ',
    [
      [2, 3],
      [4, 3],
    ],
    (a, b) => ops.gemm(a, b, false, true),
  ],
  [
    'gemm AᵀBᵀ',
    [
      [3, 2],
      [4, 3],
    ],
    (a, b) => ops.gemm(a, b, true, true),
  ],
  ['linear', [[2, 3], [4, 3], [4]], ops.linear],
  ...([1, 2] as const).flatMap((stride): (typeof opCases)[number][] =>
    ([0, 1] as const).flatMap((padding): (typeof opCases)[number][] => [
      [
        `convolution, stride ${stride}, padding ${padding}`,
        [[2, 3, 6, 5], [4, 3, 3, 3], [4]],
        (x, weight, bias) => ops.convolution(x, weight, bias, { stride, padding }),
      ],
      ...(['image', 'filter'] as const).map((name, index): (typeof opCases)[number] => [
        `convolution's ${name} gradient, stride ${stride}, padding ${padding}`,
        [
          [2, 3, 6, 5],
          [4, 3, 3, 3],
        ],
        (x, weight) => {
          const result = ops.convolution(x, weight, null, { stride, padding });
          return differentiate(ops.sum(ops.multiply(result, result)), [x, weight])[index]!;
        },
      ]),
    ]),
  ),
  [
    'convolution 1 × 1 of stride 2 and its image gradient',
    [
      [2, 3, 6, 4],
      [4, 3, 1, 1],
    ],
    (x, weight) => {
      const result = ops.convolution(x, weight, null, { stride: 2 });
      return differentiate(ops.sum(ops.multiply(result, result)), [x])[0]!;
    },
  ],
  ['averagePool', [[2, 3, 4, 6]], (x) => ops.averagePool(x, [2, 3])],
  ['repeat', [[2, 3, 2, 1]], (x) => ops.repeat(x, [2, 3])],
  ['maxPool', [[2, 3, 4, 6]], ops.maxPool],
  [
    'gradient of maxPool',
    [[2, 3, 4, 6]],
    (x) => differentiate(ops.sum(ops.multiply(ops.maxPool(x), ops.maxPool(x))), [x])[0]!,
  ],
  [
    'gradient of maxPool among equals, and its own',
    [
      [2, 3, 4, 6],
      [2, 3, 4, 6],
    ],
    (x, direction) => {
      const steps = ops.heaviside(ops.relu(ops.subtract(x, ops.constant(1))));
      const pooled = ops.maxPool(ops.multiply(steps, x));
      const [first] = differentiate(ops.sum(ops.multiply(pooled, pooled)), [x]);
      return differentiate(ops.sum(ops.multiply(first!, direction)), [x])[0]!;
    },
  ],
  ['batch norm', [[4, 3, 2, 2], [3], [3]], (x, factor, shift) => ops.batchNorm(x, factor, shift).result],
  [
    'batch norm gradient',
    [[4, 3, 2, 2], [3], [3]],
    (x, factor, shift) => {
      const { result } = ops.batchNorm(x, factor, shift);
      return differentiate(ops.sum(ops.multiply(ops.tanh(result), x)), [x])[0]!;
    },
  ],
  ...([1, 2] as const).flatMap((groups): (typeof opCases)[number][] =>
    [
      [4, 6],
      [3, 4, 2, 3],
    ].flatMap((shape): (typeof opCases)[number][] => {
      const about = `in ${groups} groups, of ${shape.length} axes`;
      const shapes = [shape, [shape[1]!], [shape[1]!]];
      // numbers far from their mean: of a few that lie close together float32 loses digits
      const spread = ops.constant(
        Array.from({ length: sizeOf(shape) }, (_, index) => ((7 * index) % 5) - 2),
        shape,
      );
      const normed = (x: Tensor, factor: Tensor, shift: Tensor): Tensor =>
        ops.groupNorm(ops.add(x, spread), factor, shift, groups);
      const slope = (inputs: Tensor[], of: number): Tensor =>
        differentiate(ops.sum(ops.multiply(ops.tanh(normed(inputs[0]!, inputs[1]!, inputs[2]!)), inputs[0]!)), inputs)[
          of
        ]!;
      return [
        [`group norm ${about}`, shapes, normed],
        [`gradient of group norm ${about}`, shapes, (...inputs) => slope(inputs, 0)],
        [`gradient of its factor ${about}`, shapes, (...inputs) => slope(inputs, 1)],
      ];
    }),
  ),
  ['oneHot', [], () => ops.oneHot(ops.constant([2, 0, 9, 1], [4], 'int'), 3)],
  ['correct', [[4, 3]], (a) => ops.correct(a, ops.constant([2, 0, 1, 1], [4], 'int'))],
  ['constant', [[3]], (a) => ops.add(a, ops.constant([1, 2, 3], [3]))],
];
