/** The spectral norm of the Hessian from the two ends of its spectrum that curvature records keep. */
import { productRounding } from './curvature/index.ts';
import { smallestRank } from './records.ts';
import type { CurvatureColumns } from './records.ts';

/** The spectral norm at one measured place. */
export interface SpectralNorm {
  iteration: number;
  /** Epochs passed, with their fraction. */
  epoch: number;
  /** ‖H‖₂ = max(|λ_max|, |λ_min|); NaN where an end is not finite. */
  value: number;
  /** Residual of the end that it is. */
  residual: number;
  /** Which end it is; null where that is not resolved: a residual, or rounding, reaches the difference of the two magnitudes. */
  end: 'λ_max' | 'λ_min' | null;
}

/** Reads the spectral norm wherever both ends were measured: in runs from before they were nowhere. */
export function spectralNorms({ iteration, epoch, rank, eigenvalue, residual }: CurvatureColumns): SpectralNorm[] {
  const found: SpectralNorm[] = [];
  let smallest = -1;
  for (let row = 0; row < rank.length; row++) {
    if (rank[row] === smallestRank) smallest = row;
    // rows come by iteration and rank
    else if (rank[row] === 1 && smallest >= 0 && iteration[smallest] === iteration[row]) {
      const [above, below] = [Math.abs(eigenvalue[row]!), Math.abs(eigenvalue[smallest]!)];
      const larger = below > above ? smallest : row;
      const resolved =
        Math.abs(above - below) >
        Math.max(residual[row]!, residual[smallest]!, productRounding * Math.max(above, below));
      found.push({
        iteration: iteration[row]!,
        epoch: epoch[row]!,
        value: Math.max(above, below),
        residual: residual[larger]!,
        end: resolved ? (larger === row ? 'λ_max' : 'λ_min') : null,
      });
    }
  }
  return found;
}
