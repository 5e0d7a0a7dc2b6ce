/**
 * `npm run setup:cuda`: installs what the backends `cuda` and `tensorflow` need beside the driver, after asking whether the hosts that
 * hold it can be reached. package.json and package-lock.json stay as they are, and so does everything where a host cannot be reached.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const here = `${process.platform}-${process.arch}`;

/** Seconds to wait for a host's answer. */
const patience = 15;

/** Something to install: where it is from, and how. */
interface Part {
  title: string;
  backend: string;
  platforms: readonly string[];
  /** An address whose host must answer. */
  from: string;
  /** @returns whether it is installed now */
  install: () => boolean;
}

const tfjs = '@tensorflow/tfjs-node-gpu';
const { peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  peerDependencies: Record<string, string>;
};
const onnx = dirname(require.resolve('onnxruntime-node/package.json'));

const parts: Part[] = [
  {
    title: "ONNX Runtime's CUDA 12 files (some 400 MB)",
    backend: 'cuda',
    platforms: ['linux-x64'],
    from: 'https://api.nuget.org/v3/index.json',
    install: installOnnx,
  },
  {
    title: `${tfjs} with libtensorflow for CUDA 11 (some 400 MB)`,
    backend: 'tensorflow',
    platforms: ['linux-x64', 'win32-x64'],
    from: 'https://storage.googleapis.com/tensorflow/',
    install: installTfjs,
  },
];

/** The runtime's own install script, which puts the files beside its library; half a file is removed again. */
function installOnnx(): boolean {
  const folder = join(onnx, 'bin', 'napi-v6', process.platform, process.arch);
  const before = new Set(readdirSync(folder));
  const done = run(process.execPath, [join(onnx, 'script', 'install.js'), '--onnxruntime-node-install=cuda12'], {
    ONNXRUNTIME_NODE_INSTALL: 'cuda12',
  });
  if (!done) for (const file of readdirSync(folder)) if (!before.has(file)) rmSync(join(folder, file), { force: true });
  return done;
}

/** npm undoes what it did where the package's own script fails. */
function installTfjs(): boolean {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  return run(
    npm,
    ['install', '--no-save', '--no-package-lock', '--no-audit', `${tfjs}@${peerDependencies[tfjs]!}`],
    {},
  );
}

function run(program: string, parameters: readonly string[], environment: Record<string, string>): boolean {
  const { status } = spawnSync(program, parameters, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, ...environment },
  });
  return status === 0;
}

/** Why a host cannot be reached; null where it answers, whatever it says. */
async function unreachable(address: string): Promise<string | null> {
  try {
    await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(1000 * patience) });
    return null;
  } catch (error) {
    const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
    return cause?.code ?? cause?.message ?? message;
  }
}

async function setUp({ title, backend, platforms, from, install }: Part): Promise<boolean> {
  console.log(`\n${backend}: ${title}`);
  if (!platforms.includes(here)) {
    console.error(`  not for ${here}: there are files for ${platforms.join(' and ')} only.`);
    return false;
  }
  const host = new URL(from).host;
  const why = await unreachable(from);
  if (why !== null) {
    console.error(
      `  ${host} cannot be reached (${why}), so nothing was installed and nothing changed; run this again where that host can be reached.`,
    );
    return false;
  }
  console.log(`  from ${host}…`);
  if (install()) {
    console.log('  installed.');
    return true;
  }
  console.error(`  the installation failed; what it says is above. The other backends work as before.`);
  return false;
}

if (process.platform === 'linux' && !existsSync('/proc/driver/nvidia/version'))
  console.log('No NVIDIA driver is loaded on this machine; what is installed now can be used once there is one.');
const results: boolean[] = [];
for (const part of parts) results.push(await setUp(part));
console.log('\nvalleywalk doctor shows which backends can be used now.');
process.exitCode = results.every(Boolean) ? 0 : 1;
