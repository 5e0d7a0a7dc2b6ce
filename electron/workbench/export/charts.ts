/** Which figures an export draws of a run. */
import type { ChartSpec } from '../../../shared/charts/request.ts';

/** A figure and its file's name without extension. */
export interface ExportedChart {
  name: string;
  spec: ChartSpec;
}

/**
 * The figures that the run's records allow: panels a, b and c of the paper's figures, heights, and curves over epochs, curvature where it was measured.
 * @param has what the run has records of; `bothEnds` where the smallest eigenvalue was measured too
 */
export function chartsOf(has: {
  iterations: boolean;
  slices: boolean;
  epochs: boolean;
  curvature: boolean;
  bothEnds: boolean;
}): ExportedChart[] {
  const iteration = (metric: 'batch_loss' | 'gradient_cosine' | 'distance'): ExportedChart => ({
    name: metric.replace('_', '-'),
    spec: { chart: 'iteration-metric', metric },
  });
  const epoch = (metric: 'train_loss' | 'validation_accuracy'): ExportedChart => ({
    name: metric.replace('_', '-'),
    spec: { chart: 'epoch-metric', metric },
  });
  return [
    ...(has.slices
      ? [
          { name: 'walk', spec: { chart: 'walk' as const } },
          { name: 'heights', spec: { chart: 'heights' as const } },
        ]
      : []),
    ...(has.iterations ? [iteration('batch_loss'), iteration('gradient_cosine'), iteration('distance')] : []),
    ...(has.curvature
      ? [
          { name: 'hessian-eigenvalues', spec: { chart: 'curvature' as const, metric: 'eigenvalue' as const } },
          ...(has.bothEnds
            ? [{ name: 'spectral-norm', spec: { chart: 'curvature' as const, metric: 'spectral_norm' as const } }]
            : []),
          { name: 'gradient-alignment', spec: { chart: 'curvature' as const, metric: 'alignment' as const } },
        ]
      : []),
    ...(has.epochs ? [epoch('train_loss'), epoch('validation_accuracy')] : []),
  ];
}
