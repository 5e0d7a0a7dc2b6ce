/** The runs by id, as the workbench reports them. */
import { computed, ref, shallowReactive } from 'vue';
import type { RunRecord } from '../../shared/records.ts';
import { isOver } from '../../shared/records.ts';
import { onConnected, onEvent, request, sentence } from '../connection/connection.ts';
import { offerUndo } from '../commands/undo.ts';

const byId = shallowReactive(new Map<string, RunRecord>());
const stopping = shallowReactive(new Set<string>());

/** True once the list has arrived. */
export const runsLoaded = ref(false);
/** Why the list could not be read, in a sentence. */
export const runsError = ref<string | null>(null);

/** Orders runs, newest first. */
export const newestFirst = (a: RunRecord, b: RunRecord): number => b.sequence - a.sequence;
/** All runs, newest first. */
export const runs = computed(() => [...byId.values()].sort(newestFirst));
/** The run that differences are taken to. */
export const baseline = computed(() => runs.value.find((run) => run.baseline));
/** Every tag of a run, in order. */
export const allTags = computed(() => [...new Set(runs.value.flatMap((run) => run.tags))].sort());

/** Runs that compute, oldest first, then those that wait, in the order of the queue. */
export const activeRuns = computed(() =>
  runs.value
    .filter((run) => !isOver(run.status))
    .reverse()
    .sort(
      (a, b) =>
        Number(b.status === 'running') - Number(a.status === 'running') || (a.queue_rank ?? 0) - (b.queue_rank ?? 0),
    ),
);

/** Runs that wait in this machine's queue, in the order in which they come; of others their machine decides. */
export const waitingRuns = computed(() => activeRuns.value.filter((run) => run.status === 'queued' && !run.machine));

/** Places in the queue by run, from 1. */
export const waitingPlaces = computed(() => new Map(waitingRuns.value.map(({ run }, index) => [run, index + 1])));

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

/** Imports the trajectory in a folder on the machine that computes, and queues the walk along it. */
export async function importTrajectory(folder: string): Promise<RunRecord> {
  return put(await request('runs.import', { folder }));
}

/** Asks a run to stop after its present iteration. */
export const stopRun = (run: string): Promise<void> => halt('runs.stop', run);

/** Asks a run to write a checkpoint and give its place up. */
export const pauseRun = (run: string): Promise<void> => halt('runs.pause', run);

async function halt(how: 'runs.stop' | 'runs.pause', run: string): Promise<void> {
  stopping.add(run);
  try {
    put(await request(how, { run }));
  } catch (error) {
    stopping.delete(run);
    throw error;
  }
}

/** Queues a run again, to go on from its newest checkpoint. */
export async function resumeRun(run: string): Promise<void> {
  put(await request('runs.resume', { run }));
}

/** Ends a run's trainer at once and has the run go on from its newest checkpoint. */
export async function restartRun(run: string): Promise<void> {
  put(await request('runs.restart', { run }));
}

/** Puts a waiting run first. */
export const moveFirst = (run: string): Promise<void> => moveRun(run, waitingRuns.value[0]?.run ?? null);

/** Puts a waiting run one place earlier (−1) or later (1) in the queue; at its end, and for a run that does not wait, nothing happens. */
export function moveInQueue(run: string, by: -1 | 1): Promise<void> {
  // one after the other: each goes by the order that the one before has made
  const moved = lastMove.then(() => moveOne(run, by));
  lastMove = moved.catch(() => undefined);
  return moved;
}
let lastMove: Promise<unknown> = Promise.resolve();

async function moveOne(run: string, by: -1 | 1): Promise<void> {
  const queue = waitingRuns.value.map((one) => one.run);
  const place = queue.indexOf(run);
  if (place < 0 || place + by < 0 || place + by >= queue.length) return;
  await moveRun(run, queue[by < 0 ? place - 1 : place + 2] ?? null);
}

/** Puts a waiting run in front of another one, or last. */
async function moveRun(run: string, before: string | null): Promise<void> {
  put(await request('runs.move', { run, before }));
}

/** Deletes runs; they can be restored for an hour, and the undo bar offers it. */
export async function deleteRuns(ids: string[]): Promise<void> {
  const names = ids.map((id) => byId.get(id)?.name);
  await request('runs.delete', { runs: ids });
  for (const id of ids) byId.delete(id);
  const what = ids.length === 1 ? `“${names[0] ?? ids[0]!}”` : `${ids.length} runs`;
  offerUndo(
    `Deleted ${what}. For an hour it can be brought back.`.replace('it can', ids.length === 1 ? 'it can' : 'they can'),
    () => restoreRuns(ids),
  );
}

/** Brings deleted runs back. */
export async function restoreRuns(ids: string[]): Promise<void> {
  (await request('runs.restore', { runs: ids })).forEach(put);
}

/** Runs that are deleted and can still be restored, the last deleted first. */
export function deletedRuns(): Promise<RunRecord[]> {
  return request('runs.list', { deleted: true });
}

/** Deletes runs that were deleted already for good. */
export async function forgetRuns(ids: string[]): Promise<void> {
  await request('runs.delete', { runs: ids, forGood: true });
}

/** Adds tags to runs and takes tags away. */
export async function tagRuns(ids: string[], add: string[], remove: string[] = []): Promise<void> {
  (await request('runs.tag', { runs: ids, add, remove })).forEach(put);
}

/** Writes what is noted about a run. */
export async function noteRun(run: string, notes: string): Promise<void> {
  put(await request('runs.note', { run, notes }));
}

/** Puts runs away, with the undo bar to take them out again; or takes them out. */
export async function archiveRuns(ids: string[], archived: boolean): Promise<void> {
  (await request('runs.archive', { runs: ids, archived })).forEach(put);
  if (archived)
    offerUndo(`Archived ${ids.length === 1 ? `“${byId.get(ids[0]!)?.name ?? ''}”` : `${ids.length} runs`}.`, () =>
      archiveRuns(ids, false),
    );
}

/** Pins the baseline; null takes the pin away. */
export async function pinRun(run: string | null): Promise<void> {
  (await request('runs.pin', { run })).forEach(put);
}

/** Renames a run. */
export async function renameRun(run: string, name: string): Promise<void> {
  put(await request('runs.rename', { run, name }));
}
