/** `npm start`: the desktop window, or, where there is no Electron or no display, the same workbench in a browser. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildIfStale } from './build.ts';
import { findElectron, hasDisplay, isRoot } from './runtime.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

await buildIfStale();
const electron = findElectron();
if (electron && hasDisplay()) {
  // a Node version for the workbench in case this Electron's own is too old; the desktop decides
  run(electron, [...(isRoot() ? ['--no-sandbox'] : []), root, ...process.argv.slice(2)]);
} else {
  console.log(
    electron
      ? 'There is no display for a desktop window, so the workbench is served to a browser.'
      : 'There is no Electron binary here (run "npx install-electron" where downloads work, or set ELECTRON_OVERRIDE_DIST_PATH), so the workbench is served to a browser.',
  );
  run(process.execPath, [`${root}/dist/node/valleywalk.js`, 'serve', ...process.argv.slice(2)]);
}

function run(program: string, parameters: string[]): void {
  const child = spawn(program, parameters, { stdio: 'inherit' });
  // a terminal sends Ctrl C to the child as well: wait for it
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => {
    console.error(`valleywalk: cannot start ${program}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}
