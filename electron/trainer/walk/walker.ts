/** The walk: arrive → epoch → prepare → approach → checkpoint → before → step → along → after, wherever its steps come from. */
import { setImmediate } from 'node:timers/promises';
import type { EpochRecord, IterationRecord } from '../../../shared/records.ts';
import type { Keeper } from './keeper.ts';
import type { Observer, Outcome } from './observer.ts';
import type { Probes } from './probes/index.ts';
import type { StepSource } from './sources/source.ts';

/** What walks. */
export interface Walker {
  source: StepSource;
  probes: Probes;
  keeper: Keeper;
  observer: Observer;
  stopped: () => boolean;
}

/**
 * Walks to the end. An iteration that diverges keeps its record and is the last one; one that a stop interrupts keeps its record, without a
 * slice, where a checkpoint stands before it, from which a walk that goes on does it again, and has none where none does.
 * @throws Error when parameters cannot be read or written, or the backend fails
 */
export async function walkOn({ source, probes, keeper, observer, stopped }: Walker): Promise<Outcome> {
  const { epochs, path, slices, curvature, snapshots } = probes;
  const { last, perEpoch } = source.course;
  async function end(status: Outcome['status'], message: string | null = null): Promise<Outcome> {
    await snapshots.end(source.here());
    curvature.end();
    return { status, message };
  }
  const stop = (): Promise<Outcome> => keeper.leave().then(() => end('stopped'));
  try {
    for (;;) {
      await setImmediate(); // lets a stop in
      await observer.room?.();
      if (stopped()) return await stop();
      const here = source.here();
      const { iteration } = here;
      await snapshots.arrive(here);
      const ended = epochs.ending(here);
      if (ended) {
        const unrecorded = await keeper.state();
        const losses = await epochs.measure(here);
        const { measured, interrupted } = await curvature.epoch(here);
        const distance = path.distance();
        const record: EpochRecord = { ...ended, ...losses, distance, ...slices.takeCounts(), ...measured };
        observer.epoch(record);
        epochs.recorded(ended.epoch);
        observer.tick(here.done);
        keeper.hold(unrecorded);
        await snapshots.epoch(here);
        if (interrupted) return await stop();
        keeper.release();
      }
      if (iteration === last) return await end('finished');
      if (!(await source.prepare(here)) || !(await curvature.approach(here))) return await stop();
      await keeper.keepWhenDue(ended !== null);
      await keeper.mark(slices.probed(iteration));
      await snapshots.before(here);
      await slices.before(here);
      const step = await source.step();
      const gauges = await curvature.along(step);
      const lengths = await path.along(step);
      const along = await slices.along(step);
      const { measured, lossAfter } = along;
      const interrupted = along.interrupted || gauges.interrupted;
      if (interrupted && !keeper.keeps) return await end('stopped');
      const epoch = Math.floor(iteration / perEpoch) + 1;
      const record: IterationRecord = {
        iteration,
        epoch,
        ...step.measured,
        ...lengths,
        ...measured,
        ...gauges.measured,
      };
      observer.iteration(record);
      source.advance();
      if (!interrupted) keeper.release();
      observer.tick(source.here().done);
      snapshots.after(iteration);
      const trouble = step.trouble(lossAfter, epochs.initialLoss());
      if (trouble) return await end('diverged', trouble);
      if (interrupted) return await stop();
    }
  } catch (error) {
    await keeper.leave().catch(() => undefined); // what failed may work another time; that this fails, too, is no news
    throw error;
  }
}
