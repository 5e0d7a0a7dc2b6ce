/** Lists that somebody puts in order. */

/** A list with the entry at one place moved to another; as it is where there is no such place. */
export function withMoved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = [...list];
  const [moved] = from >= 0 && from < list.length && to >= 0 && to < list.length ? rest.splice(from, 1) : [];
  if (moved !== undefined) rest.splice(to, 0, moved);
  return rest;
}
