/** Names that somebody may have meant. */

/** Names at most this many letters away are near. */
const near = 2;

/** Of names those that are a few letters away, the nearest first, at most three; whatever the case. */
export function nearest(wanted: string, names: readonly string[]): string[] {
  return names
    .filter((name) => Math.abs(name.length - wanted.length) <= near)
    .map((name) => ({ name, steps: editDistance(wanted.toLowerCase(), name.toLowerCase()) }))
    .filter(({ steps }) => steps <= near)
    .sort((a, b) => a.steps - b.steps)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** `did you mean batchSize or batchNorm?`; null where there is no name. */
export function didYouMean(names: readonly string[]): string | null {
  return names.length > 0 ? `did you mean ${names.join(' or ')}?` : null;
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
