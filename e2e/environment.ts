/** The environment of a Valleywalk under test: the machine's, without what its user has set Valleywalk to. */

/**
 * Variables for a Valleywalk on a store. A person who set a Python or a TensorFlow of their own, or continuous integration that has one for
 * other tests, would otherwise see other words on the screen than a newcomer does.
 */
export function environmentOf(store: string): Record<string, string> {
  const machine = Object.entries(process.env).filter(([name]) => !name.startsWith('VALLEYWALK_')) as [string, string][];
  return { ...Object.fromEntries(machine), VALLEYWALK_STORE: store };
}
