/** Background jobs of the workbench: which kinds there are, and how far the one of each kind is. */
import { ref, shallowRef } from 'vue';
import type { JobKindInfo, JobRecord } from '../../shared/jobs.ts';
import { onConnected, onEvent, request, sentence } from '../connection/connection.ts';

/** Kinds that can be started. */
export const jobKinds = shallowRef<JobKindInfo[]>([]);
/** The newest job of each kind, by kind. */
export const jobs = ref<Record<string, JobRecord>>({});
/** Why the kinds could not be read; null when they were. */
export const jobsError = ref<string | null>(null);
/** Why a job could not be started or cancelled, by kind. */
export const jobErrors = ref<Record<string, string>>({});

function take(record: JobRecord): void {
  jobs.value[record.kind] = record;
}

/** Starts listening; once, when the app starts. */
export function watchJobs(): void {
  onEvent('job.changed', take);
  onConnected(() => {
    jobs.value = {};
    jobErrors.value = {};
    void readJobs();
  });
}

/** Reads kinds and jobs again. */
export async function readJobs(): Promise<void> {
  jobsError.value = null;
  try {
    jobKinds.value = await request('jobs.kinds', {});
    for (const record of await request('jobs.list', {})) take(record);
  } catch (error) {
    jobsError.value = sentence(error);
  }
}

/** Asks for something about the job of a kind. */
async function ask(kind: string, answer: Promise<JobRecord>): Promise<void> {
  delete jobErrors.value[kind];
  try {
    take(await answer);
  } catch (error) {
    jobErrors.value[kind] = sentence(error);
  }
}

/** Starts a job of a kind. */
export const startJob = (kind: string): Promise<void> => ask(kind, request('jobs.start', { kind }));

/** Cancels a job. */
export const cancelJob = ({ kind, job }: JobRecord): Promise<void> => ask(kind, request('jobs.cancel', { job }));
