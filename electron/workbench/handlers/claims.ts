/** Requests about the paper's claims. */
import { evaluateClaims } from '../../../shared/claims/index.ts';
import type { FloorBarriers } from '../../../shared/claims/index.ts';
import type { Handlers } from '../../../shared/protocol.ts';
import type { Context } from '../context.ts';
import type { Store } from '../store/store.ts';

/** Handlers of `claims.*`. */
export function claimHandlers({ source, store }: Context): Pick<Handlers, 'claims.evaluate'> {
  return {
    'claims.evaluate': ({ runs }) => {
      const unique = [...new Set(runs)];
      return evaluateClaims({
        runs: unique.map((id) => {
          const { run, name, status, experiment, imported } = source.run(id);
          return {
            run,
            name,
            status,
            experiment,
            imported,
            iterations: source.iterations(id),
            epochs: source.epochs(id),
          };
        }),
        floors: unique.flatMap((run) => floorBarriers(store, run)),
      });
    },
  };
}

/** Barriers of a run's newest valley-floor study; none where there is no finished one. Segments without a finite loss are left out. */
function floorBarriers({ analyses, runs }: Store, run: string): FloorBarriers[] {
  for (const { record } of analyses.list(runs.key(run))) {
    if (record.request.kind !== 'valley-floor' || record.status !== 'finished') continue;
    const result = analyses.result(record.analysis);
    if (result?.kind !== 'valley-floor') continue;
    const segments = result.segments.flatMap(({ walk, floor }) =>
      walk.barrier === null || floor.barrier === null ? [] : [{ walk: walk.has_barrier, floor: floor.has_barrier }],
    );
    return [
      {
        run,
        floor: segments.map(({ floor }) => floor),
        walk: segments.map(({ walk }) => walk),
        settled: result.floors.map(({ ended }) => ended === 'settled'),
      },
    ];
  }
  return [];
}
