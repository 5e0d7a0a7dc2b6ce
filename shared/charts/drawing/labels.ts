/** What runs are called in legends: their names, told apart where several runs share one. */
import type { RunRecord } from '../../records.ts';

/** One label for each run, all different: the name, then the seed, then a number where those coincide. */
export function runLabels(runs: readonly Pick<RunRecord, 'name' | 'seed'>[]): string[] {
  const named = distinguish(
    runs.map(({ name }) => name.replace(/\s+/g, ' ')),
    (label, index) => `${label}, seed ${runs[index]!.seed}`,
  );
  const seen = new Map<string, number>();
  return named.map((label, index) => {
    if (named.indexOf(label) === index && named.lastIndexOf(label) === index) return label;
    const number = (seen.get(label) ?? 0) + 1;
    seen.set(label, number);
    return `${label} (${number})`;
  });
}

/** Changes the labels that occur more than once. */
function distinguish(labels: string[], change: (label: string, index: number) => string): string[] {
  return labels.map((label, index) =>
    labels.indexOf(label) === index && labels.lastIndexOf(label) === index ? label : change(label, index),
  );
}
