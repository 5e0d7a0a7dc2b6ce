/** Python environments of this machine: where they lie, and what each answers when it is asked for a library. */
import type { Stats } from 'node:fs';
import { existsSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { checkValue } from '../../../shared/check-value.ts';
import type { PythonEnvironment } from '../../../shared/setups.ts';
import { expandHome } from '../../files/home.ts';
import { cleanEnvironment } from '../../processes/environment.ts';
import { endGroup, startGroup } from '../../processes/group.ts';
import { tail } from '../../processes/tail.ts';

/** Milliseconds that a Python may take to import a library: seconds from a disk, more over a network. */
const longestAnswer = 60_000;

const answerSchema = z.strictObject({
  /** The interpreter's own folder: the same for every name of one environment. */
  prefix: z.string(),
  versions: z.record(z.string(), z.string()),
  device: z.string().nullable(),
  /** What the question found beside, by name. */
  places: z.record(z.string(), z.string()).default({}),
});

/** What a Python answered. */
export type PythonAnswer = z.output<typeof answerSchema>;

/** Stands before the answer: libraries print what they like while they are imported. */
const mark = 'valleywalk answers: ';

/**
 * The whole of what a Python runs; an exception of the question ends it with its text as the last line of standard error. With -c Python
 * looks for modules in the folder that it is started in first: what lies there by a library's name is neither asked nor run.
 */
function program(question: string): string {
  return `import sys
if sys.path and sys.path[0] == "":
    del sys.path[0]
import json, platform
${question}
answer["versions"]["python"] = platform.python_version()
answer["prefix"] = sys.prefix
print("\\n${mark}" + json.dumps(answer), flush=True)
`;
}

/**
 * Asks a Python for a library.
 * @param question Python that leaves `answer`, as {@link SetupKind} says
 * @returns the answer, or why there is none
 */
export function askPython(python: string, question: string, signal?: AbortSignal): Promise<PythonAnswer | string> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve(cancelled);
      return;
    }
    const child = startGroup(python, ['-B', '-c', program(question)], {
      env: cleanEnvironment(process.env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [said, errors] = [tail(child.stdout!, mostSaid), tail(child.stderr!)];
    const answer = (found: PythonAnswer | string): void => {
      clearTimeout(limit);
      signal?.removeEventListener('abort', cancel);
      // what it has started and left is nobody's any more
      endGroup(child);
      resolve(found);
    };
    const cancel = (): void => answer(cancelled);
    const limit = setTimeout(() => answer(`it did not answer within ${longestAnswer / 1000} s`), longestAnswer);
    signal?.addEventListener('abort', cancel);
    child.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      answer(code === 'ENOENT' ? 'it is not there' : code === 'EACCES' ? 'it may not be run' : message),
    );
    // what it has started and left would hold its streams, and keep its answer waiting
    child.on('exit', () => endGroup(child));
    child.on('close', (code, ended) => answer(code === 0 ? answerIn(said.text()) : whyNot(code, ended, errors.text())));
  });
}

const cancelled = 'it was cancelled';

/** Characters of what a Python prints that are kept: its answer stands at the end. */
const mostSaid = 2 ** 20;

/** The answer in what a Python printed, or that there is none. */
function answerIn(text: string): PythonAnswer | string {
  const line = text.split('\n').findLast((each) => each.startsWith(mark));
  try {
    const read = checkValue(answerSchema, JSON.parse(line?.slice(mark.length) ?? 'null') as unknown);
    if (read.success) return read.data;
  } catch {
    // no JSON
  }
  return 'it answered with something else';
}

/** Why a Python gave no answer, from its end and the last line that it wrote. */
function whyNot(code: number | null, signal: string | null, stderr: string): string {
  const last = stderr.split('\n').at(-1)?.trim() ?? '';
  const missing = /^ModuleNotFoundError: No module named '([^']+)'/.exec(last);
  if (missing) return `it has no ${missing[1]!}`;
  // of Python 2
  if (last.startsWith('SyntaxError')) return 'it is too old; Python 3 is needed';
  if (last !== '') return last.replace(/^(ImportError|RuntimeError|OSError|Exception): /, '');
  return signal === null ? `it ended with ${String(code)}` : `it was ended by ${signal}`;
}

/** A machine, as far as environments are looked for on it. */
interface Surroundings {
  environment: NodeJS.ProcessEnv;
  home: string;
  /** The folder that the program was started in. */
  folder: string;
  platform: NodeJS.Platform;
}

/** The Python of an environment's folder, where there is one. */
function pythonOf(environment: string, platform: NodeJS.Platform): string[] {
  const names = platform === 'win32' ? ['python.exe', 'Scripts/python.exe'] : ['bin/python3', 'bin/python'];
  const found = names.map((name) => join(environment, name)).find((path) => existsSync(path));
  return found === undefined ? [] : [found];
}

/**
 * The Python that a person names: a path, the folder of an environment (beside, by its name alone, too), or a name that stands on PATH.
 * @returns its path, absolute; what was named where it is nothing of that
 */
