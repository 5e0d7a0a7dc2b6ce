/** Evaluations during a walk: none is computed twice, and the meter hears of each. */
import type { Evaluator } from './evaluator.ts';
import type { Measurement } from './measurement.ts';
import type { Meter } from './meter.ts';
import type { Point } from './point.ts';

/** Evaluates and remembers what each evaluator measured last. */
export interface Evaluations {
  /** Measures at θ_iteration, or tells what was measured there before. */
  at(evaluator: Evaluator, iteration: number, point: Point): Promise<Measurement>;
  /** Measures at some points of so many examples, and tells the meter of each. */
  timed(examples: number, work: () => Promise<Measurement[]>): Promise<Measurement[]>;
  /** Tells the meter of so many examples that were evaluated in so long. */
  told(examples: number, seconds: number): void;
}

/** Begins with nothing measured. */
export function evaluationsFor(meter: Meter): Evaluations {
  /** By evaluator: at the parameters before which iteration, and what. */
  const known = new Map<Evaluator, { iteration: number; measurement: Measurement }>();

  async function timed(examples: number, work: () => Promise<Measurement[]>): Promise<Measurement[]> {
    const start = performance.now();
    const found = await work();
    const seconds = (performance.now() - start) / 1000 / found.length;
    found.forEach(() => meter.evaluated(examples, seconds));
    return found;
  }

  return {
    async at(evaluator, iteration, point) {
      const last = known.get(evaluator);
      if (last?.iteration === iteration) {
        meter.evaluated(evaluator.count, 0);
        return last.measurement;
      }
      const measurement = (await timed(evaluator.count, async () => [await evaluator.measure(point)]))[0]!;
      known.set(evaluator, { iteration, measurement });
      return measurement;
    },
    timed,
    told: (examples, seconds) => meter.evaluated(examples, seconds),
  };
}
