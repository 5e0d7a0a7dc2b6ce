/** Requests about the paper's claims. */
import { evaluateClaims } from '../../../shared/claims/index.ts';
import type { FloorStudy } from '../../../shared/claims/index.ts';
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
        floors: unique.flatMap((run) => floorStudy(store, run)),
      });
    },
  };
}

/** A run's newest valley-floor study; none where there is no finished one. Segments without a finite loss are left out. */
function floorStudy({ analyses, runs }: Store, run: string): FloorStudy[] {
  for (const { record } of analyses.list(runs.key(run))) {
    if (record.request.kind !== 'valley-floor' || record.status !== 'finished') continue;
    const result = analyses.result(record.analysis);
    if (result?.kind !== 'valley-floor') continue;
    const settled = new Set(result.floors.filter(({ ended }) => ended === 'settled').map(({ iteration }) => iteration));
    const segments = result.segments
      .filter(({ walk, floor }) => walk.barrier !== null && floor.barrier !== null)
      .map(({ from, to, walk, floor }) => ({
        floor: floor.has_barrier,
        walk: walk.has_barrier,
        settled: settled.has(from) && settled.has(to),
        floor_length: floor.length,
        walk_length: walk.length,
      }));
    return [{ run, segments }];
  }
  return [];
}
