/**
 * The setup of the backend `cuda`: ONNX Runtime's CUDA files, which are larger than everything else together and therefore come apart. The
 * runtime looks for them beside its own library, so that the setup's folder has a copy of the runtime with them; the program's own stays as it is.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { ValleywalkError } from '../../../shared/errors.ts';
import { unzipTo, zipMembersOf } from '../../datasets/zip-file.ts';
import { download, downloadJson } from './download.ts';
import type { Following, SetupKind, Taken } from './kind.ts';
import { openWheel, requireLinuxX64, takeFromWheel } from './wheel.ts';

/** The provider, and what it meets the runtime by. */
const libraries = ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so'] as const;

/** The folder of the program's own runtime. */
const ownRuntime = (): string => dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
/** Where the runtime lies in a setup's folder. */
const runtimeIn = (folder: string): string => join(folder, 'node_modules', 'onnxruntime-node');
/** Where its libraries lie. */
const librariesIn = (runtime: string): string => join(runtime, 'bin', 'napi-v6', 'linux', 'x64');

function versionOf(runtime: string): string | null {
  try {
    return (JSON.parse(readFileSync(join(runtime, 'package.json'), 'utf8')) as { version: string }).version;
  } catch {
    return null;
  }
}

/** Copies the program's runtime, with the one package that it needs. @throws where it was cancelled between two parts */
async function copyRuntime(folder: string, signal: AbortSignal): Promise<void> {
  const own = ownRuntime();
  // its package.json is not exported: three folders above its entry, dist/cjs/index.js
  const entry = createRequire(join(own, 'package.json')).resolve('onnxruntime-common');
  const common = join(dirname(entry), '..', '..');
  mkdirSync(librariesIn(runtimeIn(folder)), { recursive: true });
  for (const [from, to] of [
    [common, join(folder, 'node_modules', 'onnxruntime-common')],
    ...['package.json', 'dist'].map((part) => [join(own, part), join(runtimeIn(folder), part)]),
    [librariesIn(own), librariesIn(runtimeIn(folder))],
  ] as [string, string][]) {
    signal.throwIfAborted();
    await cp(from, to, { recursive: true });
  }
}

/** What the runtime's own installer says of where its CUDA files are. */
interface InstallMetadata {
  manifests: Record<string, Record<string, { path: string }>>;
  packages: Record<string, { name: string; versions: { feed: string; version: string }[] }>;
  feeds: Record<string, { index: string }>;
}

/** Downloads the archive that the runtime's own installer would, and takes the files out of it. */
async function takeDownload(folder: string, how: Following): Promise<Taken> {
  const { manifests, packages, feeds } = createRequire(import.meta.url)(
    join(ownRuntime(), 'script', 'install-metadata.js'),
  ) as InstallMetadata;
  const { name, versions } = packages['nuget:linux/x64:cuda12']!;
  const { feed, version } = versions[0]!;
  how.progress('asking where the files are');
  const { resources } = (await downloadJson(feeds[feed]!.index, how.signal)) as {
    resources: { '@id': string; '@type': string }[];
  };
  const base = resources.find((resource) => resource['@type'] === 'PackageBaseAddress/3.0.0')?.['@id'];
  if (base === undefined)
    throw new ValleywalkError(
      'input',
      `${new URL(feeds[feed]!.index).host} answers without a place of packages; try again later`,
    );
  const file = `${name}.${version}.nupkg`.toLowerCase();
  const archive = join(folder, file);
  await download(new URL(`${name}/${version}/${file}`.toLowerCase(), base), archive, how);
  const members = await zipMembersOf(archive);
  for (const [index, library] of libraries.entries()) {
    const wanted = manifests['linux/x64:cuda12']![`./${library}`]!.path;
    const member = members.find((each) => each.name === wanted);
    if (!member) throw new ValleywalkError('input', `${file} has no ${wanted}; try again later`);
    const told = (bytes: number): void =>
      how.progress(`unpacking ${library}`, (index + bytes / Math.max(1, member.size)) / libraries.length);
    await unzipTo(archive, member, join(librariesIn(runtimeIn(folder)), library), { signal: how.signal, told });
  }
  await rm(archive);
  return { from: file, versions: { onnxruntime: version } };
}

/** Takes the files out of the wheel of onnxruntime-gpu of the same version. */
async function takeWheel(path: string, folder: string, how: Following): Promise<Taken> {
  how.progress('reading the wheel');
  const wheel = await openWheel(path, how.signal);
  const own = versionOf(ownRuntime());
  if (!wheel.members.has(`onnxruntime/capi/${libraries[0]}`))
    throw new ValleywalkError(
      'input',
      `${path} is a wheel of ${wheel.name} ${wheel.version} and has no CUDA files of ONNX Runtime; name one of onnxruntime-gpu ${own ?? ''}`,
    );
  requireLinuxX64(wheel);
  if (wheel.version !== own)
    throw new ValleywalkError(
      'input',
      `${path} is of ONNX Runtime ${wheel.version}, and this Valleywalk computes with ${own ?? 'another'}; name the wheel of onnxruntime-gpu ${own ?? ''}`,
    );
  const to = librariesIn(runtimeIn(folder));
  const files = libraries.map((library) => [`onnxruntime/capi/${library}`, join(to, library)]);
  await takeFromWheel(wheel, Object.fromEntries(files) as Record<string, string>, how);
  return { from: path, versions: { onnxruntime: wheel.version } };
}

/** The kind. */
export const cudaSetup: SetupKind = {
  title: 'ONNX Runtime’s CUDA files',
  help: 'Downloads ONNX Runtime’s files for CUDA 12 (some 400 MB), or takes them out of a wheel of onnxruntime-gpu of the same version. They need an NVIDIA driver, CUDA 12 and cuDNN 9.',
  backend: 'cuda',
  variable: 'VALLEYWALK_CUDA',
  sources: ['download', 'wheel'],
  refused: (platform, arch) =>
    platform === 'linux' && arch === 'x64'
      ? null
      : `ONNX Runtime has CUDA files for Linux on x64 only, and this is ${platform} on ${arch}`,
  question: null,
  async take(material, folder, _packed, how) {
    how.progress('copying ONNX Runtime');
    await copyRuntime(folder, how.signal);
    if (material.source === 'wheel') return takeWheel(material.wheel, folder, how);
    return takeDownload(folder, how);
  },
  told: (folder) => folder,
  gone(folder) {
    const lost = libraries.find((library) => !existsSync(join(librariesIn(runtimeIn(folder)), library)));
    if (lost !== undefined) return `${basename(lost)} is not there any more`;
    const [made, own] = [versionOf(runtimeIn(folder)), versionOf(ownRuntime())];
    return made === own
      ? null
      : `it is of ONNX Runtime ${made ?? 'of unknown version'}, and this Valleywalk computes with ${own ?? 'another'}`;
  },
};
