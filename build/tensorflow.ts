/**
 * `npm run build:tensorflow`: makes prebuilt/tensorflow, what `valleywalk setup tensorflow` puts beside a TensorFlow of this machine: the
 * binding of @tensorflow/tfjs-node-gpu, compiled from the source in its npm package, and its JavaScript in one file. The binding is
 * N-API 8, so that one serves every Node and Electron, and asks for the library by name only, so that one serves every version whose C
 * interface is compatible. Needs g++, npm's registry and PyPI (or the wheel that
 * VALLEYWALK_HEADERS_WHEEL names); a second call does nothing.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { unzipTo, zipMembersOf } from '../electron/datasets/zip-file.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'prebuilt', 'tensorflow');
const declared = join(root, 'build', 'tensorflow');

/** The wheel whose headers the binding is compiled with. Its C interface is the one that later versions still have. */
const headersWheel = 'tensorflow-cpu==2.18.0';
/** Its headers that the binding includes, and what those include. */
const headers = /^tensorflow\/include\/(tensorflow\/(c|core\/platform)|tsl|xla\/(c|tsl))\/.*\.h$/;

/** Everything that decides what is made. */
function stamp(): string {
  const hash = createHash('sha256').update(process.platform).update(process.arch);
  for (const file of [
    fileURLToPath(import.meta.url),
    join(declared, 'package.json'),
    join(declared, 'package-lock.json'),
  ])
    hash.update(readFileSync(file));
  return hash.digest('hex');
}

function run(program: string, parameters: readonly string[], cwd: string): void {
  const { status, error } = spawnSync(program, parameters, {
    cwd,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0)
    throw new Error(
      `${program} ${parameters.slice(0, 3).join(' ')} … failed${error ? ` (${error.message})` : ''}; its words are above`,
    );
}

/** The wheel, downloaded unless VALLEYWALK_HEADERS_WHEEL names the file. @throws Error where that is another one */
function headersIn(work: string): string {
  const named = process.env['VALLEYWALK_HEADERS_WHEEL'];
  if (named) {
    const start = headersWheel.replace('-', '_').replace('==', '-');
    if (!basename(named).startsWith(`${start}-`) || !existsSync(named))
      throw new Error(`VALLEYWALK_HEADERS_WHEEL names ${named}, and a wheel of ${headersWheel} is needed`);
    return named;
  }
  const folder = join(work, 'wheel');
  const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:'];
  run('python3', [...pip, '--python-version', '3.11', '--dest', folder, headersWheel], work);
  return join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.whl'))!,
  );
}

/** Takes the headers out of the wheel. @returns the folder to include */
async function fetchHeaders(work: string): Promise<string> {
  const wheel = headersIn(work);
  const how = { signal: new AbortController().signal, told: () => undefined };
  for (const member of await zipMembersOf(wheel)) {
    if (!headers.test(member.name) || member.name.includes('..')) continue;
    mkdirSync(dirname(join(work, member.name)), { recursive: true });
    await unzipTo(wheel, member, join(work, member.name), how);
  }
  return join(work, 'tensorflow', 'include');
}

/** Compiles the binding. Empty libraries of the right names stand in for TensorFlow's: only the names are needed here. */
function compile(work: string, source: string, include: string, to: string): void {
  const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
  mkdirSync(join(work, 'names'));
  writeFileSync(join(work, 'names', 'empty.c'), '');
  for (const library of libraries)
    run('g++', ['-shared', '-fPIC', `-Wl,-soname,${library}`, 'empty.c', '-o', library], join(work, 'names'));
  mkdirSync(dirname(to), { recursive: true });
  run(
    'g++',
    [
      ...['-O2', '-shared', '-fPIC', '-std=c++17', '-DNAPI_VERSION=8', '-s'],
      ...[`-I${include}`, `-I${join(work, 'node_modules', 'node-api-headers', 'include')}`],
      ...['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'],
      ...[`-L${join(work, 'names')}`, '-Wl,--no-as-needed', ...libraries.map((library) => `-l:${library}`)],
      ...['-Wl,-rpath,$ORIGIN/../../deps/lib', '-o', to],
    ],
    source,
  );
}

/** Bundles the package's JavaScript, without what finds and downloads bindings. */
async function bundle(work: string, source: string, to: string): Promise<void> {
  const finder = join(work, 'find-binding.js');
  writeFileSync(
    finder,
    "const path = require('path');\nexports.find = (description) => path.join(path.dirname(description), 'lib', 'napi-v8', 'tfjs_binding.node');\n",
  );
  await build({
    root: work,
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '@mapbox/node-pre-gyp': finder } },
    // the package is in ES5, whose classes cannot extend those of tfjs's modules: what Node's require finds is bundled
    ssr: { noExternal: true, target: 'node', resolve: { conditions: ['node', 'require'], mainFields: ['main'] } },
    build: {
      ssr: true,
      target: 'node22',
      outDir: dirname(to),
      minify: true,
      rolldownOptions: {
        input: { index: join(source, 'dist', 'index.js') },
        treeshake: false,
        output: { format: 'cjs', entryFileNames: 'index.js', codeSplitting: false },
      },
    },
  });
}

/** Makes prebuilt/tensorflow where it is not there or out of date. @throws Error with a sentence */
export async function buildTensorflow(): Promise<void> {
  const now = stamp();
  const stamped = join(target, 'stamp');
  if (existsSync(stamped) && readFileSync(stamped, 'utf8') === now) return;
  mkdirSync(join(root, 'prebuilt'), { recursive: true });
  const work = mkdtempSync(join(root, 'prebuilt', '.work-'));
  try {
    for (const file of ['package.json', 'package-lock.json']) cpSync(join(declared, file), join(work, file));
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], work);
    const source = join(work, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
    const made = join(work, 'made');
    compile(work, source, await fetchHeaders(work), join(made, 'lib', 'napi-v8', 'tfjs_binding.node'));
    await bundle(work, source, join(made, 'dist', 'index.js'));
    const { name, version, license, repository } = JSON.parse(
      readFileSync(join(source, 'package.json'), 'utf8'),
    ) as Record<string, unknown>;
    writeFileSync(
      join(made, 'package.json'),
      `${JSON.stringify({ name, version, license, repository, main: 'dist/index.js' }, null, 2)}\n`,
    );
    writeFileSync(join(made, 'stamp'), now);
    rmSync(target, { recursive: true, force: true });
    renameSync(made, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] === 'tensorflow') {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    console.error(
      `valleywalk: the binding for TensorFlow is for Linux on x64, and this is ${process.platform} on ${process.arch}`,
    );
    process.exitCode = 1;
  } else await buildTensorflow();
}
