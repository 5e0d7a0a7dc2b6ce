/** The backends by name. */
import { backendNames, backendTitles, isBackendName } from '../../../shared/backends.ts';
import type { BackendName } from '../../../shared/backends.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { BackendInfo } from '../../../shared/trainer-messages.ts';
import type { Backend } from './backend.ts';
import { onnxCpu } from './onnx/onnx.ts';
import { onnxProvider } from './onnx/providers.ts';
import { pytorch } from './pytorch/load.ts';
import { tensorflow } from './tensorflow/load.ts';
import { namingFailures } from './naming-failures.ts';
import { trial } from './trial.ts';

/** Opens each; all but the processor's are tried by that, and throw a sentence that says why they cannot be used. */
const openers: Readonly<Record<BackendName, (threads?: number) => Backend | Promise<Backend>>> = {
  cpu: (threads) => onnxCpu(threads),
  webgpu: () => onnxProvider('webgpu'),
  cuda: () => onnxProvider('cuda'),
  directml: () => onnxProvider('directml'),
  coreml: () => onnxProvider('coreml'),
  tensorflow: () => tensorflow(),
  pytorch: (threads) => pytorch(threads),
};

/** What a backend is and whether it computes here, found out by letting it compute; never throws. */
export async function describeBackend(name: BackendName): Promise<BackendInfo> {
  try {
    const backend = await openers[name]();
    if (name === 'cpu') await trial(backend);
    return backend.describe();
  } catch (error) {
    return { ...unavailable, name, title: backendTitles[name], reason: said(error) };
  }
}

const unavailable = { available: false, device: null, versions: {} };

/**
 * Opens a backend by name; what fails in it later says on which backend and device.
 * @param threads threads that compute, where the backend lets them be chosen; all cores when left out
 * @throws ValleywalkError `input` when there is none of that name or it cannot be used here.
 */
export async function openBackend(name: string, threads?: number): Promise<Backend> {
  if (!isBackendName(name))
    throw new ValleywalkError('input', `there is no backend "${name}"; Valleywalk knows ${backendNames.join(', ')}`);
  try {
    return namingFailures(await openers[name](threads));
  } catch (error) {
    throw new ValleywalkError('input', `the backend ${name} cannot be used here: ${said(error)}`);
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
