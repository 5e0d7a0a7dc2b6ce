/** Notices what other processes do to the store, and tells this process's clients as if it had happened here. */
import type { Dataset } from '../../shared/datasets.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import type { Publish } from '../../shared/protocol.ts';
import { isOver } from '../../shared/records.ts';
import { readSettings } from './settings.ts';
import { isBusy } from './store/errors.ts';
import { beginning, isEmpty } from './store/records.ts';
import type { Watermark } from './store/records.ts';
import type { StoredRun } from './store/runs.ts';
import type { Store } from './store/store.ts';

/** What the watch works with. */
export interface WatchOptions {
  store: Store;
  publish: Publish;
  /** Called for a run of this process that another one asked to stop, or to pause. */
  stop: (run: string, how: 'stop' | 'pause') => void;
  /** Called when another process changed the settings. */
  settled: () => void;
  /** Called for an analysis of this process that another one asked to stop. */
  cancel: (analysis: string) => void;
  /** Called when another process has written anything. */
  written: () => void;
  /** The data sets as they are now. */
  datasets: () => Dataset[];
  /** Milliseconds between two looks. */
  interval?: number;
}

/** A running watch. */
export interface Watch {
  /** Looks at once. */
  look(): void;
  /** Tells the records of a run that no process of this store computes, as far as they are. */
  tell(run: string): void;
  close(): void;
}

/** Every how many looks the owners of other processes' runs are checked to be alive. */
const looksPerCheck = 5;

/** Iterations that one event carries at most. */
const iterationsPerEvent = 1000;

/** Starts to watch; the timer does not keep the process alive. */
export function watchStore({
  store,
  publish,
  stop,
  cancel,
  settled,
  written,
  datasets,
  interval = 1000,
}: WatchOptions): Watch {
  let version = store.dataVersion();
  let looks = 0;
  let sets = JSON.stringify(datasets());
  let figures = JSON.stringify(store.figures.list());
  let settings = JSON.stringify(readSettings(store));
  let known = new Map<string, number>();
  /** Other processes' runs that were running at the last look. */
  let going = new Set<string>();
  /** How far the records of other processes' running runs have been told. */
  const marks = new Map<string, Watermark>();
  let analyses = new Map(store.analyses.list().map(({ record, revision }) => [record.analysis, { record, revision }]));
  const isForeign = ({ record, owner }: StoredRun): boolean => !isOver(record.status) && owner !== store.owner;

  for (const stored of store.runs.list()) {
    known.set(stored.record.run, stored.revision);
    if (isForeign(stored)) marks.set(stored.record.run, store.records.reach(store.runs.key(stored.record.run)));
    if (isForeign(stored) && stored.record.status === 'running') going.add(stored.record.run);
  }

  function tellRecords(run: string): void {
    const key = store.runs.key(run);
    const reach = store.records.reach(key);
    const mark = marks.get(run) ?? beginning;
    if (reach.iteration < mark.iteration || reach.sliceIteration < mark.sliceIteration || reach.epoch < mark.epoch) {
      // set back to a checkpoint
      marks.set(run, reach);
      publish('run.rewound', { run });
    }
    for (;;) {
      const { batch, mark } = store.records.after(key, marks.get(run) ?? beginning, iterationsPerEvent);
      if (isEmpty(batch)) return;
      marks.set(run, mark);
      publish('run.records', { run, batch });
    }
  }

  /** Tells a run's records as far as they can be read: damaged ones do not keep the others' from being told. */
  function tellReadable(run: string): void {
    try {
      tellRecords(run);
    } catch (error) {
      if (!(error instanceof ValleywalkError)) throw error;
      marks.delete(run);
    }
  }

  function compareAnalyses(): void {
    const present = store.analyses.list();
    for (const { record, revision } of present)
      if (analyses.get(record.analysis)?.revision !== revision) publish('analysis.changed', record);
    for (const analysis of store.analyses.toStop(store.owner)) cancel(analysis);
    const now = new Map(present.map(({ record, revision }) => [record.analysis, { record, revision }]));
    for (const [analysis, { record }] of analyses)
      if (!now.has(analysis)) publish('analysis.removed', { analysis, run: record.run });
    analyses = now;
  }

  function compare(): void {
    const present = new Map<string, number>();
    const now = new Set<string>();
    for (const stored of store.runs.list().reverse()) {
      const { record, revision } = stored;
      present.set(record.run, revision);
      const foreign = isForeign(stored);
      if (!known.has(record.run) && foreign) marks.set(record.run, beginning);
      else if (foreign && !marks.has(record.run)) {
        // another process goes on with it
        marks.set(record.run, store.records.reach(store.runs.key(record.run)));
      }
      const begun = foreign && record.status === 'running';
      if (begun && !going.has(record.run) && (marks.get(record.run)?.iteration ?? -1) >= 0) {
        // it goes on, and may have passed the mark again by now: its records are the same, its times are not
        marks.set(record.run, store.records.reach(store.runs.key(record.run)));
        publish('run.rewound', { run: record.run });
      }
      if (begun) now.add(record.run);
      if (marks.has(record.run)) tellReadable(record.run);
      if (!foreign) marks.delete(record.run);
      if (known.get(record.run) !== revision) publish('run.changed', record);
      // runs on another machine are its own to stop, once they were given to it
      if (stored.owner === store.owner && stored.stopRequested && !record.machine)
        stop(record.run, stored.stopRequested);
    }
    for (const run of known.keys())
      if (!present.has(run)) {
        marks.delete(run);
        publish('run.removed', { run });
      }
    known = present;
    going = now;
    compareAnalyses();
    const set = readSettings(store);
    if (JSON.stringify(set) !== settings) {
      settings = JSON.stringify(set);
      publish('settings.changed', set);
      settled();
    }
    written();
    const offered = datasets();
    if (JSON.stringify(offered) !== sets) publish('datasets.changed', offered);
    sets = JSON.stringify(offered);
    const drawn = store.figures.list();
    if (JSON.stringify(drawn) !== figures) publish('figures.changed', drawn);
    figures = JSON.stringify(drawn);
  }

  /** @returns how many there were; none while another process writes, which need not keep this one from looking */
  function interruptOrphans(): number {
    try {
      return store.lock.briefly(() => store.interruptOrphans()).length;
    } catch (error) {
      if (isBusy(error)) return 0;
      throw error;
    }
  }

  function look(): void {
    try {
      const orphans = marks.size > 0 && looks++ % looksPerCheck === 0 ? interruptOrphans() : 0;
      const current = store.dataVersion();
      if (current === version && orphans === 0) return;
      version = current;
      compare();
    } catch {
      // the store is busy or out of order for now: look again at the next turn
    }
  }

  const timer = setInterval(look, interval);
  timer.unref();
  return {
    look,
    tell: (run) => tellReadable(run),
    close: () => clearInterval(timer),
  };
}
