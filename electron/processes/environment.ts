/** The environment that child processes get. */

const dropped = /^(NODE_|ELECTRON_|npm_|VITEST|ORIGINAL_XDG|CHROME_DESKTOP)/;

/** A copy of an environment without what would change how a child Node or Electron behaves. */
export function cleanEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !dropped.test(entry[0]),
    ),
  );
}
