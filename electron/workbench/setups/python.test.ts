import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seconds } from '../../../build/machine.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import { isThere } from '../../processes/testing.ts';
import { setupKinds } from './index.ts';
import { askPython, lookForPythons, namedPython, pythonPaths } from './python.ts';
import { makeEnvironment } from './testing.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeAll(() => (folder = temporaryFolder()));
afterAll(() => folder.remove());

const question = setupKinds['pytorch']!.question!;
const followed = { signal: new AbortController().signal, told: (): void => undefined };
/** A made-up torch. */
const torch = (version: string, gpu = 'False'): string => `
print("what torch says while it is imported")
__version__ = "${version}"
class cuda:
    is_available = staticmethod(lambda: ${gpu})
    get_device_name = staticmethod(lambda index: "Some GPU")
class version:
    cuda = "12.4"
class backends:
    pass
`;

describe('where Pythons are looked for', () => {
  it('the active environment, PATH, environments beside, conda and pyenv, each once', () => {
    const home = join(folder.path, 'home');
    const python = (...parts: string[]): string => {
      const path = join(home, ...parts, 'bin');
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, 'python3'), '');
      writeFileSync(join(path, 'python'), '');
      return join(path, 'python3');
    };
    const active = python('active');
    const onPath = python('usr');
    symlinkSync(join(home, 'usr', 'bin'), join(home, 'same-as-usr'));
    const beside = python('project', '.venv');
    const conda = python('miniconda3');
    const named = python('miniconda3', 'envs', 'research');
    const elsewhere = python('elsewhere');
    mkdirSync(join(home, '.conda'));
    writeFileSync(join(home, '.conda', 'environments.txt'), `${join(home, 'elsewhere')}\n${join(home, 'gone')}\n`);
    const pyenv = python('.pyenv', 'versions', '3.12.1');
    const environment = {
      PATH: [join(home, 'usr', 'bin'), join(home, 'same-as-usr'), join(home, 'nowhere'), ''].join(':'),
      VIRTUAL_ENV: join(home, 'active'),
    };
    const found = pythonPaths({ environment, home, folder: join(home, 'project'), platform: 'linux' });
    expect(found.filter((path) => path.startsWith(home))).toEqual([
      active,
      onPath,
      beside,
      conda,
      named,
      elsewhere,
      pyenv,
    ]);
  });

  it('a person may name a path, the folder of an environment, or a name on PATH', () => {
    const python = makeEnvironment(join(folder.path, 'named'));
    expect(namedPython(python)).toBe(python);
    expect(namedPython(join(folder.path, 'named'))).toBe(python);
    expect(namedPython('python3')).toMatch(/\/python3$/);
    expect(namedPython('no-such-python')).toBe('no-such-python');
    const before = process.cwd();
    process.chdir(folder.path);
    try {
      expect(namedPython('named')).toBe(python);
    } finally {
      process.chdir(before);
    }
  });
});

describe('what a Python answers', { timeout: seconds(60) }, () => {
  it('versions and device, whatever the library prints', async () => {
    const python = makeEnvironment(join(folder.path, 'cpu'), { torch: torch('2.13.0+cpu') });
    expect(await askPython(python, question)).toEqual({
      prefix: join(folder.path, 'cpu'),
      versions: { torch: '2.13.0+cpu', python: expect.stringMatching(/^3\.\d+\.\d+/) as string },
      device: 'processor',
      places: {},
    });
    const gpu = makeEnvironment(join(folder.path, 'gpu'), { torch: torch('2.5.1', 'True') });
    expect(await askPython(gpu, question)).toMatchObject({ device: 'Some GPU by CUDA 12.4' });
  });

  it('whatever lies in the folder that Valleywalk is started in', async () => {
    const python = makeEnvironment(join(folder.path, 'apart'), { torch: torch('2.13.0') });
    const beside = join(folder.path, 'beside');
    mkdirSync(join(beside, 'torch'), { recursive: true });
    for (const file of ['json.py', 'platform.py', 'torch/__init__.py'])
      writeFileSync(join(beside, file), 'raise RuntimeError("of the folder beside")');
    const before = process.cwd();
    process.chdir(beside);
    try {
      expect(await askPython(python, question)).toMatchObject({ versions: { torch: '2.13.0' } });
    } finally {
      process.chdir(before);
    }
  });

  it('or why there is no answer, in words', async () => {
    const none = makeEnvironment(join(folder.path, 'none'));
    expect(await askPython(none, question)).toBe('it has no torch');
    const old = makeEnvironment(join(folder.path, 'old'), { torch: torch('1.9.1') });
    expect(await askPython(old, question)).toBe('its torch is 1.9.1, and 1.12 or newer is needed');
    const broken = makeEnvironment(join(folder.path, 'broken'), {
      torch: 'raise ImportError("libcudart.so.12: cannot open shared object file")',
    });
    expect(await askPython(broken, question)).toBe('libcudart.so.12: cannot open shared object file');
    const killed = makeEnvironment(join(folder.path, 'killed'), { torch: 'import os; os.kill(os.getpid(), 11)' });
    expect(await askPython(killed, question)).toBe('it was ended by SIGSEGV');
    expect(await askPython(join(folder.path, 'nothing'), question)).toBe('it is not there');
    writeFileSync(join(folder.path, 'text'), 'text');
    expect(await askPython(join(folder.path, 'text'), question)).toBe('it may not be run');
    expect(await askPython('/bin/true', question)).toBe('it answered with something else');
  });

  it('of one environment under two names the first counts; all are told in order', async () => {
    const venv = join(folder.path, 'cpu');
    const paths = [join(folder.path, 'nothing'), join(venv, 'bin', 'python3'), join(venv, 'bin', 'python')];
    const told: number[] = [];
    const found = await lookForPythons(question, { ...followed, told: (_, done) => told.push(done) }, paths);
    expect(found.map(({ environment: { python, found: has, reason } }) => [python, has, reason])).toEqual([
      [paths[0], false, 'it is not there'],
      [paths[1], true, null],
    ]);
    expect(told).toEqual([1, 2, 3]);
  });

  it('is ended with what it has started: a Python may be a script that starts another', async () => {
    const pid = join(folder.path, 'pid');
    const script = join(folder.path, 'wrapped');
    // no exec, as the scripts of some tools that choose a Python
    writeFileSync(script, `#!/bin/sh\nsleep 1000 &\necho $! > ${pid}\nwait\n`);
    chmodSync(script, 0o755);
    const abort = new AbortController();
    const answer = askPython(script, question, abort.signal);
    await expect.poll(() => existsSync(pid) && readFileSync(pid, 'utf8')).toMatch(/\d+\n/);
    abort.abort();
    expect(await answer).toBe('it was cancelled');
    await expect.poll(() => isThere(Number(readFileSync(pid, 'utf8')))).toBe(false);
  });

  it('is cancelled at once', async () => {
    const slow = makeEnvironment(join(folder.path, 'slow'), { torch: 'import time; time.sleep(1000)' });
    const abort = new AbortController();
    const asked = lookForPythons(question, { ...followed, signal: abort.signal }, [slow]);
    setTimeout(() => abort.abort(), 300);
    await expect(asked).rejects.toThrow();
  });
});
