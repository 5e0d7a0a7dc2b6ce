/** Worlds for the claim about curvature: learning rates with three seeds each. */
import type { Random } from '../generator.ts';
import { madeRun } from '../simulation.ts';
import type { Scenario } from './scenario.ts';

const rates = [0.025, 0.05, 0.1, 0.2, 0.4];

/** What is drawn of a world. */
interface Curvature {
  /** Slope of ln λ_max on ln η. */
  slope: number;
  /** Change of the accuracy for every e-fold of λ_max. */
  effect: number;
  /** Standard deviations between settings and between seeds of the accuracy. */
  settings: number;
  seeds: number;
  /** The same of ln λ_max. */
  curvatureSettings?: number;
}

function curvature({
  slope,
  effect,
  settings,
  seeds,
  curvatureSettings = 0.05,
}: Curvature): (random: Random) => ReturnType<Scenario['draw']> {
  return (random) => ({
    floors: [],
    runs: rates.flatMap((learningRate) => {
      const flatness = slope * Math.log(learningRate) + curvatureSettings * random.normal();
      const accuracy = effect * flatness + settings * random.normal();
      return [1, 2, 3].map((seed) =>
        madeRun(
          {
            seed,
            learningRate,
            epoch: {
              lambda_max: Math.exp(flatness + 0.05 * random.normal()),
              validation_accuracy: 0.8 + accuracy + seeds * random.normal(),
            },
          },
          { batch_loss: new Float64Array(40).fill(1) },
        ),
      );
    }),
  });
}

/** λ_max falls with the learning rate, and accuracy differs between settings for reasons of its own. */
export const accuracyOfItsOwn: Scenario = {
  name: 'λ_max falls with η, accuracy differs between settings for reasons of its own',
  truth: { curvature_step: -0.8, curvature_accuracy: 0 },
  draw: curvature({ slope: -0.8, effect: 0, settings: 0.03, seeds: 0.01 }),
};

/** Neither λ_max nor accuracy has to do with the learning rate. */
export const curvatureOfItsOwn: Scenario = {
  name: 'λ_max and accuracy both differ between settings for reasons of their own',
  truth: { curvature_step: 0, curvature_accuracy: 0 },
  draw: curvature({ slope: 0, effect: 0, settings: 0.03, seeds: 0.01, curvatureSettings: 0.5 }),
};

/** Larger steps end in flatter regions, which do better. */
export const flatterIsBetter: Scenario = {
  name: 'λ_max falls with η, and accuracy by 2 % for every e-fold of λ_max',
  truth: { curvature_step: -0.8 },
  draw: curvature({ slope: -0.8, effect: -0.02, settings: 0.003, seeds: 0.005 }),
};
