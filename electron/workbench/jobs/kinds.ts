/** The kinds of jobs, each declared in a file of its own. */
import type { JobContext, JobService } from './context.ts';
import { openAnalyses } from './analysis.ts';
import { isBackground } from './background.ts';
import { openStoreChecks } from './check-store.ts';
import { openMachines } from '../machines/service.ts';
import { openRuns } from './run/run.ts';

/** Every kind: what opens the jobs of a workbench of it. */
const jobKinds = {
  run: openRuns,
  machine: openMachines,
  analysis: openAnalyses,
  'check-store': openStoreChecks,
};

/** Opens the jobs of a kind, whose name in the table it is told. */
type OpenJobs = (context: JobContext, kind: string) => JobService;

/** The jobs of a workbench by kind. */
export type Jobs = { readonly [K in keyof typeof jobKinds]: ReturnType<(typeof jobKinds)[K]> };

/** Opens the jobs of a workbench; none waits yet. */
export function openJobs(context: Omit<JobContext, 'activeRuns' | 'runFinished'>): Jobs {
  const whole: JobContext = {
    ...context,
    activeRuns: () => jobs.run.active(),
    runFinished: (run) => jobs.analysis.study(run),
  };
  const openers: [string, OpenJobs][] = Object.entries(jobKinds);
  const jobs = Object.fromEntries(openers.map(([kind, open]) => [kind, open(whole, kind)])) as Jobs;
  return jobs;
}

/** How many runs and analyses of a workbench are queued or running. A background job is only started again: quitting loses nothing of it. */
export function activeJobs(jobs: Jobs): number {
  return Object.values(jobs).reduce((sum, kind) => sum + (isBackground(kind) ? 0 : kind.active()), 0);
}

/** Stops all jobs, and waits until nothing computes. */
export async function closeJobs(jobs: Jobs): Promise<void> {
  await Promise.all(Object.values(jobs).map((kind) => kind.close()));
}
