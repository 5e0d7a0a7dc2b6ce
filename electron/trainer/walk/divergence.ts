/** When a run counts as diverged. */

/**
 * How many times the loss at initialisation a loss may reach. Measured over 180 iterations of the 784-500-350-10 MLP,
 * Fashion-MNIST, batch 100: learning rates of 0.5, 0.7 and 1 reach 1.0, 1.1 and 92 times and come back; 3, 10, 30 and 100 pass
 * 20,000 times within 3 to 9 iterations, 10²⁴ times soon after, and overflow within 15.
 */
export const runawayFactor = 1e4;

/** What may diverge, in words for messages. */
export interface Suspects {
  /** Mean batch loss at θ_t. */
  batchLoss: number;
  /** ‖g_t‖². */
  gradientSquared: number;
  /** ‖θ_{t+1} − θ_0‖², not finite when some parameter is not. */
  distanceSquared: number;
  /** Loss over the evaluation set at θ_{t+1}; null where not measured. */
  loss: number | null;
}

/**
 * Tells whether an iteration diverged: a number is not finite any more, or a loss is beyond {@link runawayFactor} times the
 * loss at initialisation, from where no run was seen to return.
 * @returns what happened, in words that start a sentence; null when all is well
 */
export function divergence(suspects: Suspects, initialLoss: number): string | null {
  const losses: [string, number | null][] = [
    ['the batch loss', suspects.batchLoss],
    ['the loss after the update', suspects.loss],
  ];
  for (const [name, loss] of losses) {
    if (loss === null) continue;
    if (!Number.isFinite(loss)) return `${name} is no longer a finite number`;
    if (loss > runawayFactor * initialLoss)
      return `${name} reached ${loss.toPrecision(3)}, ${Math.round(loss / initialLoss).toLocaleString('en')} times the loss at initialisation`;
  }
  if (!Number.isFinite(suspects.gradientSquared)) return 'the gradient is no longer finite';
  if (!Number.isFinite(suspects.distanceSquared)) return 'the parameters are no longer finite';
  return null;
}

/** The whole message of a diverged run: what, where, what to do. */
export function divergenceMessage(what: string, iteration: number, learningRate: number): string {
  return (
    `Diverged at iteration ${iteration}: ${what}. The updates are too long for this network: ` +
    `lower the learning rate, now ${learningRate}, for example to ${Number((learningRate / 10).toPrecision(6))}.`
  );
}
