/** Which lines of a comparison are seen: some are hidden, or one is shown alone; as the address says it. */
import type { LocationQueryValue } from 'vue-router';

/** What one look belongs to: a run, or a group of runs. */
interface Line {
  /** The run's id, or the group's key. */
  key: string;
  runs: readonly { run: string }[];
}

/** What is hidden; keys are those of lines, or of single runs of a group, which its mean then leaves out. */
export interface Visibility {
  hide: readonly string[];
  /** The one that is shown alone, also where it is hidden otherwise; null where none is. */
  solo: string | null;
}

/** Every key that means something in a comparison. */
const knownKeys = (lines: readonly Line[]): Set<string> =>
  new Set(lines.flatMap(({ key, runs }) => [key, ...runs.map(({ run }) => run)]));

/** Whether a key is a group's, the JSON of a list (groupRuns), and not a run's. */
const isGroupKey = (key: string): boolean => key.startsWith('[');

/** Ids of the runs that a key means: those of a line, or one run. */
function meantBy(lines: readonly Line[], key: string): string[] {
  const line = lines.find((one) => one.key === key);
  if (line) return line.runs.map(({ run }) => run);
  return lines.some(({ runs }) => runs.some(({ run }) => run === key)) ? [key] : [];
}

/** Ids of the runs that are not seen. What is to be shown alone and is not there hides nothing. */
export function hiddenRuns(lines: readonly Line[], { hide, solo }: Visibility): Set<string> {
  const alone = new Set(solo === null ? [] : meantBy(lines, solo));
  const hidden = new Set(hide);
  return new Set(
    lines.flatMap(({ key, runs }) =>
      runs
        .map(({ run }) => run)
        .filter((run) => (alone.size > 0 ? !alone.has(run) : hidden.has(key) || hidden.has(run))),
    ),
  );
}

/** Hides exactly some runs: lines of which none is left by their own keys, so that a run that joins one of them is hidden, too. */
function hidingThese(lines: readonly Line[], hidden: ReadonlySet<string>, before: readonly string[]): Visibility {
  const known = knownKeys(lines);
  const now = lines.flatMap(({ key, runs }) => {
    const gone = runs.map(({ run }) => run).filter((run) => hidden.has(run));
    return gone.length > 0 && gone.length === runs.length ? [key] : gone;
  });
  // what is not in the comparison at present is hidden when it comes back
  return { hide: [...before.filter((key) => !known.has(key)), ...now], solo: null };
}

/** Hides a line or a run, or shows it where nothing of it is seen; what was shown alone is shown with what is seen from now on. */
export function toggleHidden(lines: readonly Line[], visibility: Visibility, key: string): Visibility {
  const hidden = hiddenRuns(lines, visibility);
  const meant = meantBy(lines, key);
  const isHidden = meant.every((run) => hidden.has(run));
  for (const run of meant)
    if (isHidden) hidden.delete(run);
    else hidden.add(run);
  return hidingThese(lines, hidden, visibility.hide);
}

/** Shows a line or a run alone; where it was, what was seen before. */
export function toggleSolo({ hide, solo }: Visibility, key: string): Visibility {
  return { hide, solo: solo === key ? null : key };
}

/** The same runs hidden, each by its own key: for other groups, where keys of these mean nothing. */
export function regrouped(lines: readonly Line[], visibility: Visibility): Visibility {
  const known = knownKeys(lines);
  const elsewhere = visibility.hide.filter((key) => !known.has(key) && !isGroupKey(key));
  return { hide: [...elsewhere, ...hiddenRuns(lines, visibility)], solo: null };
}

/** Keys as they stand in an address, separated by commas; those within a key are escaped. */
export function keysText(keys: readonly string[]): string | undefined {
  return keys.length === 0 ? undefined : keys.map((key) => key.replace(/[%,]/g, encodeURIComponent)).join(',');
}

/** Keys of an address, each once. */
export function keysOf(query: LocationQueryValue | LocationQueryValue[] | undefined): string[] {
  const unescaped = (text: string): string =>
    text.replace(/%(2C|25)/gi, (_, code: string) => (code === '25' ? '%' : ','));
  return [
    ...new Set(
      String(query ?? '')
        .split(',')
        .filter(Boolean)
        .map(unescaped),
    ),
  ];
}
