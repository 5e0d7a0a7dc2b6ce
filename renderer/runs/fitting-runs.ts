/** Which runs a filter lets through, the same for the list of runs and for what reads its filter. */
import type { RunRecord } from '../../shared/records.ts';
import { asksForArchived, readFilter } from '../../shared/runs/filter.ts';
import type { FilterProblem } from '../../shared/runs/filter.ts';

/** A filter that was read. */
export interface FittingRuns {
  /** What it lets through, archived runs only where it asks for them; null where nothing is written or it cannot be read. */
  matches: ((run: RunRecord) => boolean) | null;
  /** What is wrong with it; null when it can be read. */
  problem: FilterProblem | null;
}

/** Reads a filter of runs. @param archived whether archived runs are let through that it does not ask for */
export function fittingRuns(text: string, archived = false): FittingRuns {
  if (text.trim() === '') return { matches: null, problem: null };
  const reading = readFilter(text);
  if (!reading.ok) return { matches: null, problem: reading.problem };
  const all = archived || asksForArchived(text);
  return { matches: (run) => (all || !run.archived) && reading.matches(run), problem: null };
}

/**
 * The filter of what a list shows, for views that read it: archived runs are left out there unless it asks for them, and an
 * empty one lets nothing through. @param archived whether the list shows archived runs, too
 */
export function carriedFilter(text: string, archived: boolean): string {
  const written = text.trim();
  if (asksForArchived(written)) return written;
  const rest = archived ? 'archived in (yes, no)' : written === '' ? 'archived = no' : '';
  return [rest !== '' && written !== '' ? `(${written})` : written, rest].filter(Boolean).join(' and ');
}
