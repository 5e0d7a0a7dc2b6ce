/** ONNX Runtime's execution providers for GPUs: each a backend where its files are there and it computes. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type * as ort from 'onnxruntime-node';
import { backendTitles } from '../../../../shared/backends.ts';
import type { Backend } from '../backend.ts';
import { nvidia } from '../nvidia.ts';
import { trial } from '../trial.ts';
import type { Translations } from './emit.ts';
import { onnxCompiler, onnxVersions } from './onnx.ts';
import { runtime, runtimeFolder, setupFailure } from './runtime.ts';
import { webgpuTranslations } from './webgpu-translations.ts';

/** What is known about a provider before it is tried. */
interface Provider {
  /** Its name in ONNX Runtime. */
  provider: string;
  /** Where it can be at all, and how it is got there, in words that follow a reason. */
  how: string;
  /** The device in words. */
  device: () => string;
  translations?: Partial<Translations>;
}

const providers: Readonly<Record<'webgpu' | 'cuda' | 'directml' | 'coreml', Provider>> = {
  webgpu: {
    provider: 'webgpu',
    how: 'it needs a GPU driver: Vulkan with its loader libvulkan.so.1 on Linux, Direct3D 12 on Windows, Metal on macOS',
    device: webgpuDevice,
    translations: webgpuTranslations,
  },
  cuda: {
    provider: 'cuda',
    how: 'on Linux x64 with an NVIDIA driver, CUDA 12 and cuDNN 9, valleywalk setup cuda fetches the files for it',
    device: () => nvidia() ?? 'NVIDIA GPU',
  },
  directml: {
    provider: 'dml',
    how: 'it comes with Windows 10 and later and a Direct3D 12 driver',
    device: () => 'GPU by DirectML',
  },
  coreml: {
    provider: 'coreml',
    how: 'it comes with macOS',
    device: () => 'Apple hardware by CoreML',
  },
};

/** Name of a backend that an execution provider other than the processor's computes. */
export type ProviderName = keyof typeof providers;

/** What ONNX Runtime says where a session would leave operations to the processor although that is forbidden. */
const leftOver = /fallback to CPU EP has been explicitly disabled/;

/**
 * Opens a provider and lets it compute a trial. Sessions are first asked to leave nothing to the processor; where a graph cannot be
 * had so, the device's description says that some operations run there.
 * @throws Error with a sentence: why it cannot be used, and how to get it.
 */
export async function onnxProvider(name: ProviderName): Promise<Backend> {
  const { provider, how, device, translations = {} } = providers[name];
  // matrix products in full float32: CUDA's libraries read this when they load
  if (name === 'cuda') process.env['NVIDIA_TF32_OVERRIDE'] = '0';
  const missing = absence(name);
  if (missing) throw new Error(`${missing}; ${how}`);
  const options: ort.InferenceSession.SessionOptions = {
    executionProviders: [provider],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // what goes wrong is thrown too
    logSeverityLevel: 4,
  };
  const whole = onnxCompiler({ ...options, extra: { session: { disable_cpu_ep_fallback: '1' } } }, () => ({
    translations,
  }));
  const partly = onnxCompiler(options, () => ({ translations }));
  let some = false;
  const backend: Backend = {
    describe: () => ({
      name,
      title: backendTitles[name],
      available: true,
      device: `${device()}${some ? ', some operations on the processor' : ''}`,
      versions: onnxVersions(),
      reason: null,
    }),
    async compile(outputs, known) {
      if (!some)
        try {
          return await whole(outputs, known);
        } catch (error) {
          if (!leftOver.test(String(error))) throw error;
          some = true;
        }
      return partly(outputs, known);
    },
  };
  try {
    await trial(backend);
  } catch (error) {
    throw new Error(`it was tried and failed (${brief(error)}); ${how}`);
  }
  return backend;
}

/** Why a provider cannot even be tried; null where it can. */
function absence(name: ProviderName): string | null {
  const { provider } = providers[name];
  const entry = runtime.listSupportedBackends().find((each) => each.name === provider);
  const here = `${process.platform} ${process.arch}`;
  if (!entry) return `ONNX Runtime has no such provider for ${here}`;
  // only CUDA's files come apart from the package
  if (name === 'cuda' && !entry.bundled && !existsSync(join(runtimeFolder, cudaLibrary)))
    return setupFailure ?? "ONNX Runtime's CUDA files are not installed";
  return null;
}

const cudaLibrary =
  process.platform === 'win32' ? 'onnxruntime_providers_cuda.dll' : 'libonnxruntime_providers_cuda.so';

/** The runtime's own words without its source files and functions, and on one line. */
function brief(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const said = text.replace(/^[\s\S]* was false\. /, '').replaceAll(/\s+/g, ' ');
  return said.trim().replace(/[.;,]$/, '');
}

/** WebGPU picks the GPU and does not tell which through ONNX Runtime; what is known otherwise is told. */
function webgpuDevice(): string {
  const drivers = process.env['VK_DRIVER_FILES'] ?? process.env['VK_ICD_FILENAMES'] ?? '';
  if (process.platform === 'linux' && /swiftshader/i.test(drivers))
    return 'SwiftShader: Vulkan imitated by the processor';
  const api = { linux: 'Vulkan', win32: 'Direct3D 12', darwin: 'Metal' }[process.platform as string] ?? 'WebGPU';
  const name = nvidia();
  return name ? `GPU by ${api} (in this machine: ${name})` : `GPU by ${api}`;
}
