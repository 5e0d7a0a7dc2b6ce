import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossEntropy, input, squaredError } from '../graph/ops/index.ts';
import { evaluateReference } from '../graph/reference.ts';
import { curveThrough } from '../losses/curve.ts';
import { loss as lossSettings, lossOf } from '../losses/index.ts';
import { hitControl, lossControl } from './control.ts';

const kinds = [
  { settings: { kind: 'cross-entropy' }, graph: crossEntropy },
  {
    settings: { kind: 'cross-entropy', labelSmoothing: 0.1 },
    graph: (...[outputs, labels]: Parameters<typeof squaredError>) => crossEntropy(outputs, labels, 0.1),
  },
  { settings: { kind: 'squared-error' }, graph: squaredError },
] as const;

describe.each(kinds)('$settings', ({ settings, graph }) => {
  const loss = lossOf(lossSettings.parse(settings), 'classes');

  it('tells the loss of one example as its graph does in float64', () => {
    const outputs = fc.array(fc.double({ min: -300, max: 300, noNaN: true }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(outputs, fc.nat(), (values, any) => {
        const label = any % values.length;
        const tensors = { losses: graph(input('z', [1, values.length]), input('y', [1], 'int')) };
        const known = evaluateReference(tensors, { z: values, y: [label] }).losses[0]!;
        expect(Math.abs(loss.value(values, label) - known)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(known)));
      }),
    );
  });

  it('tells the losses along a polynomial of outputs as its graph does at each point in float64', () => {
    // margins of which a power overflows, too
    const number = fc.oneof(
      fc.float({ min: -20, max: 20, noNaN: true }),
      fc.float({ min: -500, max: 500, noNaN: true }),
    );
    const curves = fc
      .record({
        classes: fc.integer({ min: 2, max: 5 }),
        inner: fc.integer({ min: 1, max: 19 }),
        between: fc.uniqueArray(fc.integer({ min: 1, max: 19 }), { maxLength: 3 }),
      })
      .chain(({ classes, inner, between }) => {
        const places = [0, ...between.filter((k) => k <= inner), inner + 1];
        const values = fc.array(number, { minLength: 2 * classes, maxLength: 2 * classes });
        const outputs = fc.tuple(...places.map(() => values));
        return fc.record({
          classes: fc.constant(classes),
          places: fc.constant(places),
          outputs,
          label: fc.nat(classes - 1),
        });
      });
    fc.assert(
      fc.property(curves, ({ classes, places, outputs, label }) => {
        const intervals = places.at(-1)!;
        const known = places.map((k, index) => ({ k, outputs: Float32Array.from(outputs[index]!) }));
        const found = new Float64Array(intervals - 1);
        loss.along(curveThrough(known, classes, intervals))(1, label, found);
        const tensors = { losses: graph(input('z', [1, classes]), input('y', [1], 'int')) };
        for (const [index, each] of found.entries()) {
          const z = Array.from({ length: classes }, (_, at) =>
            neville(
              known.map((point): [number, number] => [point.k, point.outputs[classes + at]!]),
              index + 1,
            ),
          );
          const exact = evaluateReference(tensors, { z, y: [label] }).losses[0]!;
          // what rounding makes of a polynomial of these values
          const size = z.reduce((most, value) => Math.max(most, Math.abs(value)), 500);
          expect(Math.abs(each - exact)).toBeLessThanOrEqual(
            1e-13 * size * (1 + Math.sqrt(2 * Math.abs(exact))) * 2 ** (3 * places.length),
          );
        }
      }),
    );
  });

  it('is not a number where an output is none', () => {
    const found = new Float64Array(3);
    const known = [
      { k: 0, outputs: Float32Array.of(1, NaN) },
      { k: 4, outputs: Float32Array.of(1, 2) },
    ];
    loss.along(curveThrough(known, 2, 4))(0, 0, found);
    expect([...found]).toEqual([NaN, NaN, NaN]);
  });

  it('is interpolated on the outputs, example by example and over all', () => {
    const [count, classes, intervals] = [40, 3, 4];
    const outputsOf = (seed: number): Float32Array =>
      Float32Array.from({ length: count * classes }, (_, at) => Math.sin(seed * (at + 1)) * 3);
    const ends = [outputsOf(1.7), outputsOf(0.6)] as const;
    const labels = Uint8Array.from({ length: count }, (_, example) => example % classes);
    const known = [
      { k: 0, outputs: ends[0] },
      { k: intervals, outputs: ends[1] },
    ];
    const losses = lossControl(curveThrough(known, classes, intervals), labels, loss);
    const hits = hitControl(ends, labels, intervals);
    const [ownLosses, ownHits] = [new Float64Array(intervals - 1), new Float64Array(intervals - 1)];
    losses.of(11, ownLosses);
    hits.of(11, ownHits);
    for (let k = 1; k < intervals; k++) {
      const blended = Float64Array.from(ends[0], (z, at) => z + (k / intervals) * (ends[1][at]! - z));
      const tensors = { losses: graph(input('z', [count, classes]), input('y', [count], 'int')) };
      const exact = evaluateReference(tensors, { z: blended, y: labels }).losses;
      expect(ownLosses[k - 1]).toBeCloseTo(exact[11]!, 10);
      expect(losses.means[k - 1]).toBeCloseTo(exact.reduce((sum, each) => sum + each, 0) / count, 10);
      const isHit = (row: number): number => {
        const own = [...blended.subarray(row * classes, (row + 1) * classes)];
        return Number(own.indexOf(Math.max(...own)) === labels[row]);
      };
      expect(ownHits[k - 1]).toBe(isHit(11));
      const right = labels.reduce((sum, _, row) => sum + isHit(row), 0);
      expect(hits.means[k - 1]).toBeCloseTo(right / count, 12);
    }
  });
});

/** The value at a place of the polynomial through points (Neville's scheme). */
function neville(points: readonly (readonly [number, number])[], at: number): number {
  if (points.length === 1) return points[0]![1];
  const [first, last] = [points[0]![0], points.at(-1)![0]];
  const [left, right] = [neville(points.slice(0, -1), at), neville(points.slice(1), at)];
  return ((last - at) * left + (at - first) * right) / (last - first);
}

it('counts the first of equal outputs as a hit', () => {
  const equal = Float32Array.of(1, 1, 0, 1, 1, 0);
  const { means, of } = hitControl([equal, equal], [0, 1], 3);
  expect([...means]).toEqual([0.5, 0.5]);
  const own = new Float64Array(2);
  of(0, own);
  expect([...own]).toEqual([1, 1]);
});
