/** The setup of the backend `pytorch`: the Python of an environment that has torch. Nothing is copied. */
import { existsSync } from 'node:fs';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { SetupKind } from './kind.ts';

/** The kind. */
export const pytorchSetup: SetupKind = {
  title: 'PyTorch of a Python environment',
  help: 'Takes the Python of an environment that has torch (1.12 or newer): a virtual environment, conda, pyenv, or the system’s. Nothing is copied or installed.',
  backend: 'pytorch',
  variable: 'VALLEYWALK_PYTHON',
  sources: ['python'],
  refused: () => null,
  question: `import torch
version = tuple(int("".join(c for c in part if c.isdigit()) or 0) for part in torch.__version__.split("+")[0].split(".")[:2])
if version < (1, 12):
    raise RuntimeError("its torch is " + torch.__version__ + ", and 1.12 or newer is needed")
if torch.cuda.is_available():
    api = "ROCm" if getattr(torch.version, "hip", None) else "CUDA " + str(torch.version.cuda)
    device = torch.cuda.get_device_name(0) + " by " + api
elif getattr(torch.backends, "mps", None) is not None and torch.backends.mps.is_available():
    device = "Apple GPU by MPS"
else:
    device = "processor"
answer = {"versions": {"torch": str(torch.__version__)}, "device": device}`,
  take(material) {
    if (material.source !== 'python')
      throw new ValleywalkError('internal', 'PyTorch is set up from a Python environment only');
    return Promise.resolve({ from: material.python, versions: material.answer.versions });
  },
  told: (_folder, from) => from,
  gone: (_folder, from) => (existsSync(from) ? null : `the Python ${from} is not there any more`),
};
