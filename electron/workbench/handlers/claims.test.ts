import { afterEach, beforeEach, expect, it } from 'vitest';
import { analysisRequestSchema } from '../../../shared/analyses/index.ts';
import { segmentOf } from '../../../shared/analyses/valley-floor.ts';
import type { ValleyFloorResult } from '../../../shared/analyses/valley-floor.ts';
import { walkValley } from '../../../shared/claims/testing.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import type { Context } from '../context.ts';
import { figureSource } from '../source.ts';
import { openStore } from '../store/store.ts';
import type { Store } from '../store/store.ts';
import { batchFrom } from '../testing/batches.ts';
import { claimHandlers } from './claims.ts';

let folder: TemporaryFolder;
let store: Store;
beforeEach(() => {
  folder = temporaryFolder();
  store = openStore(folder.path);
});
afterEach(() => {
  store.close();
  folder.remove();
});

const evaluate = (runs: string[]) =>
  claimHandlers({ store, source: figureSource(store) } as unknown as Context)['claims.evaluate']({ runs });

/** A finished run with the records of a made-up walk. */
function storedRun(): string {
  const { experiment, iterations, epochs } = walkValley({ noise: 2, iterations: 240 });
  const { record } = store.create({ experiment, iterationsTotal: 240, parameters: 2, backend: 'cpu' });
  store.transaction(() => store.records.append(store.runs.key(record.run), { ...batchFrom([]), iterations, epochs }));
  store.runs.change(record.run, { status: 'finished', finished_at: new Date().toISOString(), owner: null });
  return record.run;
}

/** What a valley-floor study of 30 segments found: barriers on the floor in every third, none above; one that was lost. */
function floorResult(): ValleyFloorResult {
  const segment = (barrier: number | null) =>
    segmentOf(barrier === null ? [1, null, 1] : [1, barrier > 0 ? 1 + barrier : 0.9, 1], 1, 1e-6);
  return {
    kind: 'valley-floor',
    floors: [],
    segments: Array.from({ length: 31 }, (_, index) => ({
      from: index,
      to: index + 1,
      walk: segment(0),
      floor: segment(index === 30 ? null : index % 3 === 0 ? 0.1 : 0),
    })),
    totals: {
      segments: 31,
      walk_barriers: 0,
      floor_barriers: 10,
      walk_unresolved: 0,
      floor_unresolved: 0,
      walk_mean_height: 0,
      floor_mean_height: 0.03,
      walk_greatest_height: 0,
      floor_greatest_height: 0.1,
    },
    examples: 100,
  };
}

it('judges C6 on the newest finished valley-floor study of a run', async () => {
  const run = storedRun();
  const before = await evaluate([run, run]);
  expect(before.runs).toHaveLength(1);
  expect(before.claims[0]).toMatchObject({ claim: 'C1', verdict: 'supported' });
  expect(before.claims[5]!.missing).toContain('valley-floor study');

  const request = analysisRequestSchema.parse({ kind: 'valley-floor' });
  const { record } = store.createAnalysis(store.runs.key(run), request);
  expect((await evaluate([run])).claims[5]!.verdict).toBe('not-enough');
  store.analyses.change(record.analysis, { status: 'finished', result: floorResult() });
  const after = (await evaluate([run])).claims[5]!;
  expect(after).toMatchObject({ verdict: 'supported', statistics: [{ value: 0 }, { iterations: 30 }] });
  expect(after.statistics[1]!.value).toBeCloseTo(1 / 3, 12);
});

it('of a run that is not there is missing', () => {
  expect(() => evaluate(['nothing'])).toThrow(expect.objectContaining({ kind: 'missing' }));
});
