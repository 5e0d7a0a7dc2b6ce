/** The runs by id, as the workbench reports them. */
import { computed, ref, shallowReactive } from 'vue';
import type { RunRecord } from '../../shared/records.ts';
import { isOver } from '../../shared/records.ts';
import { onConnected, onEvent, request, sentence } from './connection.ts';

const byId = shallowReactive(new Map<string, RunRecord>());
const stopping = shallowReactive(new Set<string>());

/** True once the list has arrived. */
export const runsLoaded = ref(false);
/** Why the list could not be read, in a sentence. */
export const runsError = ref<string | null>(null);

/** All runs, newest first. */
export const runs = computed(() =>
  [...byId.values()].sort((a, b) => b.created_at.localeCompare(a.created_at) || b.run.localeCompare(a.run)),
);
/** Runs that compute or wait, oldest first: the first of them is what is running now. */
export const activeRuns = computed(() =>
  runs.value
    .filter((run) => !isOver(run.status))
    .reverse()
    .sort((a, b) => Number(b.status === 'running') - Number(a.status === 'running')),
);

/** A run, if it is known. */
export function runById(id: string): RunRecord | undefined {
  return byId.get(id);
}

/** Whether a stop was asked for and has not happened yet. */
export function isStopping(id: string): boolean {
  return stopping.has(id);
}

function put(run: RunRecord): RunRecord {
  byId.set(run.run, run);
  if (isOver(run.status)) stopping.delete(run.run);
  return run;
}

async function load(): Promise<void> {
  try {
    const list = await request('runs.list', {});
    const ids = new Set(list.map((run) => run.run));
    for (const id of byId.keys()) if (!ids.has(id)) byId.delete(id);
    for (const run of list) put(run);
    runsError.value = null;
  } catch (error) {
    runsError.value = sentence(error);
  } finally {
    runsLoaded.value = true;
  }
}

/** Starts listening; once, when the app starts. */
export function watchRuns(): void {
  onEvent('run.changed', put);
  onEvent('run.removed', ({ run }) => byId.delete(run));
  onConnected(() => void load());
}

/** Queues an experiment. */
export async function startRun(experiment: unknown, backend?: string): Promise<RunRecord> {
  return put(await request('runs.start', backend === undefined ? { experiment } : { experiment, backend }));
}

/** Asks a run to stop after its present iteration. */
export async function stopRun(run: string): Promise<void> {
  stopping.add(run);
  try {
    put(await request('runs.stop', { run }));
  } catch (error) {
    stopping.delete(run);
    throw error;
  }
}

/** Deletes runs with everything that belongs to them. */
export async function deleteRuns(ids: string[]): Promise<void> {
  await request('runs.delete', { runs: ids });
  for (const id of ids) byId.delete(id);
}

/** Renames a run. */
export async function renameRun(run: string, name: string): Promise<void> {
  put(await request('runs.rename', { run, name }));
}
