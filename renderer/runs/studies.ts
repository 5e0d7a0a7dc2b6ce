/** The studies by id, as the workbench reports them. */
import { computed, ref, shallowReactive } from 'vue';
import { ValleywalkError } from '../../shared/errors.ts';
import type { Parameters } from '../../shared/protocol.ts';
import type { RunRecord } from '../../shared/records.ts';
import { comparePlaces } from '../../shared/study-record.ts';
import type { StudyRecord } from '../../shared/study-record.ts';
import { onConnected, onEvent, request, sentence } from '../connection/connection.ts';
import { runs } from './runs.ts';

const byId = shallowReactive(new Map<string, StudyRecord>());

/** True once the list has arrived. */
export const studiesLoaded = ref(false);
/** Why the list could not be read, in a sentence. */
export const studiesError = ref<string | null>(null);

/** All studies, newest first. */
export const studies = computed(() =>
  [...byId.values()].sort((a, b) => b.created_at.localeCompare(a.created_at) || b.study.localeCompare(a.study)),
);

/** A study, if it is known. */
export function studyById(id: string): StudyRecord | undefined {
  return byId.get(id);
}

/** The runs of a study in the order of its grid. */
export function runsOfStudy(id: string): RunRecord[] {
  return runs.value.filter((run) => run.study === id).sort((a, b) => comparePlaces(a.place ?? [], b.place ?? []));
}

function put(study: StudyRecord): StudyRecord {
  byId.set(study.study, study);
  return study;
}

async function load(): Promise<void> {
  try {
    const list = await request('studies.list', {});
    const ids = new Set(list.map(({ study }) => study));
    for (const id of byId.keys()) if (!ids.has(id)) byId.delete(id);
    for (const study of list) put(study);
    studiesError.value = null;
  } catch (error) {
    studiesError.value = sentence(error);
  } finally {
    studiesLoaded.value = true;
  }
}

/** Starts listening; once, when the app starts. */
export function watchStudies(): void {
  onEvent('study.changed', put);
  onEvent('study.removed', ({ study }) => byId.delete(study));
  onConnected(() => void load());
}

/** Queues every run of a study. */
export async function startStudy(study: unknown, confirm: boolean, backend?: string): Promise<StudyRecord> {
  return put(await request('studies.start', { study, confirm, ...(backend === undefined ? {} : { backend }) }));
}

/** Pauses, resumes or stops a study. @throws ValleywalkError also where some of its runs could not be resumed; the others go on */
export async function controlStudy(how: 'pause' | 'resume' | 'stop', study: string): Promise<void> {
  if (how !== 'resume') {
    put(await request(`studies.${how}`, { study }));
    return;
  }
  const { not_resumed: left, ...resumed } = await request('studies.resume', { study });
  put(resumed);
  if (left.length > 0)
    throw new ValleywalkError(
      'input',
      `${left.length} ${left.length === 1 ? 'run' : 'runs'} could not be resumed, the others go on; the first: ${left[0]!.message}`,
      left,
    );
}

/** Adds seeds and values. */
export async function extendStudy(extension: Parameters<'studies.extend'>): Promise<void> {
  put(await request('studies.extend', extension));
}

/** Gives a study another name; its runs keep theirs. */
export async function renameStudy(study: string, name: string): Promise<void> {
  put(await request('studies.rename', { study, name }));
}

/** Forgets a study, and deletes its runs unless they are to stay. */
export async function deleteStudy(study: string, keepRuns: boolean): Promise<void> {
  await request('studies.delete', { study, keepRuns });
  byId.delete(study);
}
