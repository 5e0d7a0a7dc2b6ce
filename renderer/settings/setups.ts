/** Setups of backends: how they stand, which Pythons were found for them, and what is being looked for or made. */
import { computed, ref } from 'vue';
import { ValleywalkError } from '../../shared/errors.ts';
import type { PythonEnvironment, Setup, SetupProgress } from '../../shared/setups.ts';
import { onEvent, request, sentence } from '../connection/connection.ts';
import { info, readInfo } from '../connection/workbench.ts';

/** Every setup, and how it stands in the store. */
export const setups = computed<Setup[]>(() => info.value?.setups ?? []);
/** What is being done, and how far it is; null where nothing is. */
export const setupProgress = ref<SetupProgress | null>(null);
/** Whether what is being done can be ended on the way. */
export const canCancelSetup = ref(true);
/** Pythons that were asked, by setup. */
export const foundPythons = ref<Record<string, PythonEnvironment[]>>({});
/** Why something could not be looked for, made or removed, by setup. */
export const setupErrors = ref<Record<string, string>>({});
/** What was ended on purpose, by setup, in a sentence. */
export const cancelledSetups = ref<Record<string, string>>({});

/** Starts listening; once, when the app starts. */
export function watchSetups(): void {
  onEvent('setups.changed', (list) => {
    if (info.value) info.value = { ...info.value, setups: list };
    // the backends are tried anew, which takes a while
    void readInfo();
  });
  onEvent('setups.progress', (progress) => {
    if (setupProgress.value) setupProgress.value = progress;
  });
  onEvent('setups.found', ({ setup, environments }) => {
    foundPythons.value[setup] = environments;
  });
}

async function act(setup: string, step: string, work: () => Promise<unknown>, canCancel = true): Promise<void> {
  if (setupProgress.value) return;
  canCancelSetup.value = canCancel;
  delete setupErrors.value[setup];
  delete cancelledSetups.value[setup];
  setupProgress.value = { setup, step, share: null };
  try {
    await work();
  } catch (error) {
    const ended = error instanceof ValleywalkError && error.kind === 'cancelled';
    (ended ? cancelledSetups : setupErrors).value[setup] = sentence(error);
  } finally {
    setupProgress.value = null;
  }
}

/** Shows what Pythons answered before this page was loaded. */
export async function recallPythons(setup: string): Promise<void> {
  const asked = await request('setups.asked', { setup });
  // those that answer meanwhile are newer
  if (asked) foundPythons.value[setup] ??= asked;
}

/** Looks for Pythons that have what a setup needs, and asks each. */
export function lookForPythons(setup: string): Promise<void> {
  return act(setup, 'looking for Pythons', async () => {
    foundPythons.value[setup] = await request('setups.look', { setup });
  });
}

/** Makes a setup of a Python or a wheel; by a download where neither is named. */
export function install(setup: string, of: { python?: string; wheel?: string }): Promise<void> {
  return act(setup, 'starting', async () => {
    await request('setups.install', { setup, ...of });
  });
}

/** Removes a setup from the store, which goes on to its end. */
export async function removeSetup(setup: string): Promise<void> {
  await act(setup, 'removing', () => request('setups.remove', { setup }), false);
}

/** Ends what is being done. */
export async function cancelSetup(): Promise<void> {
  await request('setups.cancel', {});
}
