/** What computes: the choice for runs that name no backend, the choice for the next run, and measuring. */
import { computed, ref } from 'vue';
import type { MeasuredNetwork } from '../../shared/backends.ts';
import type { BackendSelection, MeasuredSpeed } from '../../shared/workbench-info.ts';
import { onEvent, request, sentence } from '../connection/connection.ts';
import { info } from '../connection/workbench.ts';

/** Backends that can be used here. */
export const usableBackends = computed(() => info.value?.backends.filter(({ available }) => available) ?? []);
/** The backend that the form's next run asks for; null for the one that the store remembers. */
export const runBackend = ref<string | null>(null);
/** The measurement under way: of which backend, and how far it is, 0 to 1. */
export const measuring = ref<{ backend: string; progress: number } | null>(null);
/** Why backends could not be measured or chosen, in sentences. */
export const backendErrors = ref<string[]>([]);

let cancelled = false;

function take(choice: BackendSelection): void {
  if (info.value) info.value = { ...info.value, ...choice };
}

/** Starts listening; once, when the app starts. */
export function watchBackends(): void {
  onEvent('backends.changed', take);
  onEvent('backends.measuring', (state) => {
    if (measuring.value) measuring.value = state;
  });
}

/** Remembers a backend for runs that name none. */
export async function chooseBackend(backend: string): Promise<void> {
  backendErrors.value = [];
  try {
    take(await request('backends.choose', { backend }));
  } catch (error) {
    backendErrors.value = [sentence(error)];
  }
}

/** Measures every backend that can be used, one after the other. */
export async function measureBackends(): Promise<void> {
  if (measuring.value) return;
  backendErrors.value = [];
  cancelled = false;
  for (const { name } of usableBackends.value) {
    if (cancelled) break;
    measuring.value = { backend: name, progress: 0 };
    try {
      take(await request('backends.measure', { backend: name }));
    } catch (error) {
      if (!cancelled) backendErrors.value = [...backendErrors.value, sentence(error)];
    }
  }
  measuring.value = null;
}

/** Ends the measurement; what was measured before stays. */
export async function cancelMeasuring(): Promise<void> {
  cancelled = true;
  await request('backends.cancel', {});
}

/** What was measured of a backend with a network; undefined where nothing was. */
export function speedOf(backend: string, network: MeasuredNetwork): MeasuredSpeed | undefined {
  return info.value?.speeds.find((speed) => speed.backend === backend && speed.network === network);
}
