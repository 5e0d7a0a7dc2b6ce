/** Keeps a walk's state now and then, and where the walk stops or fails before its end. */
import type { Checkpoints } from './checkpoint.ts';
import type { Vector } from '../backends/backend.ts';
import { hostState } from './state.ts';
import type { WalkState } from './state.ts';

/** Decides which state a walk goes on from. */
export interface Keeper {
  /** Whether it keeps any. */
  readonly keeps: boolean;
  /** The state as it is, good for as long as nothing is computed; null where none is kept. */
  state(): Promise<WalkState<Vector> | null>;
  /** A walk that is left from now on goes on from here. @param withCopies the state's vectors are written before it is left */
  mark(withCopies: boolean): Promise<void>;
  /** A walk that is left from now on goes on from a state that was told before. */
  hold(at: WalkState<Vector> | null): void;
  /** A walk that is left from now on goes on from where it stands. */
  release(): void;
  /** Keeps the state as it is if it is time for that. @param epochEnded an epoch has just ended, a good moment */
  keepWhenDue(epochEnded: boolean): Promise<void>;
  /** Keeps the state to go on from. A walk that did not even begin needs none. */
  leave(): Promise<void>;
}

/** Makes a keeper. @param state the state as it is */
export function keeperFor(
  checkpoints: Checkpoints | null,
  state: (withCopies: boolean) => Promise<WalkState<Vector>>,
): Keeper {
  let marked: WalkState<Vector> | null = null;
  async function leave(): Promise<void> {
    const at = marked ?? (await state(false));
    if (checkpoints && at.scalars.epoch >= 0) await checkpoints.save(await hostState(at));
  }
  return {
    keeps: checkpoints !== null,
    state: () => state(false),
    mark: async (withCopies) => void (marked = await state(withCopies)),
    hold: (at) => void (marked = at),
    release: () => void (marked = null),
    async keepWhenDue(epochEnded) {
      if (checkpoints?.due(epochEnded)) await leave();
    },
    leave,
  };
}

/** Keeps nothing: a walk that is left begins anew. */
export const noKeeper: Keeper = {
  keeps: false,
  state: () => Promise.resolve(null),
  mark: () => Promise.resolve(),
  hold: () => undefined,
  release: () => undefined,
  keepWhenDue: () => Promise.resolve(),
  leave: () => Promise.resolve(),
};
