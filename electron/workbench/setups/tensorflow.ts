/**
 * The setup of the backend `tensorflow`: libtensorflow out of a Python environment (a link to where it lies) or out of a wheel (a copy), with
 * the binding of @tensorflow/tfjs-node-gpu and its JavaScript, which travel with the program (build/tensorflow.ts).
 */
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { SetupKind } from './kind.ts';
import { openWheel, requireLinuxX64, takeFromWheel } from './wheel.ts';

/** The files of libtensorflow: the C interface, and what it is linked with. */
const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] as const;

/** Where the package lies in a setup's folder. */
const packageIn = (folder: string): string => join(folder, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
/** Where the binding, told by its $ORIGIN, looks for the libraries. */
const librariesIn = (folder: string): string => join(packageIn(folder), 'deps', 'lib');

/** Names that TensorFlow is installed under, for its version. */
const distributions = ['tensorflow', 'tensorflow-cpu', 'tf-nightly', 'tf-nightly-cpu', 'tensorflow-rocm'];

/** The kind. */
export const tensorflowSetup: SetupKind = {
  title: 'TensorFlow of a Python environment, or of a wheel',
  help: 'Takes libtensorflow out of an environment that has tensorflow (2.18 and 2.21 were tried) or out of its wheel. With tensorflow[and-cuda] in an environment it computes on an NVIDIA GPU; a wheel alone needs CUDA 12 and cuDNN 9 of the system for that.',
  backend: 'tensorflow',
  variable: 'VALLEYWALK_TENSORFLOW',
  sources: ['python', 'wheel'],
  refused: (platform, arch) =>
    platform === 'linux' && arch === 'x64'
      ? null
      : `it is for Linux on x64, and this is ${platform} on ${arch}: TensorFlow's wheels for other systems do not have the C library that the backend loads`,
  question: `import importlib.metadata, importlib.util, os
spec = importlib.util.find_spec("tensorflow")
if spec is None or not spec.submodule_search_locations:
    raise ModuleNotFoundError("No module named 'tensorflow'")
place = list(spec.submodule_search_locations)[0]
for library in ${JSON.stringify(libraries)}:
    if not os.path.exists(os.path.join(place, library)):
        raise ImportError("its TensorFlow has no " + library + " in " + place)
version = "of unknown version"
for name in ${JSON.stringify(distributions)}:
    try:
        version = importlib.metadata.version(name)
        break
    except importlib.metadata.PackageNotFoundError:
        pass
answer = {"versions": {"tensorflow": version}, "device": None, "places": {"tensorflow": place}}`,
  async take(material, folder, packed, how) {
    const brought = join(packed, 'tensorflow');
    if (!existsSync(join(brought, 'package.json')))
      throw new ValleywalkError(
        'input',
        `the binding for TensorFlow is not in ${brought}; in a checkout, "npm run build:tensorflow" makes it (it needs g++ and reaches npm and PyPI)`,
      );
    how.progress('copying the binding');
    mkdirSync(packageIn(folder), { recursive: true });
    await cp(brought, packageIn(folder), { recursive: true });
    mkdirSync(join(packageIn(folder), 'deps'), { recursive: true });
    if (material.source === 'python') {
      // the folder, not the files: what the libraries look for beside themselves (CUDA's, by their own $ORIGIN) is found through it
      symlinkSync(material.answer.places['tensorflow']!, librariesIn(folder));
      return { from: material.python, versions: material.answer.versions };
    }
    if (material.source === 'download') throw new ValleywalkError('internal', 'TensorFlow is not downloaded');
    how.progress('reading the wheel');
    const wheel = await openWheel(material.wheel, how.signal);
    if (!wheel.members.has('tensorflow/__init__.py'))
      throw new ValleywalkError(
        'input',
        `${material.wheel} is a wheel of ${wheel.name} ${wheel.version} and has no TensorFlow; name one of tensorflow or tensorflow-cpu`,
      );
    requireLinuxX64(wheel);
    mkdirSync(librariesIn(folder));
    const files = libraries.map((library) => [`tensorflow/${library}`, join(librariesIn(folder), library)]);
    await takeFromWheel(wheel, Object.fromEntries(files) as Record<string, string>, how);
    return { from: material.wheel, versions: { tensorflow: wheel.version } };
  },
  told: (folder) => folder,
  gone(folder, from) {
    const lost = libraries.find((library) => !existsSync(join(librariesIn(folder), library)));
    return lost === undefined ? null : `${lost}, taken from ${from}, is not there any more`;
  },
};
