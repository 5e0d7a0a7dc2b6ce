/** Hands events to everybody who listens. */
import type { Publish } from '../../shared/protocol.ts';

/** A publisher and its listeners. */
export interface EventBus {
  publish: Publish;
  /** Adds a listener; the returned function removes it. */
  subscribe: (listener: Publish) => () => void;
}

/** A listener that throws is dropped: its client is gone, and the others must not suffer. */
export function createEventBus(): EventBus {
  const listeners = new Set<Publish>();
  return {
    publish: (name, payload) => {
      for (const listener of [...listeners]) {
        try {
          listener(name, payload);
        } catch {
          listeners.delete(listener);
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