export function namedPython(named: string, platform: NodeJS.Platform = process.platform): string {
  const stat = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false });
  const path = resolve(expandHome(named));
  if (!/[\\/]/.test(named) && stat(path)?.isDirectory() !== true)
    return (
      pathFolders(process.env)
        .map((folder) => join(folder, named))
        .find((each) => stat(each)?.isFile()) ?? named
    );
  return (stat(path)?.isDirectory() === true ? pythonOf(path, platform)[0] : undefined) ?? path;
}

function pathFolders(environment: NodeJS.ProcessEnv): string[] {
  return (environment['PATH'] ?? '').split(delimiter).filter((each) => each !== '');
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** The environments that conda writes down wherever they were made. */
function condaList(home: string): string[] {
  try {
    return readFileSync(join(home, '.conda', 'environments.txt'), 'utf8')
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '');
  } catch {
    return [];
  }
}

/**
 * Paths of the Pythons of this machine, the likeliest first: the environment that is active, those on PATH, environments beside, conda's,
 * pyenv's. Some may be the same by another name.
 */
export function pythonPaths({ environment, home, folder, platform }: Surroundings = here()): string[] {
  const variable = (name: string): string[] => (environment[name] ? [environment[name]] : []);
  const onPath = pathFolders(environment)
    .flatMap((each) => (platform === 'win32' ? ['python.exe'] : ['python3', 'python']).map((name) => join(each, name)))
    .filter((path) => existsSync(path));
  const condas = [
    ...['miniconda3', 'anaconda3', 'miniforge3', 'mambaforge', 'micromamba'].map((name) => join(home, name)),
    ...variable('MAMBA_ROOT_PREFIX'),
    ...(platform === 'win32' ? [] : ['/opt/conda', '/opt/miniconda3', '/opt/anaconda3']),
  ];
  const environments = [
    ...[folder, home].flatMap((place) => ['.venv', 'venv', 'env'].map((name) => join(place, name))),
    ...[...variable('WORKON_HOME'), join(home, '.virtualenvs'), join(home, 'venvs')].flatMap(foldersIn),
    ...condas.flatMap((conda) => [conda, ...foldersIn(join(conda, 'envs'))]),
    ...condaList(home),
    ...[...variable('PYENV_ROOT'), join(home, '.pyenv')].flatMap((root) => foldersIn(join(root, 'versions'))),
  ];
  return distinct([
    ...[...variable('VIRTUAL_ENV'), ...variable('CONDA_PREFIX')].flatMap((each) => pythonOf(each, platform)),
    ...onPath,
    ...environments.flatMap((each) => pythonOf(each, platform)),
  ]);
}

function here(): Surroundings {
  return { environment: process.env, home: homedir(), folder: process.cwd(), platform: process.platform };
}

/**
 * Paths without the same twice: python and python3 of one folder, folders by another name. The Python of a virtual environment is a link to
 * the one that it was made of, so that the folder counts, and not what the link names.
 */
function distinct(paths: readonly string[]): string[] {
  const seen = new Set<string>();
  return paths.filter((path) => {
    let key: string;
    try {
      const folder = realpathSync(dirname(path));
      key = join(folder, basename(path).replace(/^python3(\.exe)?$/, 'python$1'));
    } catch {
      return false;
    }
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** A Python that was asked, and its answer; null where it has none. */
export interface AskedPython {
  environment: PythonEnvironment;
  answer: PythonAnswer | null;
}

/** How somebody follows the search. */
interface Looking {
  signal: AbortSignal;
  /** Is told those that have answered, in their order, and of how many. */
  told: (found: readonly AskedPython[], done: number, all: number) => void;
}

/** Asks Pythons for a library, a few at a time, in their order; of several that are one environment the first counts. */
export async function lookForPythons(
  question: string,
  { signal, told }: Looking,
  paths: readonly string[] = pythonPaths(),
): Promise<AskedPython[]> {
  const answers: (PythonAnswer | string | undefined)[] = paths.map(() => undefined);
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < paths.length && !signal.aborted) {
      const index = next++;
      answers[index] = await askPython(paths[index]!, question, signal);
      if (!signal.aborted) told(asked(paths, answers), ++done, paths.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
  signal.throwIfAborted();
  return asked(paths, answers);
}

/** Those that have answered. */
function asked(paths: readonly string[], answers: readonly (PythonAnswer | string | undefined)[]): AskedPython[] {
  const prefixes = new Set<string>();
  return paths.flatMap((python, index): AskedPython[] => {
    const answer = answers[index];
    if (answer === undefined) return [];
    if (typeof answer === 'string')
      return [{ environment: { python, found: false, versions: {}, device: null, reason: answer }, answer: null }];
    if (prefixes.has(answer.prefix)) return [];
    prefixes.add(answer.prefix);
    const { versions, device } = answer;
    return [{ environment: { python, found: true, versions, device, reason: null }, answer }];
  });
}
