/** What labels tell of classes. */
import type { RawExamples } from './raw.ts';

/**
 * The classes of labels that leave numbers out, as EMNIST's letters leave out 0: labels stay as they are written and name their classes.
 * Without gaps the numbers need no names.
 */
export function namesOfLabels(labels: Uint8Array): Pick<RawExamples, 'classNames' | 'reading'> {
  const used = new Set(labels);
  const all = Array.from({ length: Math.max(...used) + 1 }, (_, label) => label);
  const absent = all.filter((label) => !used.has(label));
  if (absent.length === 0) return { classNames: null };
  const shown =
    absent.length > 8 ? `${absent.slice(0, 8).join(', ')} and ${absent.length - 8} more` : absent.join(', ');
  return {
    classNames: all.map(String),
    reading: {
      notes: [
        `labels ${Math.min(...used)} to ${Math.max(...used)} as they are written, each the name of its class; no example has the label ${shown}, a class of its own all the same`,
      ],
      leftOut: [],
    },
  };
}
