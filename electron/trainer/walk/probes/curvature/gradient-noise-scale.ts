/** The gradient noise scale where a step begins: how much of a batch's gradient is noise. */
import { noiseBatches } from '../../../../../shared/curvature/gradient-noise-scale.ts';
import type { Examples } from '../../../../datasets/load.ts';
import { generatorFor } from '../../../random/generator.ts';
import type { Generator } from '../../../random/generator.ts';
import { subset } from '../../../random/shuffle.ts';
import { passedTogether, pick } from '../../chunks.ts';
import { norm } from '../../eigen.ts';
import { openMeanGradient } from '../../mean-gradient.ts';
import type { MeanGradient } from '../../mean-gradient.ts';
import { noiseScaleOf } from '../../noise-scale.ts';
import type { NoiseScale } from '../../noise-scale.ts';
import type { Point } from '../../point.ts';
import { toldBy } from './measurement.ts';
import type { BetweenPieces, OpenMeasurement } from './measurement.ts';

/** The measurement. */
export const openGradientNoiseScale: OpenMeasurement<'gradientNoiseScale'> = ({
  experiment: { seed },
  train,
  backend,
  model,
  loss,
  microBatch,
}) => {
  // cut as evaluations cut the training set: a backend that keeps what never changes has its images already
  const gradient = openMeanGradient(backend, model, loss, Math.min(microBatch, passedTogether(backend, model)));
  return Promise.resolve({
    async measure({ iteration, from }, between) {
      const generator = generatorFor(seed, `gradient noise ${iteration}`);
      const found = await measureNoiseScale(from, { train, gradient, generator }, between);
      if (found === null) return null;
      const [value, error] = toldBy(found);
      return { gradient_noise_scale: value, gradient_noise_scale_error: error };
    },
    dispose: () => gradient.dispose(),
  });
};

/**
 * Measures it of the whole training set: its gradient, and those of seeded batches, each drawn for itself without replacement, or of every example.
 * @param generator decides the batches
 * @param between lets a stop in, and says whether there was one
 * @returns null when stopped on the way; no numbers where a training set of one example has no noise
 */
export async function measureNoiseScale(
  point: Point,
  { train, gradient, generator }: { train: Examples; gradient: MeanGradient; generator: Generator },
  between: BetweenPieces,
): Promise<NoiseScale | null> {
  const batches = noiseBatches(train.count);
  if (batches === null) return { value: NaN, error: NaN };
  const whole = new Float64Array(point.parameters.length);
  if (!(await gradient.compute(point, train, whole, between))) return null;
  const ofBatch = new Float64Array(whole.length);
  const distances: number[] = [];
  while (distances.length < batches.count) {
    const chosen = batches.every ? Uint32Array.of(distances.length) : subset(train.count, batches.size, generator);
    const drawn = pick(train, chosen);
    if (!(await gradient.compute(point, drawn, ofBatch, between))) return null;
    let squared = 0;
    for (let index = 0; index < whole.length; index++) squared += (ofBatch[index]! - whole[index]!) ** 2;
    distances.push(squared);
  }
  return noiseScaleOf(distances, {
    gradient: norm(whole) ** 2,
    batch: batches.size,
    examples: train.count,
    every: batches.every,
  });
}
