/** Finding by a few letters: every letter of the query must occur in order; letters that begin words or follow each other count more. */

/**
 * How well a text answers a query; null when it does not.
 * @param query any letters; spaces separate parts that may stand in any order
 * @returns higher is better; 0 for an empty query
 */
export function fuzzyScore(query: string, text: string): number | null {
  const within = plain(text);
  let score = 0;
  for (const part of plain(query).split(/\s+/).filter(Boolean)) {
    const one = partScore(part, within);
    if (one === null) return null;
    score += one;
  }
  return score;
}

/** Lower case, without accents. */
function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Points of one part: the best of a whole find and of its letters strewn in order. */
function partScore(part: string, text: string): number | null {
  if (text.includes(part)) {
    const bonus = beginsAt(text, 0, part) ? 6 : wordBegins(text, part) ? 4 : 0;
    return part.length * 4 + bonus - text.length / 200;
  }
  let score = 0;
  let from = 0;
  for (const letter of part) {
    const found = text.indexOf(letter, from);
    if (found < 0) return null;
    if (beginsAt(text, found, letter)) score += 2;
    else if (found === from && from > 0) score += 1;
    else score -= Math.min(1, (found - from) / 20);
    from = found + letter.length;
  }
  // letters strewn without a pattern are no find
  return score >= part.length * 0.5 ? score - text.length / 200 : null;
}

/** Whether a part stands at a place that begins a word. */
function beginsAt(text: string, at: number, part: string): boolean {
  return text.startsWith(part, at) && (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1]!));
}

function wordBegins(text: string, part: string): boolean {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) if (beginsAt(text, at, part)) return true;
  return false;
}

/** The entries that answer a query, best first and otherwise in their order; all of them for an empty query. */
export function fuzzyFind<T>(query: string, entries: readonly T[], textOf: (entry: T) => string): T[] {
  return entries
    .flatMap((entry, index) => {
      const score = fuzzyScore(query, textOf(entry));
      return score === null ? [] : [{ entry, index, score }];
    })
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ entry }) => entry);
}
