/** The list of a comparison's lines beside the charts: their order, and what tells the runs of each apart. */
import { knownSettings } from '../../shared/records.ts';
import type { RunRecord } from '../../shared/records.ts';
import { settingWords } from '../../shared/setting-words.ts';
import { differingSettings, formatSetting } from '../../shared/runs/settings.ts';
import { statusWords } from '../../shared/runs/status-words.ts';
import type { ComparedLine } from './compared-runs.ts';

/** Settings that are told of one run; the table below the charts has all of them. */
const mostSettings = 4;

/** Lines with what is pinned first, within lines and among them; otherwise in their own order. */
export function pinnedFirst(lines: readonly ComparedLine[], pinned: ReadonlySet<string>): ComparedLine[] {
  const isFree = ({ run }: RunRecord): number => (pinned.has(run) ? 0 : 1);
  const sorted = lines.map((line) => ({ ...line, runs: [...line.runs].sort((a, b) => isFree(a) - isFree(b)) }));
  return sorted.sort((a, b) => isFree(a.runs[0]!) - isFree(b.runs[0]!));
}

/** What tells the runs of a comparison apart. */
export interface TellingSettings {
  /** Titles of the settings, in order. */
  titles: string[];
  /** By run, the value of each, `–` where it is not known. */
  values: ReadonlyMap<string, string[]>;
  /** By run the same in words, `learning rate 0.5 · seed 2`. */
  words: ReadonlyMap<string, string>;
}

/** The settings in which runs differ, up to a few, the seed last. @param group settings that tell groups, which are left out */
export function tellingSettings(runs: readonly RunRecord[], group: readonly string[]): TellingSettings {
  const rows = differingSettings(runs.map(knownSettings))
    .filter(({ field }) => !group.includes(field.path))
    .slice(0, mostSettings);
  const byRun = <T>(make: (index: number) => T): Map<string, T> =>
    new Map(runs.map(({ run }, index) => [run, make(index)]));
  return {
    titles: rows.map(({ field }) => field.title),
    values: byRun((index) => rows.map(({ field, values }) => formatSetting(field.path, values[index]))),
    words: byRun((index) =>
      rows
        .flatMap(({ field, values }) => (values[index] === undefined ? [] : [settingWords(field, values[index])]))
        .join(' · '),
    ),
  };
}

/** The status of a run where it is worth a word: finished is what runs are. */
export function unfinished({ status }: RunRecord): string {
  return status === 'finished' ? '' : statusWords[status].toLowerCase();
}

/** What stands under the name of a run: its status where that is worth a word, and what tells it apart, unless that is one value and the name. */
export function underName(run: RunRecord, values: readonly string[], words: string): string {
  // one value by itself would be a riddle; the titles of several stand above the list
  const told = values.length > 1 ? values : [run.name === words ? '' : words];
  return [unfinished(run), ...told].filter(Boolean).join(' · ');
}
