/** The compute backends that Valleywalk knows, in the order in which they are listed. Which of them can be used is found out by trying. */
import { model } from './networks/index.ts';
import type { DataShape, NetworkSettings } from './networks/index.ts';

/** Names of the backends, as they are written in commands and stored with runs. */
export const backendNames = ['cpu', 'webgpu', 'cuda', 'directml', 'coreml', 'tensorflow', 'pytorch'] as const;
/** One of them. */
export type BackendName = (typeof backendNames)[number];

/** The backend that is there on every machine, and computes where none was chosen. */
export const defaultBackend: BackendName = 'cpu';

/** What each is called where there is room for more than its name. */
export const backendTitles: Readonly<Record<BackendName, string>> = {
  cpu: 'Processor (ONNX Runtime)',
  webgpu: 'Any GPU, by WebGPU (ONNX Runtime)',
  cuda: 'NVIDIA GPU, by CUDA (ONNX Runtime)',
  directml: 'Any GPU on Windows, by DirectML (ONNX Runtime)',
  coreml: 'Apple hardware, by CoreML (ONNX Runtime)',
  tensorflow: 'TensorFlow (tfjs-node-gpu, or tfjs-node)',
  pytorch: 'PyTorch (of a Python on this machine)',
};

/** Where the vectors of a walk lie, one number a parameter each: in the host's memory, or on a device that keeps them and takes the optimisers' steps there. */
export type VectorPlace = 'host' | 'device';

/** Where those of each lie. TensorFlow's lie on its GPU, for which one chooses it; only its trainer knows that there is none, and keeps them on the host. */
const vectorPlaces: Readonly<Record<BackendName, VectorPlace>> = {
  cpu: 'host',
  webgpu: 'host',
  cuda: 'host',
  directml: 'host',
  coreml: 'host',
  tensorflow: 'device',
  pytorch: 'device',
};

/** Where the vectors of a backend lie; the host for names that this version does not know. */
export function vectorPlaceOf(backend: string): VectorPlace {
  return isBackendName(backend) ? vectorPlaces[backend] : 'host';
}

/** Whether a text is the name of a backend. */
export function isBackendName(name: string): name is BackendName {
  return (backendNames as readonly string[]).includes(name);
}

/** The networks that a backend's speed is measured with. */
export const measuredNetworks = ['mlp', 'cnn'] as const;
/** One of them. */
export type MeasuredNetwork = (typeof measuredNetworks)[number];

/** What they are, in words. */
export const measuredTitles: Readonly<Record<MeasuredNetwork, string>> = {
  mlp: 'MLP 784-500-350-10',
  cnn: 'small CNN (16 and 32 filters)',
};

/** Their settings. */
export const measuredSettings: Readonly<Record<MeasuredNetwork, NetworkSettings>> = {
  mlp: model.parse({ architecture: 'mlp', hidden: [500, 350] }),
  cnn: model.parse({ architecture: 'cnn' }),
};

/** The images that they are measured on. */
export const measuredImage = { channels: 1, height: 28, width: 28, classes: 10 } as const satisfies DataShape;
