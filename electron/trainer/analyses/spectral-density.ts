/** The density of the Hessian's eigenvalues at kept points, by stochastic Lanczos quadrature. */
import type { SpectralDensityResult, SpectralDensitySettings } from '../../../shared/analyses/spectral-density.ts';
import { curvatureBatchOf } from '../../../shared/cost.ts';
import { hasBatchNorm } from '../../../shared/networks/index.ts';
import { parameterTotal } from '../../../shared/networks/parameters.ts';
import { generatorFor } from '../random/generator.ts';
import { quadrature } from '../walk/eigen.ts';
import { curvatureExamples, hessianProduct } from '../walk/hessian.ts';
import { dataShapeOf, lossFor } from '../walk/targets.ts';
import { spread } from './analysis.ts';
import type { Bench } from './analysis.ts';

/** Lets random vectors see the spectrum at each point; those of a point are decided by seed and iteration alone. */
export async function spectralDensity(
  settings: SpectralDensitySettings,
  { experiment, data: { train }, model, backend, kept, advance }: Bench,
): Promise<SpectralDensityResult> {
  const { seed } = experiment;
  const iterations =
    settings.points.length > 0
      ? [...settings.points].sort((a, b) => a - b)
      : // by running statistics as they begin, mean 0 and variance 1, it would be the spectrum of another network
        hasBatchNorm(experiment.model)
        ? kept.iterations.slice(-1)
        : spread(kept.iterations, 2);
  const examples = curvatureExamples(train, settings.examples, seed);
  const batch = curvatureBatchOf(experiment, dataShapeOf(train));
  const hessian = await hessianProduct(backend, model, lossFor(experiment.loss, train), examples, batch);
  const size = parameterTotal(model.parameters);
  const steps = Math.min(settings.steps, size);
  const all = iterations.length * settings.vectors;
  const points: SpectralDensityResult['points'] = [];
  try {
    for (const [index, iteration] of iterations.entries()) {
      const here = hessian.at(await kept.read(iteration));
      const generator = generatorFor(seed, `spectral density ${iteration}`);
      const vectors: SpectralDensityResult['points'][number]['vectors'] = [];
      while (vectors.length < settings.vectors) {
        const before = index * settings.vectors + vectors.length;
        let products = 0;
        const between = (): Promise<void> => advance((before + Math.max(0, products - 1) / steps) / all);
        const seen = await quadrature(
          (vector) => {
            products++;
            return here.multiply(vector, async () => {
              await between();
              return false;
            });
          },
          { size, steps, generator, between },
        );
        // a product is given up by throwing
        vectors.push(seen!);
      }
      points.push({ iteration, vectors });
    }
    await advance(1);
  } finally {
    await hessian.dispose();
  }
  return { kind: 'spectral-density', points, parameters: size, examples: examples.count, population: train.count };
}
