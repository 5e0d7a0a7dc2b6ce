/**
 * How the app is packaged, for Linux, macOS and Windows. `npm run package` makes the Linux folder without any download.
 * What other processes read (bundles, native packages, resources) lies unpacked beside the archive.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Configuration } from 'electron-builder';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Files of native packages for machines other than the target. */
function otherPlatforms(platform: string, arch: string): string[] {
  const onnx = { linux: 'linux', darwin: 'darwin', win32: 'win32' };
  const others = Object.values(onnx).filter((name) => name !== platform);
  return [
    ...others.map((name) => `!node_modules/onnxruntime-node/bin/napi-v*/${name}/**`),
    ...['x64', 'arm64']
      .filter((name) => name !== arch)
      .map((name) => `!node_modules/onnxruntime-node/bin/napi-v*/${platform}/${name}/**`),
    `!node_modules/better-sqlite3/prebuilds/!(${platform}-${arch}).node`,
  ];
}

/**
 * The configuration for one target.
 * @param target.electronDist folder with the Electron to package; its version must be known.
 * @param target.bundleNode packs the project's Node too, for an Electron whose own is too old for the store.
 */
export function configuration(target: {
  platform: 'linux' | 'darwin' | 'win32';
  arch: 'x64' | 'arm64';
  electronDist?: string;
  electronVersion?: string;
  bundleNode: boolean;
}): Configuration {
  const node = `${root}/node_modules/node/bin`;
  return {
    appId: 'org.valleywalk.desktop',
    productName: 'Valleywalk',
    copyright: 'MIT licence',
    directories: { output: 'release', buildResources: 'build' },
    ...(target.electronDist ? { electronDist: target.electronDist, electronVersion: target.electronVersion } : {}),
    npmRebuild: false,
    nodeGypRebuild: false,
    publish: null,
    asar: true,
    files: [
      'dist/**',
      '!dist/**/*.map',
      'resources/**',
      '!resources/**/*.ts',
      'package.json',
      'LICENSE',
      'prebuilt/**',
      '!node_modules/better-sqlite3/{deps,src}/**',
      ...otherPlatforms(target.platform, target.arch),
    ],
    asarUnpack: ['package.json', 'dist/node/**', 'resources/**', 'prebuilt/**', 'node_modules/**'],
    ...(target.bundleNode && existsSync(node) ? { extraResources: [{ from: node, to: 'node/bin' }] } : {}),
    linux: { target: [{ target: 'dir' }], category: 'Science', icon: 'build/icons' },
    mac: { target: ['dmg', 'zip'], category: 'public.app-category.education' },
    win: { target: ['nsis'] },
  };
}
