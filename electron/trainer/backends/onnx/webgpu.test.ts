/**
 * WebGPU, on whatever GPU driver there is: in continuous integration SwiftShader, from the Electron distribution
 * (build/vulkan.ts). Skipped only where there is no driver at all.
 */
import { describe, expect, it } from 'vitest';
import { seconds } from '../../../../build/machine.ts';
import { backendSuite } from '../../testing/backend-suite.ts';
import { describeBackend } from '../index.ts';
import { onnxProvider } from './providers.ts';

const { VK_ICD_FILENAMES, VK_DRIVER_FILES, VALLEYWALK_TEST_GPU } = process.env;
const driver = VK_ICD_FILENAMES ?? VK_DRIVER_FILES ?? VALLEYWALK_TEST_GPU;
const why = driver
  ? ''
  : ' (skipped: no Vulkan driver; set ELECTRON_OVERRIDE_DIST_PATH to an Electron folder, which has SwiftShader, or VALLEYWALK_TEST_GPU=1 for the GPU of this machine)';

describe.skipIf(!driver)(`WebGPU${why}`, { timeout: seconds(300) }, () => {
  backendSuite(() => onnxProvider('webgpu'), { deep: VALLEYWALK_TEST_GPU !== undefined });

  it('is available, and leaves nothing to the processor', async () => {
    const info = await describeBackend('webgpu');
    expect(info).toMatchObject({ name: 'webgpu', available: true, reason: null });
    expect(info.device).toMatch(/Vulkan|Direct3D|Metal/);
    expect(info.device).not.toContain('some operations on the processor');
  });
});
