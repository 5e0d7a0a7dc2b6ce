/** Made slices whose every example is known at every point, for tests and bench/sequential.ts. */
import { usualLoss } from '../losses/index.ts';
import type { Generator } from '../random/generator.ts';
import type { KnownPoint } from './slice.ts';

/**
 * Outputs go along a parabola between the ends, and beside it
 * - smooth: nothing
 * - barrier: all of them rise on the way, by as much as they change
 * - heavy tails: some bend by Student's t with three degrees of freedom, times how far they move
 * - unforeseen barrier: of examples that hardly move between the ends, some lose on the way what they know
 */
export type MadeKind = 'smooth' | 'barrier' | 'heavy tails' | 'unforeseen barrier';

/** A made slice. */
export interface MadeSlice {
  ends: readonly [KnownPoint, KnownPoint];
  /** By point, ends too. */
  known: KnownPoint[];
  labels: Uint8Array;
  /** By point, of every example, ends too. */
  losses: Float32Array[];
  /** 1 or 0; likewise. */
  correct: Float32Array[];
  /** Mean losses by point. */
  means: number[];
}

const classes = 10;

/** Makes a slice of so many examples. @param intervals K ≥ 2 */
export function madeSlice(kind: MadeKind, count: number, intervals: number, generator: Generator): MadeSlice {
  const labels = Uint8Array.from({ length: count }, () => generator.below(classes));
  const points = Array.from({ length: intervals + 1 }, () => new Float32Array(count * classes));
  // what the whole of the set has in common, so that the slice has a slope and a floor
  const floor = 0.3 + 0.6 * generator.uniform();
  for (let example = 0; example < count; example++) {
    const scale = Math.exp(generator.normal());
    const sure = 2 * generator.normal() + 1;
    const isForgotten = kind === 'unforeseen barrier' && generator.uniform() < 0.3;
    const tail = kind === 'heavy tails' ? student(generator) : 0;
    for (let at = 0; at < classes; at++) {
      const index = example * classes + at;
      const isLabel = at === labels[example];
      const base = (isLabel ? sure : 0) + generator.normal();
      const [slope, bend] = [0.15 * scale * generator.normal(), 0.02 * scale * generator.normal()];
      points.forEach((outputs, k) => {
        const alpha = k / intervals;
        const arc = 4 * alpha * (1 - alpha);
        // the label's margin is greatest at the floor
        const common = isLabel
          ? (kind === 'unforeseen barrier' ? 0.3 : 0.8) * scale * (alpha * (2 * floor - alpha))
          : 0;
        const rise = kind === 'barrier' && isLabel ? -0.8 * scale * arc : 0;
        const lost = isForgotten && isLabel ? -2 * arc : 0;
        const moved = isForgotten ? 0 : common + slope * alpha + bend * arc;
        outputs[index] = base + moved + rise + lost + (isLabel ? 0.02 * scale * tail * arc : 0);
      });
    }
  }
  const losses = points.map((outputs) =>
    Float32Array.from(labels, (label, example) => usualLoss.value(rowOf(outputs, example), label)),
  );
  const correct = points.map((outputs) =>
    Float32Array.from(labels, (label, example) => {
      const row = rowOf(outputs, example);
      return Number(row.indexOf(Math.max(...row)) === label);
    }),
  );
  const means = losses.map((values) => values.reduce((sum, each) => sum + each, 0) / count);
  const known = points.map((outputs, k): KnownPoint => {
    const accuracy = correct[k]!.reduce((sum, each) => sum + each, 0) / count;
    return { losses: losses[k]!, outputs, loss: means[k]!, accuracy };
  });
  return { ends: [known[0]!, known[intervals]!], known, labels, losses, correct, means };
}

function rowOf(outputs: Float32Array, example: number): Float32Array {
  return outputs.subarray(example * classes, (example + 1) * classes);
}

/** Student's t with three degrees of freedom: a variance, and no higher moments. */
function student(generator: Generator): number {
  const squares = [1, 2, 3].reduce((sum) => sum + generator.normal() ** 2, 0);
  return generator.normal() / Math.sqrt(squares / 3);
}
