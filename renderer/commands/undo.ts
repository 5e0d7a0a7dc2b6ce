/** The last action that can be taken back: the undo bar shows it on every view. */
import { ref, shallowRef } from 'vue';
import { sentence } from '../connection/connection.ts';

/** An action that can be taken back. */
export interface Undo {
  /** What was done, in a sentence. */
  message: string;
  undo: () => Promise<void>;
}

/** What the bar offers; null when there is nothing. */
export const offered = shallowRef<Undo | null>(null);
/** Why taking it back failed. */
export const undoError = ref<string | null>(null);

/** Offers to take an action back, instead of the one before it. */
export function offerUndo(message: string, undo: () => Promise<void>): void {
  undoError.value = null;
  offered.value = { message, undo };
}

/** Takes the bar away. */
export function dismissUndo(): void {
  offered.value = null;
  undoError.value = null;
}

/** Takes the last action back. */
export async function undoLast(): Promise<void> {
  const last = offered.value;
  if (!last) return;
  try {
    await last.undo();
    if (offered.value === last) dismissUndo();
  } catch (error) {
    undoError.value = sentence(error);
  }
}
