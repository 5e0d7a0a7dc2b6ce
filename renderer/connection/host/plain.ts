/** What a view holds as what can be sent. */

/**
 * Copies lists and plain objects, at every depth, so that a message holds none of Vue's reactive proxies: a MessagePort refuses to
 * clone those. Everything else (typed arrays too) is passed on as it is.
 */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (Object.prototype.toString.call(value) !== '[object Object]') return value;
  return Object.fromEntries(Object.entries(value as object).map(([key, each]) => [key, plain(each)]));
}
