/** Finds and loads the TensorFlow that is installed, only when asked for: it is large, and most machines have none. */
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
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

/** Variable of the environment that names a folder with one of the packages in its node_modules, ready to load. */
const folderVariable = 'VALLEYWALK_TENSORFLOW';

/** Where packages are looked for: what is loaded for each name, and the words of a failure. */
interface Place {
  module(name: string): string;
  /** Follows a package's name. */
  inside: string;
  /** None of the packages is there. */
  nothing: string;
  /** What to do about a failure. */
  how: string;
}

/** The packages that Node finds by itself. */
const found: Place = {
  module: (name) => name,
  inside: '',
  nothing: 'neither of its packages is installed',
  how: 'valleywalk setup tensorflow takes it out of a Python environment or a wheel (Linux x64)',
};

/** A folder that somebody named: it alone is looked into, so that what computes is never another library than the one meant. */
function inFolder(folder: string): Place {
  const modules = join(resolve(folder), 'node_modules');
  return {
    module: (name) => join(modules, name),
    inside: ` in ${modules}`,
    nothing: `neither ${packages.join(' nor ')} is in ${modules}`,
    how: `${folderVariable} names that folder; let it name one whose package loads, or unset it for the packages that Node finds`,
  };
}

/**
 * Opens TensorFlow and lets it compute a trial.
 * @param load loads a module by name or path; Node's own way unless told otherwise
 * @param folder whose node_modules is looked into, alone; what VALLEYWALK_TENSORFLOW says unless told otherwise, and the packages
 *   that Node finds where that is empty
 * @throws Error with a sentence: why it cannot be used, the folder where one was named, and how to get it.
 */
export async function tensorflow(
  load: (module: string) => unknown = createRequire(import.meta.url),
  folder: string = process.env[folderVariable] ?? '',
): Promise<Backend> {
  const place = folder === '' ? found : inFolder(folder);
  // products in full float32: CUDA's libraries and oneDNN read this when they load
  process.env['NVIDIA_TF32_OVERRIDE'] = '0';
  process.env['ONEDNN_DEFAULT_FPMATH_MODE'] = 'STRICT';
  // and TensorFlow takes a GPU's whole memory for itself unless told not to
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  // libtensorflow writes pages about itself to standard error otherwise
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  mendUtil();
  const failures: string[] = [];
  for (const name of packages) {
    const module = place.module(name);
    let tf: TfjsNode;
    try {
      tf = load(module) as TfjsNode;
    } catch (error) {
      if (!isAbsent(error, module))
        failures.push(`${name}${place.inside} is installed but does not load (${firstLine(error)})`);
      continue;
    }
    try {
      if (!(await tf.setBackend('tensorflow')))
        throw new Error('its backend tensorflow does not start, and tfjs would compute with another');
      await tf.ready();
      const { isUsingGpuDevice: onGpu } = tf.backend() as unknown as { isUsingGpuDevice?: boolean };
      const device = onGpu
        ? `GPU by TensorFlow${named(nvidia())}`
        : `Processor by TensorFlow${name.endsWith('-gpu') ? ', which found no GPU that it can use' : ''}`;
      const backend = tensorflowBackend(tf, { device, versions: versionsOf(tf) }, { memory: onGpu === true });
      await trial(backend);
      return backend;
    } catch (error) {
      failures.push(`${name}${place.inside} was tried and failed (${firstLine(error)})`);
    }
  }
  throw new Error(`${failures.length > 0 ? failures.join('; ') : place.nothing}; ${place.how}`);
}

function named(gpu: string | null): string {
  return gpu === null ? '' : ` (in this machine: ${gpu})`;
}

/** Versions of tfjs, of its binding, and of the library, which only the binding tells. */
function versionsOf(tf: TfjsNode): Record<string, string> {
  const { binding } = tf.backend() as unknown as { binding?: { TF_Version?: string } };
  return Object.fromEntries(
    Object.entries({ ...tf.version, tensorflow: binding?.TF_Version ?? tf.version['tensorflow'] }).filter(
      (entry): entry is [string, string] =>
        ['tfjs-core', 'tensorflow', 'tfjs-node'].includes(entry[0]) && entry[1] !== undefined,
    ),
  );
}

/** tfjs-node 4.22 calls two functions of node:util that Node 23 removed; they are put back as they were documented. */
function mendUtil(): void {
  const gone = util as unknown as Record<string, unknown>;
  gone['isNullOrUndefined'] ??= (value: unknown): boolean => value === null || value === undefined;
  gone['isArray'] ??= Array.isArray;
}

/** Whether a package is not there at all, as against one that is there and lacks something itself. */
function isAbsent(error: unknown, module: string): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return code === 'MODULE_NOT_FOUND' && (message ?? '').startsWith(`Cannot find module '${module}'`);
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .split('\n')[0]!
    .trim()
    .replace(/[.;,]$/, '');
}
