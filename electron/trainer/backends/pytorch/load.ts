/** Finds and starts the Python with PyTorch that was set up, only when asked for: most machines need none. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { backendTitles } from '../../../../shared/backends.ts';
import type { BackendInfo } from '../../../../shared/trainer-messages.ts';
import type { Backend } from '../backend.ts';
import { trial } from '../trial.ts';
import { startPython } from './process.ts';
import type { Patience, Python } from './process.ts';
import { pytorchBackend } from './pytorch.ts';
import { sharedMemory } from './shared-memory.ts';
import type { SharedMemory } from './shared-memory.ts';

/** The variable of the environment that names the interpreter. */
export const pythonVariable = 'VALLEYWALK_PYTHON';

const how = 'valleywalk setup pytorch finds the Pythons of this machine that have PyTorch, and --python PATH names one';

/** How it is started, for tests of what goes wrong. */
export interface PytorchOptions {
  /** Path of the interpreter; the environment names it unless told. */
  python?: string | undefined;
  /** Memory that both processes share; null sends bytes instead. */
  memory?: SharedMemory | null;
  /** Whether formulas are computed in float64 where the device has it, as usual. */
  double?: boolean;
  patience?: Patience;
  /** Told of the process, once it computes. */
  started?: (python: Python) => void;
}

/**
 * Variables that would have PyTorch round factors of products (NVIDIA's containers set the second), and how glibc keeps memory that was freed (see
 * keep-freed-memory.ts). Threads that have done their share of an operation sleep until the next one: beside other work a thread that waits busily
 * takes the processor from the one that it waits for, and a walk took four times as long (decision 0052). The last one names the environment of another Python, which hands it on to all that it starts.
 */
const environment = {
  NVIDIA_TF32_OVERRIDE: '0',
  TORCH_ALLOW_TF32_CUBLAS_OVERRIDE: '0',
  ONEDNN_DEFAULT_FPMATH_MODE: 'STRICT',
  MALLOC_MMAP_THRESHOLD_: `${32 * 2 ** 20}`,
  MALLOC_TRIM_THRESHOLD_: `${512 * 2 ** 20}`,
  OMP_WAIT_POLICY: process.env['OMP_WAIT_POLICY'] ?? 'PASSIVE',
  __PYVENV_LAUNCHER__: undefined,
};

/**
 * Starts Python, opens PyTorch on its fastest device and lets it compute a trial.
 * @param threads threads that compute on a processor; all cores when left out
 * @throws Error with a sentence: why it cannot be used, and what to do.
 */
export async function pytorch(
  threads: number = availableParallelism(),
  {
    python: interpreter = process.env[pythonVariable],
    memory = sharedMemory(),
    double = true,
    patience,
    started,
  }: PytorchOptions = {},
): Promise<Backend> {
  if (!interpreter) throw new Error(`no Python is set up for it; ${how}`);
  let python: Python | null = null;
  try {
    python = await startPython({
      python: interpreter,
      script: script(),
      parameters: [memory ? 'shared' : 'pipe', `${threads}`, double ? 'double' : 'single'],
      shared: memory?.descriptor ?? null,
      environment,
      ...(patience ? { patience } : {}),
    });
    const { refused, kind, device, python: version, torch } = python.greeting;
    if (refused !== undefined) throw new Error(refusal(python.greeting));
    const info: BackendInfo = {
      name: 'pytorch',
      title: backendTitles.pytorch,
      available: true,
      device: String(device),
      versions: { python: String(version), torch: String(torch) },
      reason: null,
    };
    const backend = pytorchBackend(python, memory, info, kind === 'cpu');
    await trial(backend);
    started?.(python);
    return backend;
  } catch (error) {
    python?.close();
    memory?.close();
    throw new Error(`${interpreter}: ${error instanceof Error ? error.message : String(error)}; ${how}`, {
      cause: error,
    });
  }
}

function refusal({ refused, message, python }: Python['greeting']): string {
  const said = String(message);
  const words: Record<string, string> = {
    absent: `Python ${String(python)} without PyTorch (${said})`,
    old: `its PyTorch is ${said}, and 1.12 or newer is needed`,
    broken: `its PyTorch does not load (${said})`,
  };
  return words[String(refused)] ?? said;
}

/** The file that Python runs: beside this one, or beside the bundle that holds it, and never inside of an archive, which Python cannot read. */
function script(): string {
  const here = import.meta.url;
  if (here.endsWith('.ts')) return fileURLToPath(new URL('worker.py', here));
  const bundled = new URL(here.includes('/chunks/') ? '../pytorch-worker.py' : 'pytorch-worker.py', here);
  return fileURLToPath(bundled).replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
}
