/** Whether a walk goes on bit for bit, for tests of what an optimiser remembers. */
import { expect } from 'vitest';
import type { Experiment } from '../../../../shared/experiment.ts';
import { modelFor } from '../../../../shared/networks/index.ts';
import { parameterTotal } from '../../../../shared/networks/parameters.ts';
import { syntheticData } from '../../testing/examples.ts';
import { walked } from '../../testing/walks.ts';
import { decodeState } from '../state.ts';
import type { WalkState } from '../state.ts';

/**
 * Walks an experiment of `smallExperiment`, and goes on from every checkpoint: the records are those of the walk in one go. A checkpoint without
 * one of the optimiser's vectors is refused by its name.
 * @param vectors names of what its optimiser remembers
 */
export async function resumesBitForBit(experiment: Experiment, vectors: readonly string[]): Promise<void> {
  const states: Uint8Array[] = [];
  const whole = await walked(experiment, { due: () => true, checkpoint: (bytes) => states.push(bytes) });
  expect(whole.status).toBe('finished');
  expect(states.length).toBeGreaterThan(3);
  const { train } = syntheticData(60, 20, 6);
  const model = modelFor(experiment.model, { ...train.shape, classes: train.classes });
  const decoded = (bytes: Uint8Array): WalkState =>
    decodeState(bytes, { parameters: parameterTotal(model.parameters), statistics: parameterTotal(model.statistics) });
  for (const bytes of states) {
    const state = decoded(bytes);
    expect(Object.keys(state.optimizer)).toEqual(vectors);
    const rest = await walked(experiment, { resume: state });
    expect(rest.iterations).toEqual(whole.iterations.slice(state.scalars.done));
    expect(rest.epochs).toEqual(whole.epochs.filter(({ epoch }) => epoch > state.scalars.epoch));
  }
  for (const name of vectors) {
    const state = decoded(states.at(-1)!);
    expect(
      state.optimizer[name]!.some((value) => value !== 0),
      name,
    ).toBe(true);
    const { [name]: _, ...others } = state.optimizer;
    await expect(walked(experiment, { resume: { ...state, optimizer: others } })).rejects.toThrow(
      `holds no ${name}, which ${experiment.optimizer.kind} remembers`,
    );
  }
}
