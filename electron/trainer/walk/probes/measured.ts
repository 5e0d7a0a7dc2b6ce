/** Which quantities of the records each probe measures: what nobody measures is missing from a record, and does not compile. */
import type { EpochRecord, IterationRecord } from '../../../../shared/records.ts';
import type { SliceMeasures } from './slice.ts';

/** Quantities by probe. */
interface Measured {
  /** The step itself, told by its source. */
  step: Pick<IterationRecord, 'learning_rate' | 'noise_deviation' | 'batch_loss' | 'gradient_norm' | 'gradient_cosine'>;
  path: Pick<IterationRecord, 'update_norm' | 'distance' | 'path_length'>;
  slices: SliceMeasures;
  /** Of an epoch. */
  epochs: Pick<EpochRecord, 'train_loss' | 'train_accuracy' | 'validation_loss' | 'validation_accuracy'>;
  /** Of an epoch; its own records are beside. */
  curvature: Pick<EpochRecord, 'lambda_max' | 'spectral_norm'>;
}

/** What a probe measures. */
export type MeasuredBy<P extends keyof Measured> = Measured[P];
