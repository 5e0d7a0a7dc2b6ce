/** Which runtime the workbench and the trainers get: Electron's own, or a Node binary where Electron's is too old. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hasNodeApi, neededNode, neededNodeApi } from '../processes/node-api.ts';

/** `utility`: Electron's utility processes; otherwise the path of a Node binary. */
export type Runtime = { kind: 'utility' } | { kind: 'node'; node: string };

/**
 * Chooses the runtime: VALLEYWALK_NODE when set, else Electron itself when it is new enough, else the Node of the project
 * or the one packaged beside the app.
 * @throws Error with a sentence when Electron is too old and there is no Node.
 */
export function chooseRuntime(environment: NodeJS.ProcessEnv, root: string, resourcesPath: string): Runtime {
  const named = environment['VALLEYWALK_NODE'];
  if (named) {
    if (!existsSync(named))
      throw new Error(`VALLEYWALK_NODE names ${named}, which is not there; unset it or correct it.`);
    return { kind: 'node', node: named };
  }
  if (hasNodeApi(process.versions['napi'])) return { kind: 'utility' };
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const candidates = [join(root, 'node_modules', 'node', 'bin', name), join(resourcesPath, 'node', 'bin', name)];
  const node = candidates.find((candidate) => existsSync(candidate));
  if (!node)
    throw new Error(
      `Electron ${process.versions['electron']} is too old for the run store (Node-API ${process.versions['napi']}, ` +
        `${neededNodeApi} is needed) and no Node was found beside it. Set VALLEYWALK_NODE to ${neededNode}.`,
    );
  return { kind: 'node', node };
}
