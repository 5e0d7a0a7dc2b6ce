/**
 * Which line of a long list stands in which element: a line that comes into view takes the element of one that went, which is quicker than making
 * one; a line that stays keeps its own, and with it the focus.
 */
export class RecycledRows {
  #elements = new Map<string, number>();
  #made = 0;

  /**
   * The element of each line, as a number; each has one line at a time.
   * @param keys of the lines that are in the page now, each once
   */
  elementsOf(keys: readonly string[]): number[] {
    const before = this.#elements;
    const staying = new Set(keys);
    const free = [...before].filter(([key]) => !staying.has(key)).map(([, element]) => element);
    this.#elements = new Map(keys.map((key) => [key, before.get(key) ?? free.pop() ?? this.#made++]));
    // those that nobody takes are gone from the page
    return [...this.#elements.values()];
  }
}
