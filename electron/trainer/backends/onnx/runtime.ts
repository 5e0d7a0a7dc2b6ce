/**
 * ONNX Runtime itself: the program's own, or the copy with CUDA's files that `valleywalk setup cuda` makes and VALLEYWALK_CUDA names. One
 * process can hold only one of them, for the library is known by its name.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as Ort from 'onnxruntime-node';

const name = 'onnxruntime-node';
const own = createRequire(import.meta.url);

function load(): { loaded: typeof Ort; main: string; failure: string | null } {
  const folder = process.env['VALLEYWALK_CUDA'];
  let failure: string | null = null;
  if (folder) {
    const require = createRequire(join(folder, 'package.json'));
    try {
      return { loaded: require(name) as typeof Ort, main: require.resolve(name), failure };
    } catch (error) {
      // the processor computes all the same
      failure = `ONNX Runtime in VALLEYWALK_CUDA=${folder} does not load (${String((error as Error).message.split('\n')[0])})`;
    }
  }
  return { loaded: own(name) as typeof Ort, main: own.resolve(name), failure };
}

const { loaded, main, failure } = load();

/** The runtime's interface. */
export const runtime = loaded;
/** Where its libraries lie. */
export const runtimeFolder = join(dirname(main), '..', 'bin', 'napi-v6', process.platform, process.arch);
/** Why the one with CUDA's files was not loaded, where one is named; null where none is, or it was. */
export const setupFailure = failure;
