/** `npm run test:package`: drives the packaged window that `npm run package` made. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sayLimits } from './machine.ts';
import { hasDisplay } from './runtime.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const binary = {
  linux: 'release/linux-unpacked/valleywalk',
  darwin: `release/mac${process.arch === 'arm64' ? '-arm64' : ''}/Valleywalk.app/Contents/MacOS/Valleywalk`,
  win32: 'release/win-unpacked/Valleywalk.exe',
}[process.platform as 'linux' | 'darwin' | 'win32'];
const path = `${root}/${binary}`;
if (!existsSync(path)) {
  console.error(`valleywalk: ${binary} is not there; run "npm run package" first`);
  process.exit(1);
}
sayLimits();
const playwright = ['playwright', 'test', '--config', 'e2e/playwright.config.ts', '--project', 'package'];
const [program, ...parameters] = hasDisplay() ? playwright : ['xvfb-run', '-a', ...playwright];
const { status } = spawnSync(program!, parameters, {
  stdio: 'inherit',
  cwd: root,
  env: { ...process.env, VALLEYWALK_E2E_PACKAGE: path, VALLEYWALK_E2E_WINDOWS: 'package' },
});
process.exitCode = status ?? 1;
