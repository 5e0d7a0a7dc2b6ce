/** Stochastic gradient descent, as `torch.optim.SGD`. */
import type { SettingProblem } from './define.ts';
import { defineOptimizer } from './define.ts';
import { batchSize, learningRate, momenta, stepping, weightDecay } from './settings.ts';

/** Whether a velocity is kept. */
export const hasMomentum = (settings: { momentum: number }): boolean => settings.momentum > 0;

/** The settings of momentum. */
interface Momentum {
  momentum: number;
  dampening: number;
  nesterov: boolean;
}

/**
 * η·λ at the edge of stability: 2 of plain gradient descent, 2(1 + μ)/(1 − dampening) with momentum μ, 2(1 + μ)/(1 + 2μ) with Nesterov's (where a
 * root of the step's 2 × 2 matrix reaches −1; the former is Goh, "Why momentum really works", 2017).
 */
export function momentumEdge({ momentum, dampening, nesterov }: Momentum): number {
  // without momentum there is nothing to dampen
  if (momentum === 0) return 2;
  return (2 * (1 + momentum)) / (nesterov ? 1 + 2 * momentum : 1 - dampening);
}

/**
 * Multiply-adds for each parameter beyond a plain step, of dampening and Nesterov's momentum. What momentum alone adds, 0.3 ms of some 4, is not
 * counted: it is less than what paces differ by.
 */
export function momentumWork({ momentum, dampening, nesterov }: Momentum): number {
  return momentum > 0 && (dampening > 0 || nesterov) ? 70 : 0;
}

/** What Nesterov's momentum takes, as in PyTorch: momentum, and no dampening. */
export function nesterovProblem({ momentum, dampening, nesterov }: Momentum): SettingProblem | null {
  if (!nesterov || (momentum > 0 && dampening === 0)) return null;
  const message =
    momentum > 0
      ? 'takes no dampening; set optimizer.dampening to 0'
      : 'takes a momentum; set optimizer.momentum above 0';
  return { setting: 'nesterov', message: `${message}, or switch it off` };
}

/** Declares it. */
export const sgd = defineOptimizer({
  key: 'sgd',
  title: 'Stochastic gradient descent (SGD)',
  help: 'SGD steps along the gradient of one batch',
  evidence: true,
  settings: { learningRate: learningRate(0.5), batchSize, ...stepping, ...momenta, weightDecay: weightDecay() },
  vectors: { velocity: hasMomentum },
  work: momentumWork,
  problem: nesterovProblem,
  edge: momentumEdge,
});
