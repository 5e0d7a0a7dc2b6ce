/** The backends by name. */
import { ValleywalkError } from '../../../shared/protocol.ts';
import type { BackendInfo } from '../../../shared/trainer-messages.ts';
import type { Backend } from './backend.ts';
import { onnxCpu } from './onnx/onnx.ts';

const backends: Readonly<Record<string, () => Backend>> = { cpu: () => onnxCpu() };

/** Every backend, with its device and whether it can be used here. */
export function describeBackends(): BackendInfo[] {
  return Object.values(backends).map((create) => create().describe());
}

/**
 * Opens a backend by name.
 * @throws ValleywalkError `input` when there is none of that name or it cannot be used here.
 */
export function openBackend(name: string): Backend {
  const create = Object.hasOwn(backends, name) ? backends[name] : undefined;
  if (!create)
    throw new ValleywalkError(
      'input',
      `there is no backend "${name}"; this installation has ${Object.keys(backends).join(', ')}`,
    );
  return create();
}
