import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossEntropy, input, squaredError } from '../graph/ops/index.ts';
import { evaluateReference } from '../graph/reference.ts';
import { loss as lossSettings, lossOf } from '../losses/index.ts';
import { controlVariate } from './control.ts';

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

  it('tells the losses along a line of outputs as its graph does at each point in float64', () => {
    // margins of which a power overflows, too
    const number = fc.oneof(
      fc.float({ min: -20, max: 20, noNaN: true }),
      fc.float({ min: -2000, max: 2000, noNaN: true }),
    );
    const line = fc.integer({ min: 2, max: 5 }).chain((classes) =>
      fc.record({
        start: fc.array(number, { minLength: 2 * classes, maxLength: 2 * classes }),
        end: fc.array(number, { minLength: 2 * classes, maxLength: 2 * classes }),
        label: fc.nat(classes - 1),
        inner: fc.integer({ min: 1, max: 19 }),
      }),
    );
    fc.assert(
      fc.property(line, ({ start, end, label, inner }) => {
        const classes = start.length / 2;
        const found = new Float64Array(inner);
        const ends = { start: Float32Array.from(start), end: Float32Array.from(end), classes };
        loss.between(ends, 1, label, found);
        const tensors = { losses: graph(input('z', [1, classes]), input('y', [1], 'int')) };
        for (const [k, each] of found.entries()) {
          const alpha = (k + 1) / (inner + 1);
          const z = Array.from(
            { length: classes },
            (_, at) => (1 - alpha) * ends.start[classes + at]! + alpha * ends.end[classes + at]!,
          );
          const known = evaluateReference(tensors, { z, y: [label] }).losses[0]!;
          expect(Math.abs(each - known)).toBeLessThanOrEqual(1e-11 * (1 + Math.abs(known)));
        }
      }),
    );
  });

  it('is not a number where an output is none', () => {
    const found = new Float64Array(3);
    loss.between({ start: Float32Array.of(1, NaN), end: Float32Array.of(1, 2), classes: 2 }, 0, 0, found);
    expect([...found]).toEqual([NaN, NaN, NaN]);
  });

  it('is interpolated on the outputs, example by example and over all', () => {
    const [count, classes, intervals] = [40, 3, 4];
    const end = (seed: number) => ({
      losses: new Float32Array(count),
      outputs: Float32Array.from({ length: count * classes }, (_, at) => Math.sin(seed * (at + 1)) * 3),
    });
    const ends = [end(1.7), end(0.6)] as const;
    const labels = Uint8Array.from({ length: count }, (_, example) => example % classes);
    const control = controlVariate(ends, labels, intervals, loss);
    for (let k = 1; k < intervals; k++) {
      const blended = Float64Array.from(ends[0].outputs, (z, at) => z + (k / intervals) * (ends[1].outputs[at]! - z));
      const tensors = { losses: graph(input('z', [count, classes]), input('y', [count], 'int')) };
      const known = evaluateReference(tensors, { z: blended, y: labels }).losses;
      const own = new Float64Array(2 * (intervals - 1));
      control.of(11, own);
      expect(own[k - 1]).toBeCloseTo(known[11]!, 10);
      expect(control.losses[k - 1]).toBeCloseTo(known.reduce((sum, each) => sum + each, 0) / count, 10);
      const right = labels.reduce((sum, label, row) => {
        const own = [...blended.subarray(row * classes, (row + 1) * classes)];
        return sum + Number(own.indexOf(Math.max(...own)) === label);
      }, 0);
      expect(control.accuracies[k - 1]).toBeCloseTo(right / count, 12);
    }
  });
});
