/** What is said where there is no Python with PyTorch, or something else in its place. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seconds } from '../../../../build/machine.ts';
import { temporaryFolder } from '../../../datasets/testing.ts';
import type { TemporaryFolder } from '../../../datasets/testing.ts';
import { isThere } from '../../../processes/testing.ts';
import { describeBackend } from '../index.ts';
import { pytorch } from './load.ts';

let folder: TemporaryFolder;
beforeAll(() => (folder = temporaryFolder()));
afterAll(() => folder.remove());

/** A program in Python's place. */
function stand(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

const patience = { start: seconds(20), silence: seconds(5) };

async function failure(python: string | undefined, start = patience.start): Promise<string> {
  return pytorch(1, { python, patience: { ...patience, start } }).then(
    () => 'it worked',
    (error: unknown) => (error as Error).message,
  );
}

const how = '; valleywalk setup pytorch finds';

describe('without a Python', () => {
  it('says that none is set up', async () => {
    const { VALLEYWALK_PYTHON: named } = process.env;
    delete process.env['VALLEYWALK_PYTHON'];
    try {
      expect(await describeBackend('pytorch')).toMatchObject({
        name: 'pytorch',
        available: false,
        device: null,
        reason: expect.stringMatching(/^no Python is set up for it; valleywalk setup pytorch finds/) as string,
      });
    } finally {
      if (named !== undefined) process.env['VALLEYWALK_PYTHON'] = named;
    }
  });

  it('says that the one that was named is not there, or cannot be started', async () => {
    expect(await failure('/nowhere/python')).toContain(`/nowhere/python: it is not there${how}`);
    const path = join(folder.path, 'no-program');
    writeFileSync(path, '');
    expect(await failure(path)).toMatch(/no-program: it cannot be started \(spawn .* EACCES\); valleywalk setup/);
  });
});

describe.skipIf(process.platform === 'win32')('in Python’s place', { timeout: seconds(120) }, () => {
  it('something that ends is told with its last words', async () => {
    const path = stand('ends', '#!/bin/sh\necho "I am no Python" >&2\nexit 3\n');
    expect(await failure(path)).toContain(`${path}: Python ended with exit code 3: I am no Python${how}`);
  });

  it('something that says why and then much else is told with why', async () => {
    const path = stand(
      'crashes',
      '#!/bin/sh\nprintf "Fatal Python error: init_fs_encoding: no codec\\nModuleNotFoundError: No module named x\\n\\nCurrent thread 0x1:\\n  <no Python frame>\\n" >&2\nexit 1\n',
    );
    expect(await failure(path)).toContain(
      `${path}: Python ended with exit code 1: Fatal Python error: init_fs_encoding: no codec${how}`,
    );
    const other = stand('raises', '#!/bin/sh\nprintf "MemoryError: no room\\nbye\\n" >&2\nexit 1\n');
    expect(await failure(other)).toContain(`${other}: Python ended with exit code 1: MemoryError: no room${how}`);
  });

  it('it has full float32, threads that do not wait busily, and nothing of another Python', async () => {
    const names = [
      'NVIDIA_TF32_OVERRIDE',
      'TORCH_ALLOW_TF32_CUBLAS_OVERRIDE',
      'ONEDNN_DEFAULT_FPMATH_MODE',
      'OMP_WAIT_POLICY',
    ];
    const told = [...names, '__PYVENV_LAUNCHER__'].map((name) => `\${${name}-none}`).join(' ');
    const path = stand('tells', `#!/bin/sh\necho "${told}" >&2\nexit 3\n`);
    const set = { TORCH_ALLOW_TF32_CUBLAS_OVERRIDE: '1', __PYVENV_LAUNCHER__: '/nowhere' };
    Object.assign(process.env, set);
    try {
      expect(await failure(path)).toContain(
        `exit code 3: 0 0 STRICT ${process.env['OMP_WAIT_POLICY'] ?? 'PASSIVE'} none${how}`,
      );
    } finally {
      for (const name of Object.keys(set)) delete process.env[name];
    }
  });

  it('something that prints without end is told, and ended', async () => {
    const path = stand('chatters', '#!/bin/sh\nexec yes rubbish\n');
    expect(await failure(path)).toContain(
      'Python said what cannot be understood (it printed a lot, and nothing of what was expected)',
    );
  });

  it('something that prints rubbish where a frame should be is told', async () => {
    const path = stand(
      'lies',
      '#!/bin/sh\nprintf %s "$2"\nprintf "\\005\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0what?"\nsleep 60\n',
    );
    expect(await failure(path)).toContain('Python said what cannot be understood (');
  });

  it('a script that starts another is ended with it', async () => {
    const pid = join(folder.path, 'pid');
    const path = stand('wrapper', `#!/bin/sh\nsleep 600 &\necho $! > ${pid}\nwait\n`);
    expect(await failure(path, 1500)).toContain('it said nothing for 1.5 s');
    await expect.poll(() => isThere(Number(readFileSync(pid, 'utf8')))).toBe(false);
  });

  it('a script that ends and leaves another behind is ended with it', async () => {
    const pid = join(folder.path, 'left');
    const path = stand('leaves', `#!/bin/sh\nsleep 600 &\necho $! > ${pid}\necho "too bad" >&2\nexit 3\n`);
    expect(await failure(path)).toContain('Python ended with exit code 3: too bad');
    await expect.poll(() => isThere(Number(readFileSync(pid, 'utf8')))).toBe(false);
  });

  it('something that never answers is told after a while, and ended', async () => {
    const path = stand('sleeps', '#!/bin/sh\nexec sleep 600\n');
    expect(await failure(path, 1500)).toContain(`${path}: it said nothing for 1.5 s${how}`);
  });
});

describe.skipIf(process.platform === 'win32')('a Python', { timeout: seconds(120) }, () => {
  /** The system's Python with a package `torch` of this text. */
  const withTorch = (name: string, text: string): string => {
    writeFileSync(join(folder.path, 'torch.py'), text);
    return stand(name, `#!/bin/sh\nPYTHONPATH=${folder.path} exec python3 -B "$@"\n`);
  };

  it('without PyTorch says so', async () => {
    const path = stand('bare', '#!/bin/sh\nexec python3 -S "$@"\n');
    expect(await failure(path)).toMatch(
      /: Python 3[.\d]+ without PyTorch \(No module named 'torch'\); valleywalk setup/,
    );
  });

  it('with one that is too old, or does not load, says so', async () => {
    expect(await failure(withTorch('old', '__version__ = "1.10.2+cu102"'))).toContain(
      'its PyTorch is 1.10.2+cu102, and 1.12 or newer is needed',
    );
    expect(await failure(withTorch('broken', 'raise OSError("libcudart.so.11: no such file\\nand more")'))).toContain(
      'its PyTorch does not load (OSError: libcudart.so.11: no such file)',
    );
    expect(await failure(withTorch('other', 'import nothing_of_that_name'))).toContain(
      "its PyTorch does not load (No module named 'nothing_of_that_name')",
    );
  });
});
