/** Results that are made once for each thing that they are of. */

/** A function whose results are kept for as long as what they are of is there, which must not change in place. */
export function keptBy<K extends object, V extends NonNullable<unknown>>(make: (of: K) => V): (of: K) => V {
  const kept = new WeakMap<K, V>();
  return (of) => {
    const known = kept.get(of);
    if (known !== undefined) return known;
    const made = make(of);
    kept.set(of, made);
    return made;
  };
}
