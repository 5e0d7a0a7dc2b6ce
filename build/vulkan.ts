/** A Vulkan driver for tests: SwiftShader, which computes on the processor and is part of every Electron. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findElectron } from './runtime.ts';

/**
 * Variables that let a process find SwiftShader and the Vulkan loader beside it; empty where there is no Electron with them, and
 * where a driver is named already or VALLEYWALK_TEST_GPU asks for the machine's own. They must be set before a process starts.
 */
export function vulkanForTests(environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const { VK_ICD_FILENAMES, VK_DRIVER_FILES, VALLEYWALK_TEST_GPU, LD_LIBRARY_PATH } = environment;
  if (process.platform !== 'linux' || VK_ICD_FILENAMES || VK_DRIVER_FILES || VALLEYWALK_TEST_GPU) return {};
  const electron = findElectron();
  if (!electron) return {};
  const folder = dirname(electron);
  const driver = join(folder, 'vk_swiftshader_icd.json');
  if (!existsSync(driver) || !existsSync(join(folder, 'libvulkan.so.1'))) return {};
  return { VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: [folder, LD_LIBRARY_PATH].filter(Boolean).join(':') };
}
