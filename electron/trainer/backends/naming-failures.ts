/** Failures that say where they happened. */
import type { Backend } from './backend.ts';

/** The same backend, whose failures name it and its device. */
export function namingFailures(backend: Backend): Backend {
  const named = (doing: string, error: unknown): Error => {
    const { name, device } = backend.describe();
    const cause = error instanceof Error ? error.message : String(error);
    return new Error(`the backend ${name}${device ? ` (${device})` : ''} failed while ${doing}: ${cause}`, {
      cause: error,
    });
  };
  return {
    ...backend,
    async compile(outputs, known) {
      const executable = await backend.compile(outputs, known).catch((error: unknown) => {
        throw named('preparing a network', error);
      });
      return {
        run: (feeds, into) =>
          executable.run(feeds, into).catch((error: unknown) => {
            throw named('computing', error);
          }),
        dispose: () => executable.dispose(),
      };
    },
  };
}
