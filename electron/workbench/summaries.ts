/**
 * Summaries of quantities for many runs at once, computed from the store's series and kept: each once for a run and its revision, in this
 * process. Only the columns that a summary is made of are read.
 */
import { setImmediate } from 'node:timers/promises';
import { ValleywalkError } from '../../shared/errors.ts';
import { summaryOf } from '../../shared/over-settings/quantity-summary.ts';
import { columnsFor, summariseQuantity } from '../../shared/over-settings/summarise.ts';
import { curvatureColumns, sliceColumns, toColumns } from '../../shared/records.ts';
import type { CurvatureRecord, EpochColumns, IterationColumns, SliceRecord } from '../../shared/records.ts';
import type { Result } from '../../shared/protocol.ts';
import type { Store } from './store/store.ts';

/** Milliseconds after which others have their turn. */
const turn = 15;
/** Runs whose summaries are kept: ten times as many as are drawn over settings at once. With all their summaries they take 26 MiB (node --expose-gc). */
const mostKept = 20_000;
/** Summaries of a run that are kept, the newest; more where more are asked for at once. Twelve axes are the most that are drawn. */
const mostNames = 20;

/** The summaries of a store's runs. */
export interface Summaries {
  /** One of them; null where nothing was measured. @throws ValleywalkError `missing` for an unknown run */
  one(run: string, name: string): number | null;
  /** Of many runs; those that are not there, or are damaged, are told and have NaN. Others are served meanwhile. */
  many(runs: readonly string[], names: readonly string[]): Promise<Result<'runs.summaries'>>;
}

interface Kept {
  revision: string;
  values: Map<string, number | null>;
}

const noCurvature = toColumns<CurvatureRecord>(curvatureColumns, []);
const noSlices = toColumns<SliceRecord>(sliceColumns, []);

/** Keeps the summaries of a store. */
export function openSummaries(store: Store): Summaries {
  const kept = new Map<number, Kept>();

  /** The summaries of a run by their names, computed where they are not known. */
  function of(run: string, names: readonly string[]): Map<string, number | null> {
    const key = store.runs.key(run);
    const revision = store.records.revision(key);
    let own = kept.get(key);
    if (own?.revision !== revision) {
      own = { revision, values: new Map() };
      if (kept.size >= mostKept) kept.delete(kept.keys().next().value!);
      kept.set(key, own);
    }
    const { values } = own;
    const missing = names.filter((name) => !values.has(name)).map((name) => ({ name, summary: summaryOf(name) }));
    if (missing.length === 0) return values;
    const needed = missing.map(({ summary }) => columnsFor(summary));
    const iterations = [...new Set(needed.flatMap((one) => one.iterations))] as (keyof IterationColumns)[];
    const epochs = [...new Set(needed.flatMap((one) => one.epochs))] as (keyof EpochColumns)[];
    const data = {
      run: store.runs.get(run).record,
      iterations: (iterations.length > 0 ? store.records.iterations(key, 0, iterations) : {}) as IterationColumns,
      epochs: (epochs.length > 0 ? store.records.epochs(key, epochs) : { epoch: new Float64Array(0) }) as EpochColumns,
      curvature: needed.some((one) => one.curvature) ? store.records.curvature(key, 0) : noCurvature,
      slices: noSlices,
    };
    for (const { name, summary } of missing) values.set(name, summariseQuantity(data, summary));
    // all that were asked for are the newest now; what is told is a copy, from which nothing is taken
    const asked = new Map(names.map((name) => [name, values.get(name) ?? null]));
    for (const [name, value] of asked) {
      values.delete(name);
      values.set(name, value);
    }
    for (const name of values.keys()) {
      if (values.size <= Math.max(mostNames, asked.size)) break;
      values.delete(name);
    }
    return asked;
  }

  return {
    one: (run, name) => of(run, [name]).get(name) ?? null,
    async many(runs, names) {
      const values = Object.fromEntries(names.map((name) => [name, new Float64Array(runs.length).fill(NaN)]));
      const failed: Result<'runs.summaries'>['failed'] = [];
      let since = performance.now();
      for (const [row, run] of runs.entries()) {
        try {
          const own = of(run, names);
          for (const name of names) values[name]![row] = own.get(name) ?? NaN;
        } catch (error) {
          if (!(error instanceof ValleywalkError)) throw error;
          failed.push({ run, message: error.message });
        }
        if (performance.now() - since < turn) continue;
        await setImmediate();
        since = performance.now();
      }
      return { values, failed };
    },
  };
}
