/** What the workbench is, which data sets it has and which experiments it offers. */
import { ref, shallowRef } from 'vue';
import type { DataFormatWords, Dataset } from '../../shared/datasets.ts';
import type { WorkbenchInfo } from '../../shared/workbench-info.ts';
import type { Preset } from '../../shared/presets.ts';
import { onConnected, onEvent, request, sentence } from './connection.ts';

/** The workbench and its machine; null until it has said so. */
export const info = shallowRef<WorkbenchInfo | null>(null);
/** What the workbench waits for, while another process keeps the store busy. */
export const waiting = ref<string | null>(null);
/** Data sets that experiments can name. */
export const datasets = shallowRef<Dataset[]>([]);
/** The formats of data sets that are read. */
export const dataFormats = shallowRef<DataFormatWords[]>([]);
/** True once the data sets have arrived. */
export const datasetsLoaded = ref(false);
/** Ready-made experiments. */
export const presets = shallowRef<Preset[]>([]);
/** Sentences for what could not be read. */
export const workbenchErrors = ref<{ info?: string; datasets?: string; presets?: string }>({});

async function read<T>(key: 'info' | 'datasets' | 'presets', what: Promise<T>, put: (value: T) => void): Promise<void> {
  try {
    put(await what);
    delete workbenchErrors.value[key];
  } catch (error) {
    workbenchErrors.value[key] = sentence(error);
  }
}

/** Reads what the workbench is again: free disk changes. */
export function readInfo(): Promise<void> {
  return read('info', request('workbench.info', {}), (value) => (info.value = value));
}

/** Starts listening; once, when the app starts. */
export function watchWorkbench(): void {
  onEvent('store.waiting', ({ message }) => (waiting.value = message));
  onEvent('datasets.changed', (list) => (datasets.value = list));
  onConnected(() => {
    waiting.value = null;
    void readInfo();
    const sets = Promise.all([request('datasets.formats', {}), request('datasets.list', {})]);
    void read('datasets', sets, ([formats, list]) => {
      dataFormats.value = formats;
      datasets.value = list;
    }).then(() => (datasetsLoaded.value = true));
    void read('presets', request('experiments.presets', {}), (value) => (presets.value = value));
  });
  setInterval(() => void readInfo(), 60_000);
}

/** Adds the data set in a folder, or a table. @param targets the columns to predict; none leaves the choice to the format */
export async function addDataset(folder: string, title: string, targets: readonly string[]): Promise<Dataset> {
  const added = await request('datasets.add', {
    folder,
    ...(title.trim() === '' ? {} : { title }),
    ...(targets.length === 0 ? {} : { targets: [...targets] }),
  });
  if (!datasets.value.some((set) => set.id === added.id)) datasets.value = [...datasets.value, added];
  return added;
}

/** Forgets an added data set. */
export async function removeDataset(id: string): Promise<void> {
  await request('datasets.remove', { id });
  datasets.value = datasets.value.filter((set) => set.id !== id);
}
