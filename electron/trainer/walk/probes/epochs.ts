/** Both sets' losses where an epoch ends, and at the first point. */
import { z } from 'zod';
import type { MeasuredAtEpoch } from '../../../../shared/quantities/index.ts';
import type { Evaluations } from '../evaluations.ts';
import type { Evaluator } from '../evaluator.ts';
import { accuracyOf, finite } from '../measurement.ts';
import type { Fit, Measurement } from '../measurement.ts';
import type { Observer } from '../observer.ts';
import { maybe } from '../remembered.ts';
import type { Remembering } from '../remembered.ts';
import type { Course, Here } from '../sources/source.ts';

/** What it remembers. */
export const epochsState = {
  /** Last epoch that was recorded; −1 before epoch 0, the initialisation. */
  epoch: z.int().min(-1),
  /** Training loss at initialisation. */
  initialLoss: maybe,
};

/** Evaluates whole sets. */
export interface EpochsProbe extends Remembering<typeof epochsState> {
  /** The epoch that ends here and is not recorded yet, with its number of iterations; null where none does. */
  ending(here: Here): { epoch: number; iterations: number } | null;
  measure(here: Here): Promise<MeasuredAtEpoch<'epochs'>>;
  /** The epoch last measured was recorded. */
  recorded(epoch: number): void;
  /** Training loss at initialisation, possibly not finite; NaN before it was measured. */
  initialLoss(): number;
}

/** How near the outputs are; null where targets are classes, or it is not finite. */
function fitted({ fit }: Measurement, key: keyof Fit): number | null {
  return fit === null ? null : finite(fit[key]);
}

/** Begins with no epoch recorded. */
export function openEpochs(
  { first, last, perEpoch }: Course,
  { train, validation }: { train: Evaluator; validation: Evaluator },
  { evaluations, observer }: { evaluations: Evaluations; observer: Pick<Observer, 'tick'> },
): EpochsProbe {
  let now = { epoch: -1, initialLoss: NaN };
  let trainLoss = NaN;
  return {
    ending({ iteration }) {
      // a walk may begin within an epoch, whose first point is told as the end of the one before
      const epoch = iteration === first ? Math.floor(first / perEpoch) : Math.ceil(iteration / perEpoch);
      const ends = iteration === first || iteration === last || iteration % perEpoch === 0;
      if (!ends || now.epoch >= epoch) return null;
      return { epoch, iterations: iteration - Math.max((epoch - 1) * perEpoch, first) };
    },
    async measure({ iteration, point, done }) {
      const onTrain = await evaluations.at(train, iteration, point);
      observer.tick(done);
      const onValidation = await evaluations.at(validation, iteration, point);
      observer.tick(done);
      trainLoss = onTrain.loss;
      return {
        train_loss: finite(onTrain.loss),
        train_accuracy: accuracyOf(onTrain),
        validation_loss: finite(onValidation.loss),
        validation_accuracy: accuracyOf(onValidation),
        train_rmse: fitted(onTrain, 'rmse'),
        train_r_squared: fitted(onTrain, 'rSquared'),
        validation_rmse: fitted(onValidation, 'rmse'),
        validation_r_squared: fitted(onValidation, 'rSquared'),
      };
    },
    recorded(epoch) {
      now = { epoch, initialLoss: epoch === 0 ? trainLoss : now.initialLoss };
    },
    initialLoss: () => now.initialLoss,
    state: () => now,
    restore({ epoch, initialLoss }) {
      now = { epoch, initialLoss };
    },
  };
}
