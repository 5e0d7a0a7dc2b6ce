/** How a run is named in the terminal: by its id, the beginning or end of it, or its name, as long as only one run fits. */
import { ValleywalkError } from '../../shared/protocol.ts';
import type { RunRecord } from '../../shared/records.ts';

/**
 * Finds the run that is meant.
 * @throws ValleywalkError kind `missing` when none or several fit, naming those that do
 */
export function findRun(runs: readonly RunRecord[], meant: string): RunRecord {
  const exact = runs.find(({ run }) => run === meant);
  if (exact) return exact;
  const fitting = runs.filter(
    ({ run, name }) => name === meant || (meant !== '' && (run.startsWith(meant) || run.endsWith(meant))),
  );
  if (fitting.length === 1) return fitting[0]!;
  const list = fitting.map(({ run, name }) => `${run} (${name})`).join(', ');
  throw new ValleywalkError(
    'missing',
    fitting.length === 0
      ? `there is no run ${meant}; valleywalk list shows what there is`
      : `${meant} may be any of ${fitting.length} runs: ${list}; use an id`,
  );
}
