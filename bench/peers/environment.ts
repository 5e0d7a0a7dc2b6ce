/** The peers' Python: a venv with what PyPI has of them, the runs seeded for each, and their servers on this machine alone. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Served, Size } from './contender.ts';

/** What is installed. */
const packages = ['tensorboard==2.21.*', 'mlflow==3.17.*', 'aim==3.29.*'];

/** Nothing is told to anybody: what would leave this machine finds a proxy that is not there. */
const private_ = {
  MLFLOW_DISABLE_TELEMETRY: 'true',
  DO_NOT_TRACK: '1',
  AIM_UI_TELEMETRY_ENABLED: '0',
  GIT_PYTHON_REFRESH: 'quiet',
  http_proxy: 'http://127.0.0.1:9',
  https_proxy: 'http://127.0.0.1:9',
  no_proxy: '127.0.0.1,localhost',
};

/** Where everything is kept from one measurement to the next. */
export interface Environment {
  folder: string;
  /** A program of the venv. */
  program(name: string): string;
  /** The version that is installed. */
  version(name: string): Promise<string>;
  /** The folder of a peer's seeded runs; made where there is none. */
  seeded(peer: 'valleywalk' | 'tensorboard' | 'mlflow' | 'aim', size: Size): Promise<string>;
}

/** Opens the folder of a measurement. @param venv one that has the packages is taken as it is; else they are installed into it */
export async function openEnvironment(folder: string, venv: string): Promise<Environment> {
  mkdirSync(folder, { recursive: true });
  const program = (name: string): string => join(venv, 'bin', name);
  const version = async (name: string): Promise<string> => {
    const script = `import importlib.metadata; print(importlib.metadata.version('${name}'))`;
    return (await output(program('python'), ['-c', script])).trim();
  };
  const isThere = async (wanted: string): Promise<boolean> => {
    const [name, release] = wanted.split('==') as [string, string];
    return version(name).then(
      (found) => found.startsWith(release.replace('*', '')),
      () => false,
    );
  };
  if (!(await Promise.all(packages.map(isThere))).every(Boolean)) {
    console.error(`installing ${packages.join(', ')} into ${venv} …`);
    await output('python3', ['-m', 'venv', venv]);
    await output(program('pip'), ['install', '--quiet', '--disable-pip-version-check', ...packages], process.env);
  }
  return {
    folder,
    program,
    version,
    async seeded(peer, { runs, iterations }) {
      const to = join(folder, `${peer}-${runs}x${iterations}`);
      if (existsSync(to)) return to;
      console.error(`seeding ${peer} …`);
      const start = performance.now();
      const script = join(import.meta.dirname, 'seed.py');
      // MLflow writes paths of artifacts into its store, so it is seeded where it stays
      rmSync(`${to}.part`, { recursive: true, force: true });
      await output(program('python'), [script, peer, `${to}.part`, String(runs), String(iterations)]);
      renameSync(`${to}.part`, to);
      console.error(`seeding ${peer} took ${((performance.now() - start) / 1000).toFixed(0)} s`);
      return to;
    },
  };
}

/** What a program printed. @throws Error with its last words where it fails */
async function output(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = environment(),
): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  let [said, words] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (more: string) => (said += more));
  child.stderr.setEncoding('utf8').on('data', (more: string) => (words = (words + more).slice(-4000)));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${String(code)}: ${words}`);
  return said;
}

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, ...private_ });

/** A port of this machine that nobody listens at. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const running = new Set<() => Promise<void>>();

/** Ends every server that still runs. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((stop) => stop()));
}

/**
 * Starts a server and waits until it answers.
 * @param args of the program, by the port that it is to listen at
 * @param log what it says goes there
 * @throws Error when it ends before, or does not answer within five minutes
 */
export async function serve(program: string, args: (port: number) => readonly string[], log: string): Promise<Served> {
  const port = await freePort();
  const to = openSync(log, 'w');
  const child = spawn(program, args(port), { stdio: ['ignore', to, to], env: environment(), detached: true });
  const stop = ender(child);
  const address = `http://127.0.0.1:${port}`;
  const end = performance.now() + 300_000;
  try {
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${program} ended; see ${log}`);
      if (performance.now() > end) throw new Error(`${program} did not answer within five minutes; see ${log}`);
      const answer = await fetch(address).catch(() => null);
      await answer?.arrayBuffer();
      if (answer?.ok) return { address, stop };
      await wait(200);
    }
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What ends a process and its group, by force where it takes longer than five seconds. @param child a leader of its own group */
function ender(child: ChildProcess): () => Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  const signal = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // the group is gone
    }
  };
  const stop = async (): Promise<void> => {
    running.delete(stop);
    signal('SIGTERM');
    const late = setTimeout(() => signal('SIGKILL'), 5000);
    await ended;
    clearTimeout(late);
    // what a leader leaves behind
    signal('SIGKILL');
  };
  running.add(stop);
  return stop;
}
