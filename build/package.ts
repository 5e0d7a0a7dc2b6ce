/** `npm run package`: the unpacked application for this machine, from the Electron found here, without any download. */
import { build, Platform, Arch } from 'electron-builder';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasNodeApi } from '../electron/processes/node-api.ts';
import { buildIfStale } from './build.ts';
import { configuration } from './electron-builder.ts';
import { findElectron } from './runtime.ts';
import { buildTensorflow } from './tensorflow.ts';

await buildIfStale();
if (process.platform === 'linux' && process.arch === 'x64')
  try {
    await buildTensorflow();
  } catch (error) {
    console.error(
      `valleywalk: packaged without the binding for TensorFlow, so that "setup tensorflow" will say that it is missing: ${(error as Error).message}`,
    );
  }
const electron = findElectron();
if (!electron) {
  console.error(
    'valleywalk: there is no Electron to package. Set ELECTRON_OVERRIDE_DIST_PATH to an Electron folder, or run "npx install-electron" where downloads work.',
  );
  process.exit(1);
}
const electronDist = dirname(electron);
const electronVersion = readFileSync(join(electronDist, 'version'), 'utf8').trim().replace(/^v/, '');
const platform = process.platform as 'linux' | 'darwin' | 'win32';
const targets = { linux: Platform.LINUX, darwin: Platform.MAC, win32: Platform.WINDOWS };
const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
// an Electron too old for the store's Node-API gets the project's Node for its workbench
const asked = spawnSync(electron, ['-p', 'process.versions.napi'], {
  env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  encoding: 'utf8',
});
const bundleNode = !hasNodeApi(asked.stdout);
await build({
  targets: targets[platform].createTarget('dir', arch === 'arm64' ? Arch.arm64 : Arch.x64),
  config: configuration({ platform, arch, electronDist, electronVersion, bundleNode }),
});
console.log(
  `packaged with Electron ${electronVersion} into release/${bundleNode ? ', with a Node for the store beside it' : ''}`,
);
