/** Finds the windows that this machine can show: an Electron binary, a display, a browser. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { chromium } from 'playwright';

const require = createRequire(import.meta.url);

/**
 * The Electron binary: from ELECTRON_OVERRIDE_DIST_PATH, or downloaded before into the electron package. Never downloads:
 * loading that package would.
 */
export function findElectron(): string | null {
  const name =
    { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }[process.platform as string] ?? 'electron';
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const folders = override ? [override] : [join(dirname(require.resolve('electron/package.json')), 'dist')];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** Whether windows can be shown here. */
export function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
}

/** Whether a program is on the path. */
export function hasProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, name)));
}

/** A Chromium for the end-to-end tests: Playwright's own, else one installed on the machine. */
export function findChromium(): string | null {
  const own = chromium.executablePath();
  if (own && existsSync(own)) return own;
  const names = [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/opt/google/chrome/chrome',
  ];
  return names.find((path) => existsSync(path)) ?? null;
}

/** Whether this process is root, for whom Chromium and Electron need --no-sandbox. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Installs Debian packages when that is possible here. @returns whether it worked. */
export function aptInstall(packages: readonly string[]): boolean {
  if (!isRoot() || !hasProgram('apt-get')) return false;
  console.error(`installing ${packages.join(', ')}…`);
  try {
    const options = { stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'] };
    execFileSync('apt-get', ['update', '-q'], options);
    execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], {
      ...options,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    return true;
  } catch {
    return false;
  }
}

/** A Python with NumPy, to recompute a walk independently; null when there is none. */
export function findNumPy(): string | null {
  const candidates = ['/usr/bin/python3', 'python3', 'python'];
  return (
    candidates.find((python) => spawnSync(python, ['-c', 'import numpy'], { stdio: 'ignore' }).status === 0) ?? null
  );
}
