/** How a run is named in the terminal. */
import type { RunRecord } from '../../shared/records.ts';
import { find } from './find.ts';

/** Finds the run that is meant. @throws ValleywalkError kind `missing` when none or several fit, naming those that do */
export function findRun(runs: readonly RunRecord[], meant: string): RunRecord {
  return find(runs, ({ run }) => run, meant, { one: 'run', many: 'runs', list: 'valleywalk list' });
}
