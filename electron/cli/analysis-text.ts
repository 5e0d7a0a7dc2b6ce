/** What an analysis found, as text. */
import type { AnalysisResult } from '../../shared/analyses/index.ts';
import { endText, endsOf, meanEigenvalue } from '../../shared/analyses/spectral-density.ts';
import { formatMeasured, formatWithError } from '../../shared/format.ts';
import type { Experiment } from '../../shared/experiment.ts';
import { inLossUnit } from '../../shared/losses/index.ts';
import { hasBatchNorm } from '../../shared/networks/index.ts';
import { belowResolution } from '../../shared/resolution.ts';

const below = (count: number): string => (count === 0 ? '' : `, in ${count} ${belowResolution}`);

/** The numbers of a result, one line each. @param experiment of the run that it is of */
export function analysisText(result: AnalysisResult, { loss, model }: Pick<Experiment, 'loss' | 'model'>): string {
  const measured = (value: number | null): string => inLossUnit(formatMeasured(value), loss);
  switch (result.kind) {
    case 'plane': {
      const finite = result.losses.filter((value) => value !== null);
      const lines = result.points.map(
        ({ iteration, loss: value, x, y }) =>
          `  θ at iteration ${iteration}: loss ${measured(value)} at (${formatMeasured(x)}, ${formatMeasured(y)})`,
      );
      return [
        `Loss on the plane, ${result.x.length} × ${result.y.length} points, means over ${result.examples} examples`,
        ...lines,
        `  lowest on the grid: ${measured(Math.min(...finite))}, highest ${formatMeasured(Math.max(...finite))}`,
      ].join('\n');
    }
    case 'trajectory': {
      const [first, last] = [result.points[0]!, result.points.at(-1)!];
      const percent = result.explained.map((share) => `${(100 * share).toFixed(2)} %`);
      return [
        `Trajectory, ${result.points.length} of ${result.kept} kept points, iterations ${first.iteration} to ${last.iteration}`,
        `  variance by principal component: ${percent.join(', ')}`,
        `  from (${formatMeasured(first.x)}, ${formatMeasured(first.y)}) to (${formatMeasured(last.x)}, ${formatMeasured(last.y)})`,
      ].join('\n');
    }
    case 'spectral-density': {
      const { points, parameters, examples } = result;
      return [
        `Spectral density of the Hessian, ${parameters} eigenvalues, loss over ${examples} training examples`,
        ...points.map((point) => {
          const ends = endsOf(point);
          if (ends === null) return `  iteration ${point.iteration}: products are not finite`;
          const { value, error } = meanEigenvalue(point);
          return `  iteration ${point.iteration}: seen from ${endText(ends.least)} to ${endText(ends.greatest)}, mean ${formatWithError(value, error)}`;
        }),
        ...(hasBatchNorm(model) ? ['  batch norm by running statistics: no verdict on the stability of training'] : []),
      ].join('\n');
    }
    case 'valley-floor': {
      const { totals, floors } = result;
      return [
        `Valley floor under ${floors.length} checkpoints, losses over ${result.examples} training examples`,
        ...floors.map(
          ({ iteration, walk_loss, floor_loss, steps, ended }) =>
            `  iteration ${iteration}: ${measured(walk_loss)}, at the floor ${formatMeasured(floor_loss)} after ${steps} steps (${ended})`,
        ),
        `  barriers between the walk's points: ${totals.walk_barriers} of ${totals.segments} segments${below(totals.walk_unresolved)}, mean height ${formatMeasured(totals.walk_mean_height)}, greatest ${measured(totals.walk_greatest_height)}`,
        `  barriers between floor points: ${totals.floor_barriers} of ${totals.segments} segments${below(totals.floor_unresolved)}, mean height ${formatMeasured(totals.floor_mean_height)}, greatest ${measured(totals.floor_greatest_height)}`,
      ].join('\n');
    }
  }
}
