/** The setups, each declared in a file of its own. */
import { cudaSetup } from './cuda.ts';
import type { SetupKind } from './kind.ts';
import { pytorchSetup } from './pytorch.ts';
import { tensorflowSetup } from './tensorflow.ts';

/** Every setup by its name, in the order in which they are listed. */
export const setupKinds: Readonly<Record<string, SetupKind>> = {
  pytorch: pytorchSetup,
  tensorflow: tensorflowSetup,
  cuda: cudaSetup,
};
