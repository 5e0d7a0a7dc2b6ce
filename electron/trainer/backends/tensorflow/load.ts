/** Finds and loads the TensorFlow that is installed, only when asked for: it is large, and most machines have none. */
import { createRequire } from 'node:module';
import util from 'node:util';
import type { Backend } from '../backend.ts';
import { nvidia } from '../nvidia.ts';
import { trial } from '../trial.ts';
import { tensorflowBackend } from './tensorflow.ts';
import type { Tfjs } from './translations.ts';

/** As much of tfjs-node as is used beside tfjs itself. */
interface TfjsNode extends Tfjs {
  version: Record<string, string>;
}

/** The packages that bring it, the better first. */
const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

const how =
  'npm run setup:cuda installs @tensorflow/tfjs-node-gpu (Linux or Windows x64, NVIDIA driver, CUDA 11 and cuDNN 8)';

/**
 * Opens TensorFlow and lets it compute a trial.
 * @param load loads a package by name; Node's own way unless told otherwise
 * @throws Error with a sentence: why it cannot be used, and how to get it.
 */
export async function tensorflow(load: (name: string) => unknown = createRequire(import.meta.url)): Promise<Backend> {
  // products in full float32: CUDA's libraries read this when they load
  process.env['NVIDIA_TF32_OVERRIDE'] = '0';
  // and TensorFlow takes a GPU's whole memory for itself unless told not to
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  // libtensorflow writes pages about itself to standard error otherwise
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  mendUtil();
  const failures: string[] = [];
  for (const name of packages) {
    let tf: TfjsNode;
    try {
      tf = load(name) as TfjsNode;
    } catch (error) {
      if (!isAbsent(error, name)) failures.push(`${name} is installed but does not load (${firstLine(error)})`);
      continue;
    }
    try {
      await tf.setBackend('tensorflow');
      await tf.ready();
      const { isUsingGpuDevice: onGpu } = tf.backend() as unknown as { isUsingGpuDevice?: boolean };
      const device = onGpu
        ? `GPU by TensorFlow${named(nvidia())}`
        : `Processor by TensorFlow${name.endsWith('-gpu') ? ', which found no GPU that it can use' : ''}`;
      const backend = tensorflowBackend(tf, { device, versions: versionsOf(tf) });
      await trial(backend);
      return backend;
    } catch (error) {
      failures.push(`${name} was tried and failed (${firstLine(error)})`);
    }
  }
  throw new Error(`${failures.length > 0 ? failures.join('; ') : 'neither of its packages is installed'}; ${how}`);
}

function named(gpu: string | null): string {
  return gpu === null ? '' : ` (in this machine: ${gpu})`;
}

function versionsOf({ version }: TfjsNode): Record<string, string> {
  return Object.fromEntries(
    Object.entries(version).filter(([name]) => name === 'tfjs-core' || name === 'tensorflow' || name === 'tfjs-node'),
  );
}

/** tfjs-node 4.22 calls two functions of node:util that Node 23 removed; they are put back as they were documented. */
function mendUtil(): void {
  const gone = util as unknown as Record<string, unknown>;
  gone['isNullOrUndefined'] ??= (value: unknown): boolean => value === null || value === undefined;
  gone['isArray'] ??= Array.isArray;
}

/** Whether a package is not there at all, as against one that is there and lacks something itself. */
function isAbsent(error: unknown, name: string): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return code === 'MODULE_NOT_FOUND' && (message ?? '').startsWith(`Cannot find module '${name}'`);
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .split('\n')[0]!
    .trim()
    .replace(/[.;,]$/, '');
}
