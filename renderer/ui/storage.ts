/** What this window remembers: small values in localStorage, harmless where there is none. */

/** Reads a remembered value; undefined where there is none or it is damaged. */
export function recall(key: string): unknown {
  try {
    const text = localStorage.getItem(`valleywalk.${key}`);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Remembers a value. */
export function remember(key: string, value: unknown): void {
  try {
    localStorage.setItem(`valleywalk.${key}`, JSON.stringify(value));
  } catch {
    // a full or forbidden storage only means that nothing is remembered
  }
}
