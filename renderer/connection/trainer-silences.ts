/** Trainers that are not heard, as the workbench tells of them once a second. */
import { shallowReactive } from 'vue';
import type { TrainerSilence } from '../../shared/trainer-silence.ts';
import { onConnected, onEvent } from './connection.ts';

/** Milliseconds for which it stays told that a trainer is heard again. */
const recent = 10_000;

/** By run or analysis; one that is over stays for some seconds, to be seen. */
const silences = shallowReactive(new Map<string, TrainerSilence>());

/** Starts listening; once, when the app starts. */
export function watchSilences(): void {
  onConnected(() => silences.clear());
  onEvent('trainer.silent', (silence) => {
    const id = silence.run ?? silence.analysis;
    if (id === null) return;
    silences.set(id, silence);
    if (silence.over) setTimeout(() => silences.get(id) === silence && silences.delete(id), recent);
  });
}

/** That of the trainer of a run or an analysis. */
export function silenceOf(id: string): TrainerSilence | undefined {
  return silences.get(id);
}
