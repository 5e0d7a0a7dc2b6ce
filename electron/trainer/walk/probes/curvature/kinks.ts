/**
 * The share of a step's bend that is kinks: of ReLUs and maxima, whose second derivative is 0 wherever there is one, and which Hessian-vector
 * products leave out.
 */
import type { MeasuredBy } from '../../../../../shared/quantities/index.ts';
import { dot } from '../../eigen.ts';
import type { HessianProduct } from '../../hessian.ts';
import { finite } from '../../measurement.ts';
import type { HostPoint } from '../../point.ts';
import type { Slope } from '../../slope.ts';
import type { Step } from '../../sources/source.ts';
import { valuesOf } from '../../space/space.ts';
import { blend } from '../../vector.ts';
import { roundingAlong } from './measurement.ts';
import type { BetweenPieces, OpenMeasurement } from './measurement.ts';

/** Where it is not told. */
const noKinks: MeasuredBy<'kinks'> = { kink_share: null, kink_share_error: null };

/** The measurement. */
export const openKinks: OpenMeasurement<'kinks'> = async ({ hessian, slope }) => {
  const tools = { hessian, slope: await slope() };
  return {
    measure: (step, between) => measureKinks(step, tools, between),
    dispose: () => Promise.resolve(),
  };
};

/**
 * Gauss–Kronrod quadrature on [0, 1]: the seven points of K₇ and their weights, and those of the three that are G₃'s (QUADPACK's method; Kronrod,
 * 1965). Their difference tells how exact the mean over the step is.
 */
export const nodes = [
  { offset: -0.960491268708020283423507092629, kronrod: 0.104656226026467265193823857192, gauss: 0 },
  { offset: -0.774596669241483377035853079956, kronrod: 0.268488089868333440728569280666, gauss: 5 / 9 },
  { offset: -0.434243749346802558002071502845, kronrod: 0.401397414775962222905051818618, gauss: 0 },
  { offset: 0, kronrod: 0.450916538658474142345110087045, gauss: 8 / 9 },
  { offset: 0.434243749346802558002071502845, kronrod: 0.401397414775962222905051818618, gauss: 0 },
  { offset: 0.774596669241483377035853079956, kronrod: 0.268488089868333440728569280666, gauss: 5 / 9 },
  { offset: 0.960491268708020283423507092629, kronrod: 0.104656226026467265193823857192, gauss: 0 },
].map(({ offset, kronrod, gauss }) => ({ alpha: (1 + offset) / 2, kronrod: kronrod / 2, gauss: gauss / 2 }));

/**
 * Measures a step: with slope s(α) = ⟨∇L, Δθ⟩ and curvature h(α) = ⟨Δθ, H·Δθ⟩ along it, of which s(1) − s(0) = ∫h + kinks,
 *
 *   kink share = 1 − ∫₀¹ h(α) dα / (s(1) − s(0)).
 *
 * Running statistics stay those where it begins. It is told where the slope changes by more than its error.
 * @param between lets a stop in, and says whether there was one
 * @returns null when stopped on the way
 */
export async function measureKinks(
  step: Pick<Step, 'from' | 'to'>,
  { slope, hessian }: { slope: Slope; hessian: HessianProduct },
  between: BetweenPieces,
): Promise<MeasuredBy<'kinks'> | null> {
  const [from, to] = [await valuesOf(step.from.parameters), await valuesOf(step.to.parameters)];
  const { statistics } = step.from;
  const direction = to.map((value, index) => value - from[index]!);
  const at: HostPoint = { parameters: new Float32Array(from.length), statistics };
  const before = await slope.along({ parameters: from, statistics }, direction, between);
  const after = before === null ? null : await slope.along({ parameters: to, statistics }, direction, between);
  if (before === null || after === null) return null;
  let [smooth, coarse] = [0, 0];
  for (const { alpha, kronrod, gauss } of nodes) {
    blend(from, to, alpha, at.parameters);
    const product = await hessian.multiply(at, direction, between);
    if (product === null) return null;
    const curvature = dot(product, direction);
    smooth += kronrod * curvature;
    coarse += gauss * curvature;
  }
  const change = after - before;
  const changeError = roundingAlong * (Math.abs(before) + Math.abs(after));
  if (!(Math.abs(change) > changeError)) return noKinks;
  const error =
    Math.abs(smooth - coarse) + roundingAlong * Math.abs(smooth) + (changeError * Math.abs(smooth)) / Math.abs(change);
  return {
    kink_share: finite(1 - smooth / change),
    kink_share_error: finite(error / (Math.abs(change) - changeError)),
  };
}
