/** The list of a comparison's lines beside the charts: their order, and what tells the runs of each apart. */
import { knownSettings } from '../../shared/records.ts';
import type { RunRecord } from '../../shared/records.ts';
import { settingWords } from '../../shared/setting-words.ts';
import { differingSettings } from '../../shared/runs/settings.ts';
import { statusWords } from '../ui/format.ts';
import type { ComparedLine } from './compared-runs.ts';

/** Settings that are told of one run; the table below the charts has all of them. */
const mostSettings = 4;

/** Lines with what is pinned first, within lines and among them; otherwise in their own order. */
export function pinnedFirst(lines: readonly ComparedLine[], pinned: ReadonlySet<string>): ComparedLine[] {
  const isFree = ({ run }: RunRecord): number => (pinned.has(run) ? 0 : 1);
  const sorted = lines.map((line) => ({ ...line, runs: [...line.runs].sort((a, b) => isFree(a) - isFree(b)) }));
  return sorted.sort((a, b) => isFree(a.runs[0]!) - isFree(b.runs[0]!));
}

/**
 * What tells each run apart, as `learning rate 0.5 · seed 2`: the settings in which the runs differ, without those that tell
 * its group; by run, empty where nothing differs.
 */
export function tellingSettings(runs: readonly RunRecord[], group: readonly string[]): Map<string, string> {
  const rows = differingSettings(runs.map(knownSettings)).filter(({ field }) => !group.includes(field.path));
  const told = rows.slice(0, mostSettings);
  return new Map(
    runs.map(({ run }, index) => [
      run,
      told
        .flatMap(({ field, values }) => (values[index] === undefined ? [] : [settingWords(field, values[index])]))
        .join(' · '),
    ]),
  );
}

/** The status of a run where it is worth a word: finished is what runs are. */
export function unfinished({ status }: RunRecord): string {
  return status === 'finished' ? '' : statusWords[status].toLowerCase();
}
