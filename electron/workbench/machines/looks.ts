/** When other machines are looked at: every few seconds, seldom where nothing changes, and at once where somebody asks. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Publish } from '../../../shared/protocol.ts';
import type { JobContext } from '../jobs/context.ts';
import type { Following } from './follow.ts';

/** Milliseconds between two looks; where nothing has changed for `quiet` of them, every `seldom`th does. */
const interval = 3_000;
const [quiet, seldom] = [20, 5];

/** The looks. */
export interface Looks {
  /** Looks after the look that goes on: what it saw may be old by now. @returns what kept it from seeing all, a sentence each */
  now(): Promise<string[]>;
  /** The same, and again a few seconds later where jobs have just ended whose last files may be on their way. */
  patiently(): Promise<string[]>;
  /** Tells what changed, as the context does: the looks are frequent again. */
  publish: Publish;
  /** No look begins by itself any more. */
  end(): void;
}

/**
 * Begins them; nothing here keeps the process alive. What keeps a look from seeing all is told whenever it changes.
 * @param closed whether nothing may be looked at any more
 */
export function lookNowAndThen(
  { store, publish, machines }: JobContext,
  follow: Pick<Following, 'look' | 'shortlyOver'>,
  closed: () => boolean,
): Looks {
  /** Times for a look since something changed. */
  let unchanged = 0;
  let known: readonly string[] = [];
  const tellTroubles = (troubles: string[]): string[] => {
    const isNew = troubles.length !== known.length || troubles.some((trouble) => !known.includes(trouble));
    if (isNew && !closed()) publish('machines.troubles', { troubles });
    known = troubles;
    return troubles;
  };
  let looking: Promise<string[]> | null = null;
  const begin = (): Promise<string[]> =>
    (looking = follow
      .look()
      .then(tellTroubles)
      .finally(() => (looking = null)));
  const timer = setInterval(() => {
    if (closed() || looking || store.readOnly || (++unchanged > quiet && unchanged % seldom !== 0)) return;
    void begin().catch(() => undefined);
  }, machines.interval ?? interval);
  timer.unref();
  const now = async (): Promise<string[]> => {
    while (looking) await looking.catch(() => []);
    return begin();
  };
  return {
    now,
    async patiently() {
      const troubles = await now();
      const later = follow.shortlyOver();
      if (later === null || closed()) return troubles;
      await sleep(later);
      return closed() ? troubles : now();
    },
    publish(name, payload) {
      unchanged = 0;
      publish(name, payload);
    },
    end: () => clearInterval(timer),
  };
}
