/** Where the steps of a walk come from: training, or points that lie there already. */
import type { MeasuredBy } from '../../../../shared/quantities/index.ts';
import type { Vector } from '../../backends/backend.ts';
import type { Point } from '../point.ts';
import type { TargetFeed } from '../targets.ts';

/** Where a walk stands. */
export interface Here {
  /** θ's number: as many updates lead to it. */
  iteration: number;
  /** Good until the next step. */
  point: Point;
  /** Iterations done. */
  done: number;
}

/** From which point to which, and how many iterations make an epoch. */
export interface Course {
  first: number;
  last: number;
  perEpoch: number;
}

/** Examples of a batch, augmented where the experiment asks for it. */
export interface Batch {
  /** [batchSize, features]. */
  images: Float32Array;
  targets: TargetFeed;
}

/** A step from θ_t to the next point; its arrays are good until the one after it. */
export interface Step {
  /** t. */
  iteration: number;
  from: Point;
  to: Point;
  /** The number of the point where it ends. */
  end: number;
  /** g_t; null where there are none. */
  gradient: Vector | null;
  /** The batch that the gradient is of, as it passed the network; null where there are none. */
  batch: Batch | null;
  /** What the record tells of it. */
  measured: MeasuredBy<'step'>;
  /** ‖from‖₂ of the parameters, possibly not finite; computed when asked for. */
  norm: () => Promise<number>;
  /** ‖to − from‖₂, possibly not finite. */
  updateNorm: number;
  /** ‖to − θ_first‖₂, possibly not finite. */
  distance: number;
  /** Whether the segment can be evaluated: one towards parameters that are not finite says nothing. */
  walkable: boolean;
  /**
   * What went so wrong that the walk ends here, as a message; null when all is well.
   * @param lossAfter loss over the evaluation set where the step ends; null where not measured
   * @param initialLoss training loss at initialisation
   */
  trouble(lossAfter: number | null, initialLoss: number): string | null;
}

/** Yields steps. */
export interface StepSource {
  readonly course: Course;
  here(): Here;
  /** Whatever must be known before the next step. False when stopped on the way. */
  prepare(here: Here): Promise<boolean>;
  /** The next step; the walk stands where it began until {@link StepSource.advance}. */
  step(): Promise<Step>;
  /** Goes to where the last step ends. */
  advance(): void;
}
