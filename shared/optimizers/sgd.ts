/** Stochastic gradient descent, as `torch.optim.SGD`. */
import type { SettingProblem } from './define.ts';
import { defineOptimizer } from './define.ts';
import { batchSize, learningRate, momenta, stepping, weightDecay } from './settings.ts';

/** Whether a velocity is kept. */
export const hasMomentum = (settings: { momentum: number }): boolean => settings.momentum > 0;

/** What Nesterov's momentum takes, as in PyTorch: momentum, and no dampening. */
export function nesterovProblem({
  momentum,
  dampening,
  nesterov,
}: {
  momentum: number;
  dampening: number;
  nesterov: boolean;
}): SettingProblem | null {
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
  problem: nesterovProblem,
});
