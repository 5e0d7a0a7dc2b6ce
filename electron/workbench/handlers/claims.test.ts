import { afterEach, beforeEach, expect, it } from 'vitest';
import { analysisRequestSchema } from '../../../shared/analyses/index.ts';
import { segmentOf } from '../../../shared/analyses/valley-floor.ts';
import type { ValleyFloorResult } from '../../../shared/analyses/valley-floor.ts';
import { walkValley } from '../../../shared/claims/simulation.ts';
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
function storedRun(seed: number): string {
  const { experiment, iterations, epochs } = walkValley({ seed, noise: 2, iterations: 240 });
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
    // the last descent did not settle
    floors: Array.from({ length: 32 }, (_, iteration) => ({
      iteration,
      walk_loss: 1,
      floor_loss: 1,
      steps: 10,
      ended: iteration === 31 ? 'steps' : 'settled',
      depth_distance: 1,
    })),
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

it('judges C6 on the newest finished valley-floor studies of the runs', async () => {
  const runs = [1, 2, 3].map(storedRun);
  const before = await evaluate([...runs, runs[0]!]);
  expect(before.runs).toHaveLength(3);
  expect(before.claims[0]).toMatchObject({ claim: 'C1', verdict: 'supported' });
  expect(before.claims[5]!.missing).toContain('valley-floor study');

  const request = analysisRequestSchema.parse({ kind: 'valley-floor' });
  const studies = runs.map((run) => store.createAnalysis(store.runs.key(run), request).record.analysis);
  expect((await evaluate(runs)).claims[5]!.verdict).toBe('not-enough');
  for (const analysis of studies) store.analyses.change(analysis, { status: 'finished', result: floorResult() });
  const after = (await evaluate(runs)).claims[5]!;
  // the segment whose loss was lost is the one whose end did not settle
  expect(after).toMatchObject({
    verdict: 'supported',
    statistics: [{ value: 0 }, { iterations: 90 }, { iterations: 90 }],
  });
  expect(after.statistics[1]!.value).toBeCloseTo(1 / 3, 12);
});

it('of a run that is not there is missing', () => {
  expect(() => evaluate(['nothing'])).toThrow(expect.objectContaining({ kind: 'missing' }));
});
