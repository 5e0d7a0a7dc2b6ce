import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatorFrom } from '../../electron/trainer/random/generator.ts';
import { usualLoss } from '../losses/index.ts';
import { activationNames } from '../networks/activations.ts';
import { cnn } from '../networks/cnn.ts';
import { mlp } from '../networks/mlp.ts';
import { logitsOf } from '../networks/model.ts';
import type { Model } from '../networks/model.ts';
import { byRunningStatistics } from '../networks/norms.ts';
import { differentiate, pulledBack } from './differentiate.ts';
import { divide } from './divide.ts';
import * as ops from './ops/index.ts';
import { isInput } from './ops/leaf.ts';
import { plan } from './plan.ts';
import { evaluateReference } from './reference.ts';
import { sizeOf } from './tensor.ts';
import type { Tensor } from './tensor.ts';

const namesOf = (outputs: Readonly<Record<string, Tensor>>): string[] =>
  plan(outputs).nodes.map((node) => (isInput(node) ? node.attributes.name : node.operation.name));

/** Values of a divided graph: the first part's are fed to the second. */
function evaluateDivided(
  { kept, outputs }: ReturnType<typeof divide>,
  feeds: Readonly<Record<string, ArrayLike<number>>>,
): Record<string, Float64Array> {
  return evaluateReference(outputs, { ...feeds, ...evaluateReference(kept, feeds) });
}

describe('divide', () => {
  const x = ops.input('x', [2, 3]);
  const weight = ops.input('weight', [3, 3]);
  const direction = ops.input('direction', [3, 3]);

  it('computes first what does not depend on what varies, and takes it as inputs', () => {
    const product = ops.gemm(x, weight);
    const result = ops.add(product, ops.gemm(product, direction));
    const { kept, outputs } = divide({ result }, new Set(['direction']));
    expect(kept).toEqual({ 'kept 0': product });
    expect(namesOf(outputs)).toEqual(['kept 0', 'direction', 'gemm', 'add']);
  });

  it('computes up to two element-wise operations of what is kept again', () => {
    const kept = ops.gemm(x, weight);
    const active = ops.relu(kept);
    const mask = ops.heaviside(active);
    const along = ops.gemm(kept, direction);
    const divided = divide({ a: ops.multiply(along, active), b: ops.multiply(along, mask) }, new Set(['direction']));
    expect(divided.kept).toEqual({ 'kept 0': kept });
    const third = divide({ a: ops.multiply(along, ops.exp(mask)) }, new Set(['direction']));
    expect(Object.values(third.kept).map(({ operation }) => operation.name)).toEqual(['gemm', 'exp']);
    // and nothing is kept for their sake
    const alone = divide({ a: ops.multiply(ops.gemm(x, direction), mask) }, new Set(['direction']));
    expect(Object.values(alone.kept)).toEqual([mask]);
  });

  it('leaves what is made of constants where it is, and inputs and outputs that are none of it', () => {
    const ones = ops.broadcastTo(ops.constant(1), [2, 3]);
    const result = ops.multiply(ops.multiply(ops.gemm(x, direction), ones), x);
    const { kept, outputs } = divide(
      { result, fixed: ops.gemm(x, weight), x, two: ops.constant(2) },
      new Set(['direction']),
    );
    expect(Object.keys(kept)).toEqual(['kept 0']);
    expect(namesOf({ ...outputs, fixed: x })).toEqual([
      'x',
      'direction',
      'gemm',
      'constant',
      'broadcast',
      'multiply',
      'multiply',
      'constant',
    ]);
    expect(outputs['x']).toBe(x);
    expect(outputs['fixed']!.attributes).toMatchObject({ name: 'kept 0' });
  });

  it('refuses an input with the name of what is kept', () => {
    expect(() => divide({ a: ops.input('kept x', []) }, new Set())).toThrow(
      'the input "kept x" has a name of what is kept',
    );
  });

  it('keeps values to the bit, whatever the graph and whatever varies', () => {
    const unary = [
      ops.relu,
      ops.tanh,
      ops.exp,
      (a: Tensor) => ops.softmax(a),
      (a: Tensor) => ops.broadcastTo(ops.sum(a, [1], true), [3, 3]),
    ];
    const binary = [
      ops.add,
      ops.multiply,
      ops.subtract,
      (a: Tensor, b: Tensor) => ops.gemm(a, b),
      (a: Tensor, b: Tensor) => ops.gemm(a, b, true),
    ];
    const step = fc.record({ operation: fc.nat(unary.length + binary.length - 1), a: fc.nat(), b: fc.nat() });
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 25 }),
        fc.subarray(['p', 'q', 'r']),
        fc.integer({ min: 1 }),
        (steps, varying, seed) => {
          const nodes: Tensor[] = [
            ...['p', 'q', 'r'].map((name) => ops.input(name, [3, 3])),
            ops.constant(0.5, [3, 3]),
          ];
          for (const { operation, a, b } of steps) {
            const [first, second] = [nodes[a % nodes.length]!, nodes[b % nodes.length]!];
            nodes.push(
              operation < unary.length ? unary[operation]!(first) : binary[operation - unary.length]!(first, second),
            );
          }
          const outputs = Object.fromEntries(nodes.slice(-3).map((node, index) => [`output ${index}`, node]));
          const generator = generatorFrom([seed, 1, 1, 1]);
          const feeds = Object.fromEntries(
            ['p', 'q', 'r'].map((name) => [name, Array.from({ length: 9 }, () => generator.uniform() - 0.5)]),
          );
          const divided = divide(outputs, new Set(varying));
          expect(evaluateDivided(divided, feeds)).toEqual(evaluateReference(outputs, feeds));
          // nothing that is kept varies, and no matrix product is in both parts, but of constants
          expect(plan(divided.kept).inputs.filter(({ attributes: { name } }) => varying.includes(name))).toEqual([]);
          const products = (part: Readonly<Record<string, Tensor>>): number => {
            const fed = new Set<Tensor>();
            for (const node of plan(part).nodes)
              if (isInput(node) || node.inputs.some((each) => fed.has(each))) fed.add(node);
            return [...fed].filter(({ operation }) => operation.name === 'gemm').length;
          };
          expect(products(divided.kept) + products(divided.outputs)).toBe(products(outputs));
        },
      ),
    );
  });
});

