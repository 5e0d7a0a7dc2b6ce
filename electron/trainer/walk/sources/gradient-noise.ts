/** The noise that an optimiser adds to its gradients, of a scale as told or measured at initialisation. */
import { z } from 'zod';
import { multiplyAddsPerGradient } from '../../../../shared/cost.ts';
import { noiseOf } from '../../../../shared/optimizers/index.ts';
import { isOnDevice } from '../../backends/backend.ts';
import type { Vector } from '../../backends/backend.ts';
import { generatorFor } from '../../random/generator.ts';
import type { Generator, GeneratorState } from '../../random/generator.ts';
import { addNoise, measureDeviation } from '../noise.ts';
import type { Point } from '../point.ts';
import { valuesOf } from '../space/space.ts';
import type { TrainingOptions } from './training.ts';
import { dataShapeOf, lossFor } from '../targets.ts';

/** What it remembers beside its generator. */
export const gradientNoiseState = {
  /** Standard deviation of the noise that every gradient gets; null without noise, or before it was measured. */
  noiseDeviation: z.number().nullable(),
};
type State = z.output<z.ZodObject<typeof gradientNoiseState>>;

/** Adds noise, where the optimiser asks for some. */
export interface GradientNoise {
  /** Measures the scale where that is due. False when stopped on the way. */
  prepare(point: Point): Promise<boolean>;
  addTo(gradient: Vector): Promise<void>;
  /** Its standard deviation; null where there is none. */
  deviation(): number | null;
  state(): State;
  generator(): GeneratorState;
  restore(state: State, generator: Generator): void;
}

/** Begins with the scale not measured. */
export function openGradientNoise(options: Omit<TrainingOptions, 'microBatch'>): GradientNoise {
  const { experiment, data, backend, model, meter, observer, stopped } = options;
  const { seed } = experiment;
  const reported = noiseOf(experiment.optimizer);
  let generator = generatorFor(seed, 'noise');
  let deviation: number | null = null;

  function measure(initial: Point): Promise<number | null> {
    return measureDeviation(initial, {
      backend,
      model,
      loss: lossFor(experiment.loss, data.train),
      examples: data.train,
      generator: generatorFor(seed, 'noise scale'),
      worked(examples, seconds) {
        const shape = dataShapeOf(data.train);
        meter.derived(multiplyAddsPerGradient(experiment, shape, examples), seconds);
        observer.tick(0);
      },
      stopped,
    });
  }

  return {
    async prepare(point) {
      if (reported === null || deviation !== null) return true;
      deviation = reported.deviation ?? (await measure(point));
      return !stopped();
    },
    async addTo(gradient) {
      if (deviation === null) return;
      const values = await valuesOf(gradient);
      addNoise(values, deviation, generator);
      if (isOnDevice(gradient)) await gradient.write(values);
    },
    deviation: () => deviation,
    state: () => ({ noiseDeviation: deviation }),
    generator: () => generator.state(),
    restore({ noiseDeviation }, kept) {
      deviation = noiseDeviation;
      generator = kept;
    },
  };
}
