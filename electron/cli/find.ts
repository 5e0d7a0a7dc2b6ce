/** How things of the store are named in the terminal: by id, the beginning or end of it, or name, as long as only one fits. */
import { ValleywalkError } from '../../shared/errors.ts';

/** What a kind of thing is called, and which command lists it. */
interface Words {
  one: string;
  many: string;
  list: string;
}

/** Finds the thing that is meant. @throws ValleywalkError kind `missing` when none or several fit, naming those that do */
export function find<T extends { name: string }>(
  all: readonly T[],
  idOf: (thing: T) => string,
  meant: string,
  words: Words,
): T {
  const exact = all.find((thing) => idOf(thing) === meant);
  if (exact) return exact;
  const fitting = all.filter(
    (thing) => thing.name === meant || (meant !== '' && (idOf(thing).startsWith(meant) || idOf(thing).endsWith(meant))),
  );
  if (fitting.length === 1) return fitting[0]!;
  const list = fitting.map((thing) => `${idOf(thing)} (${thing.name})`).join(', ');
  throw new ValleywalkError(
    'missing',
    fitting.length === 0
      ? `there is no ${words.one} ${meant}; ${words.list} shows what there is`
      : `${meant} may be any of ${fitting.length} ${words.many}: ${list}; use an id`,
  );
}
