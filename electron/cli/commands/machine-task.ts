/** `valleywalk machine-task`: one run of a study on a node, as a job script starts it. Opens no store. */
import { programPlaces } from '../../files/program.ts';
import { nodeFork } from '../../processes/node.ts';
import { ownJob, requeueOwn } from '../../workbench/machines/slurm.ts';
import { startTask } from '../../workbench/machines/task.ts';
import type { Declare } from '../declare.ts';
import { tell } from '../print.ts';
import { exit } from '../session.ts';

/** Declares the command, which help does not list: people submit studies. */
export function declareMachineTask({ hidden, action }: Declare): void {
  hidden('machine-task <submission> <index>', 'compute a run of a study on a node; job scripts start it').action(
    action(computeTask),
  );
}

/**
 * Computes a run. SIGTERM and SIGINT have it write a checkpoint and end; SIGUSR2, which Slurm sends before the time limit, has it begun again
 * after that where it got any further.
 * @returns the exit code: 0 finished or diverged, 1 failed, 130 stopped
 * @throws ValleywalkError where there is no such run
 */
async function computeTask(submission: string, index: string): Promise<number> {
  const places = programPlaces();
  const own = ownJob(process);
  const task = startTask({
    submission,
    index: Number(index),
    fork: nodeFork(places.trainer),
    version: places.version,
    job: own?.job ?? null,
    node: own?.node ?? null,
    tell: (sentence) => tell(`${new Date().toISOString()} ${sentence}`),
  });
  let limit = false;
  const stop = (): void => task.stop();
  process.on('SIGTERM', stop).on('SIGINT', stop);
  process.on('SIGUSR2', () => {
    limit = true;
    stop();
  });
  const { status, message, pieces } = await task.end;
  tell(`${new Date().toISOString()} ${status}${message === null ? '' : `: ${message}`}`);
  if (limit && status === 'stopped' && pieces > 0 && own !== null && (await requeueOwn(own.id)))
    tell(`the time limit is near: job ${own.job} is queued again and goes on from its checkpoint`);
  if (status === 'stopped') return exit.stopped;
  return status === 'failed' ? exit.failed : exit.finished;
}
