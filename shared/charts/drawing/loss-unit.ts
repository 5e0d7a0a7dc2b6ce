/** The unit of losses, which is that of the runs drawn: cross-entropy is in nats, squared error is a pure number. */
import { formatNumber } from '../../format.ts';
import { inLossUnit, lossUnit } from '../../losses/index.ts';
import { unitOfLoss } from '../../quantities/quantity.ts';
import type { RunData } from '../chart.ts';

/** What is asked of runs. */
type Runs = readonly Pick<RunData, 'run'>[];

/** The unit of the losses of runs; null where it is none, or not the same for all. */
export function lossUnitOf(runs: Runs): string | null {
  const units = new Set(runs.map(({ run }) => lossUnit(run.experiment.loss)));
  return units.size === 1 ? [...units][0]! : null;
}

/** A quantity with the unit that it has in these runs: a loss's may have none. */
export function inRuns<Q extends { unit: string | null }>(about: Q, runs: Runs): Q {
  return about.unit === unitOfLoss ? { ...about, unit: lossUnitOf(runs) } : about;
}

/** A title with the unit of the losses of runs, `Height above the floor (nats)`. */
export function withLossUnit(title: string, runs: Runs): string {
  const unit = lossUnitOf(runs);
  return unit === null ? title : `${title} (${unit})`;
}

/** A loss of a run in words, `0.25 nats`. */
export function lossWords(value: number | null | undefined, data: Pick<RunData, 'run'>): string {
  return inLossUnit(formatNumber(value), data.run.experiment.loss);
}
