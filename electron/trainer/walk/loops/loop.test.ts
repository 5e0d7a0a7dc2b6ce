import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ops from '../../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../../shared/graph/tensor.ts';
import type { Formula } from '../../backends/backend.ts';
import { planFormula } from '../../backends/formula.ts';
import { computeByElement, firstDifference } from '../../testing/formula-by-element.ts';
import { allocateVectors, block } from './arena.ts';
import { openLoop } from './loop.ts';
import { loopLength } from './text.ts';

const names = ['a', 'b', 'c'] as const;

/** A formula of some steps, each of which is made of what came before; over vectors of a length. */
type Recipe = readonly { operation: number; left: number; right: number; stored: boolean }[];
function formulaOf(recipe: Recipe, size: number): Formula {
  const made: Tensor[] = [...names.map((name) => ops.input(name, [size])), ops.input('number', []), ops.constant(0.3)];
  const results: Record<string, Tensor> = {};
  const sums: Record<string, Tensor> = { a: made[0]! };
  recipe.forEach(({ operation, left, right, stored }, index) => {
    const [x, y] = [made[left % made.length]!, made[right % made.length]!];
    const make = [ops.add, ops.subtract, ops.multiply, ops.divide, ops.sqrt, ops.relu][operation]!;
    const node = make(x, y);
    made.push(node);
    if (node.shape.length === 0) return;
    if (stored) results[`result ${index}`] = node;
    sums[`sum ${index}`] = node;
  });
  return { results, sums };
}

const recipes = fc.array(
  fc.record({ operation: fc.nat(5), left: fc.nat(20), right: fc.nat(20), stored: fc.boolean() }),
  { minLength: 1, maxLength: 8 },
);
const sizes = fc.oneof(fc.integer({ min: 1, max: 13 }), fc.integer({ min: block - 3, max: block + 6 }));

describe('a loop', () => {
  it('computes what the operations of the graph do by element, to the bit, wherever vectors lie', () => {
    fc.assert(
      fc.property(recipes, sizes, fc.integer(), fc.float(), (recipe, size, seed, number) => {
        const fill = (vectors: Float32Array[]): Record<(typeof names)[number], Float32Array> => {
          vectors.forEach((vector, which) =>
            vector.forEach((_, index) => {
              const angle = seed + 7 * which + index;
              vector[index] = [Math.sin(angle) * 10 ** (4 * Math.cos(3 * angle)), 0, NaN, Infinity][
                (angle >>> 0) % 50 > 46 ? (angle >>> 0) % 4 : 0
              ]!;
            }),
          );
          return Object.fromEntries(names.map((name, index) => [name, vectors[index]!])) as ReturnType<typeof fill>;
        };
        const apart = (count: number): Float32Array[] => Array.from({ length: count }, () => new Float32Array(size));
        const formula = formulaOf(recipe, size);
        const written = Object.keys(formula.results);
        const into = (vectors: Float32Array[]): Record<string, Float32Array> =>
          Object.fromEntries(written.map((name, index) => [name, vectors[index]!]));
        const exact = into(apart(written.length));
        const sums = computeByElement(planFormula(formula, size), fill(apart(3)), { number }, exact);
        const loop = openLoop(formulaOf(recipe, loopLength));
        const count = 3 + written.length;
        for (const vectors of [allocateVectors(count, size), apart(count)]) {
          const found = into(vectors.slice(3));
          expect(loop(fill(vectors.slice(0, 3)), { number }, found)).toEqual(sums);
          expect(firstDifference(found, exact)).toBeNull();
        }
      }),
      { numRuns: 200 },
    );
  });

  const [a, b] = names.map((name) => ops.input(name, [loopLength])) as [Tensor, Tensor, Tensor];

  it('reads a vector that it writes before it does', () => {
    const loop = openLoop({ results: { a: ops.add(a, b), b: ops.subtract(a, b) }, sums: {} });
    for (const [x, y] of [allocateVectors(2, 7), [new Float32Array(7), new Float32Array(7)]] as const) {
      x.forEach((_, index) => ([x[index], y[index]] = [index, 10 * index]));
      const vectors = { a: x, b: y };
      loop(vectors, {}, vectors);
      expect([...x]).toEqual([0, 11, 22, 33, 44, 55, 66]);
      expect([...y]).toEqual([0, -9, -18, -27, -36, -45, -54]);
    }
  });

  it('sums in the order that it is told: in sequence, or elements at even and at odd places apart', () => {
    const values = Float32Array.of(2 ** 60, 1, -(2 ** 60), 1, 1);
    const formula = { results: {}, sums: { total: a, other: a } };
    expect(openLoop(formula)({ a: values }, {}, {})).toEqual({ total: 2, other: 2 });
    expect(openLoop(formula, 'in pairs')({ a: values }, {}, {})).toEqual({ total: 3, other: 3 });
    const each = openLoop(formula, (name) => (name === 'total' ? 'in pairs' : 'in sequence'));
    expect(each({ a: values }, {}, {})).toEqual({ total: 3, other: 2 });
  });

  it('adds nothing for what is beside the last element', () => {
    const loop = openLoop({ results: {}, sums: { one: ops.divide(a, a) } }, 'in pairs');
    for (const size of [1, 2, 3, 5, block + 1]) {
      for (const vector of [allocateVectors(1, size)[0]!, new Float32Array(size)])
        expect(loop({ a: vector.fill(3) }, {}, {})).toEqual({ one: size });
    }
    expect(loop({ a: new Float32Array(0) }, {}, {})).toEqual({ one: 0 });
  });

  it('says what it was not given, and what it cannot compute', () => {
    const loop = openLoop({ results: { a: ops.multiply(a, ops.input('rate', [])) }, sums: {} });
    const vector = new Float32Array(3);
    expect(() => loop({}, { rate: 1 }, { a: vector })).toThrow('no vector "a"');
    expect(() => loop({ a: vector }, {}, { a: vector })).toThrow('"rate" was not fed');
    expect(() => loop({ a: vector }, { rate: 1 }, { a: new Float32Array(4) })).toThrow('differ in length');
    expect(() => openLoop({ results: { a: ops.exp(a) }, sums: {} })).toThrow('no operation "exp"');
  });
});