const image = { channels: 1, height: 8, width: 4 };
const networks: [string, Model][] = [
  ...activationNames.map((activation): [string, Model] => [
    `MLP, ${activation}`,
    mlp({ features: 4, hidden: [5, 3], outputs: 3, activation }),
  ]),
  ['MLP with layer norm', mlp({ features: 4, hidden: [5, 3], outputs: 3, norm: { kind: 'layer' } })],
  ['CNN', cnn({ image, outputs: 3, batchNorm: false, filters: [2, 3] })],
  ['CNN with batch norm', cnn({ image, outputs: 3, batchNorm: true, filters: [2, 3] })],
  ['CNN with group norm', cnn({ image, outputs: 3, norm: { kind: 'group', groups: 2 }, filters: [2, 4] })],
];

describe.each(networks)('the Hessian-vector product of a %s', (_, model) => {
  const count = 5;
  const tensors = Object.fromEntries(
    [...model.parameters, ...model.statistics].map(({ name, shape }) => [name, ops.input(name, shape)]),
  );
  const logits = logitsOf(model, ops.input('x', [count, model.features]), tensors, byRunningStatistics(tensors));
  const value = ops.mean(usualLoss.toDifferentiateTwice(logits, ops.input('targets', [count], 'int')));
  const variables = model.parameters.map(({ name }) => tensors[name]!);
  const gradients = differentiate(value, variables);
  const directions = model.parameters.map(({ name, shape }) => ops.input(`direction of ${name}`, shape));
  const products = Object.fromEntries(
    pulledBack(
      gradients.map((output, index) => ({ output, upstream: directions[index]! })),
      variables,
    ).map((each, index) => [index, each]),
  );
  const generator = generatorFrom([4, 3, 2, 1]);
  const feeds: Record<string, number[]> = { targets: Array.from({ length: count }, (__, row) => row % 3) };
  for (const {
    attributes: { name, shape, dtype },
  } of plan(products).inputs)
    if (dtype === 'float')
      feeds[name] = Array.from({ length: sizeOf(shape) }, () =>
        name.endsWith('var') ? 1 + generator.uniform() : generator.normal() / 2,
      );

  it('is the gradient of ⟨gradient, direction⟩ to the bit, pulled back as divided', () => {
    const along = gradients
      .map((gradient, index) => ops.sum(ops.multiply(gradient, directions[index]!)))
      .reduce(ops.add);
    const whole = Object.fromEntries(differentiate(along, variables).map((each, index) => [index, each]));
    const expected = evaluateReference(whole, feeds);
    expect(evaluateReference(products, feeds)).toEqual(expected);
    const divided = divide(products, new Set(model.parameters.map(({ name }) => `direction of ${name}`)));
    expect(evaluateDivided(divided, feeds)).toEqual(expected);
    expect(Object.keys(divided.kept).length).toBeGreaterThan(2);
  });
});
