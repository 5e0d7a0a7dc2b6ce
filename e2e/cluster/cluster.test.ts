/**
 * A study of 24 runs on a real Slurm of three nodes, to which everything happens that happens to clusters: each run is there once in the end,
 * with the records of the same study on this machine's own queue.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deadline, seconds } from '../../build/machine.ts';
import type { RunRecord } from '../../shared/records.ts';
import type { StudyRecord } from '../../shared/study-record.ts';
import { nodeFork } from '../../electron/processes/node.ts';
import { openWorkbench } from '../../electron/workbench/workbench.ts';
import type { Workbench } from '../../electron/workbench/workbench.ts';
import { nodes, startCluster } from './cluster.ts';
import type { Cluster } from './cluster.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const study = {
  name: 'rates',
  experiment: {
    model: { hidden: [150] },
    data: { train: 6000, validation: 500 },
    length: { epochs: 8 },
    keepParameters: 'epochs',
    probes: { interpolation: { windows: [{ firstIterations: 40 }] } },
  },
  sweep: { 'optimizer.learningRate': [0.05, 0.1, 0.2, 0.4] },
  seeds: 6,
};

let folder: string;
let cluster: Cluster;
let workbench: Workbench;
const temporary = (node: string): string => join(folder, 'nodes', node);

const open = (store: string): Workbench =>
  openWorkbench({
    store: join(folder, store),
    resources: join(root, 'resources'),
    version,
    fork: nodeFork(join(root, 'dist', 'node', 'trainer.js')),
    // each node has a temporary folder of its own, as nodes have
    program: `env TMPDIR=${folder}/nodes/$SLURMD_NODENAME ${process.execPath} ${root}/dist/node/valleywalk.js`,
  });
const ask = async <T>(name: string, parameters: object, of = workbench): Promise<T> =>
  (await of.handle(name, parameters)) as T;
const runs = (): Promise<RunRecord[]> => ask('runs.list', {});
const say = (what: string): void => console.log(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${what}`);
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until the runs are so. */
async function until(what: string, so: (runs: RunRecord[]) => boolean, limit: number): Promise<RunRecord[]> {
  const over = deadline(limit);
  for (;;) {
    const now = await runs();
    if (so(now)) {
      say(what);
      return now;
    }
    if (over()) {
      const states = now.map(
        ({ name, status, machine, error }) => `${name}: ${status} ${machine?.state} ${error ?? ''}`,
      );
      throw new Error(`${what}: it does not come to that\n${states.join('\n')}`);
    }
    await pause(250);
  }
}

/** Waits until a task has just begun on a node. @returns its job, as Slurm names it now */
async function begunOn(node: string): Promise<string> {
  const over = deadline(60);
  while (!over()) {
    const lines = cluster.run('squeue', '-h', '-t', 'RUNNING', '-p', 'main', '-w', node, '-o', '%i %M').split('\n');
    const [job, time] = lines[0]!.split(' ');
    if (job && /^0:0[1-3]$/.test(time!)) {
      say(`${job} has begun on ${node}`);
      return job;
    }
    await pause(200);
  }
  throw new Error(`no task begins on ${node}`);
}
/** How often Slurm has begun a job again. */
const restartsOf = (job: string): number =>
  Number(/Restarts=(\d+)/.exec(cluster.run('scontrol', 'show', 'job', job))?.[1]);
/** The run that is a job. */
const runOf = async (job: string): Promise<RunRecord> => (await runs()).find(({ machine }) => machine?.job === job)!;

/** Tells a task that computes on node3 to stop, by Slurm's means. @returns its run */
async function signalOne(): Promise<string> {
  for (let again = 0; ; again++) {
    const job = await begunOn('node3');
    const { run, machine } = await runOf(job);
    const attempt = join(machine!.folder, 'runs', run, 'attempt.json');
    const late = deadline(30);
    while (!(existsSync(attempt) && readFileSync(attempt, 'utf8').includes(`"${job}"`)) && !late()) await pause(100);
    // its trainer computes by then
    await pause(1000);
    const { stderr } = spawnSync('scancel', ['--signal=TERM', '--batch', job], { encoding: 'utf8' });
    // it also fails, without a word, where the job ends before it looks again
    if (stderr === '') return run;
    if (again === 3) throw new Error(stderr);
    say(stderr);
  }
}

/** All that runs recorded but for times, by their names. */
async function everything(of: Workbench): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const { run, name, status, summary, parameters } of await ask<RunRecord[]>('runs.list', {}, of)) {
    expect(all).not.toHaveProperty([name]);
    all[name] = {
      ...{ status, summary, parameters },
      iterations: await ask('runs.iterations', { run, from: 0 }, of),
      slices: await ask('runs.slices', { run, from: 0 }, of),
      epochs: await ask('runs.epochs', { run }, of),
    };
  }
  return all;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'valleywalk-cluster-'));
  for (const node of nodes) mkdirSync(temporary(node), { recursive: true });
  cluster = startCluster(folder);
});
afterAll(async () => {
  // where the cluster did not start there is neither
  await (workbench as Workbench | undefined)?.close();
  spawnSync('umount', ['-l', temporary('node3')]);
  (cluster as ReturnType<typeof startCluster> | undefined)?.close();
  rmSync(folder, { recursive: true, force: true });
});

it(
  'a study of 24 runs outlives what happens to clusters, each run once, its records those of the local queue',
  async () => {
    // the third node has no room at first
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'none', temporary('node3')]).status === 0;
    if (!mounted) say('no file system may be mounted here, so that no node is full');
    workbench = open('store');
    const started = await ask<StudyRecord>('studies.start', {
      study,
      on: { machine: 'slurm', options: { folder: join(folder, 'shared'), minutes: 10 } },
    });
    expect(started).toMatchObject({ runs: 24 });
    say('submitted');

    if (mounted) {
      const full = await until(
        'a run was refused by the full node',
        (all) => all.some(({ error }) => error !== null),
        60,
      );
      expect(full.find(({ error }) => error !== null)).toMatchObject({
        status: 'failed',
        error: expect.stringMatching(/nodes\/node3 on node node3 is full .*free some there/) as string,
      });
      spawnSync('umount', ['-l', temporary('node3')]);
      await ask('studies.resume', { study: started.study });
      say('the full node was emptied, and the study resumed');
    }

    const preempted = await begunOn('node1');
    await pause(1000);
    cluster.run('sbatch', '-p', 'urgent', '-w', 'node1', '-o', '/dev/null', '--wrap', 'sleep 1');
    await until(
      'a run was preempted, and says so',
      (all) => all.some(({ failed_attempts: attempts }) => attempts.some(({ error }) => error.includes('PREEMPTION'))),
      60,
    );
    expect(restartsOf(preempted)).toBe(1);

    const lost = await begunOn('node2');
    // one that was preempted before may be it
    const before = restartsOf(lost);
    cluster.loseNode('node2');
    say('the daemon of node2 was killed, while its task computes on');
    const over = deadline(30);
    while (restartsOf(lost) === before && !over()) await pause(200);
    expect(restartsOf(lost)).toBeGreaterThan(before);
    cluster.returnNode('node2');

    const ended = await signalOne();
    await until('a run was ended by a signal', (all) => all.find(({ run }) => run === ended)!.status === 'stopped', 60);
    expect((await ask<RunRecord>('runs.get', { run: ended })).error).toMatch(/was told to stop by a signal on node3/);

    cluster.stopController();
    say('the controller was stopped');
    const { troubles } = await ask<{ troubles: string[] }>('studies.collect', {});
    expect(troubles.join()).toMatch(/controller/);
    await workbench.close();
    say('the workbench was closed');
    await pause(10_000);
    cluster.startController();
    workbench = open('store');
    say('the controller was started, and the workbench opened again');

    const allOver = (all: RunRecord[]): boolean =>
      all.every(({ status }) => status !== 'queued' && status !== 'running');
    for (let again = 0; again < 3; again++) {
      const all = await until('every run is over', allOver, 180);
      const left = all.filter(({ status }) => status !== 'finished');
      if (left.length === 0) break;
      say(`${left.length} are resumed: ${left.map(({ status, error }) => `${status}: ${error}`).join(' | ')}`);
      await ask('studies.resume', { study: started.study });
    }
    const all = await runs();
    expect(all).toHaveLength(24);
    expect(all.map(({ status }) => status)).toEqual(all.map(() => 'finished'));
    expect(new Set(all.map(({ place }) => String(place))).size).toBe(24);

    const local = open('local');
    try {
      // one thread each, as on the nodes
      await ask('settings.change', { concurrentRuns: Math.min(64, availableParallelism()) }, local);
      await ask('studies.start', { study }, local);
      const tooLate = deadline(180);
      while (local.activeRuns() > 0 && !tooLate()) await pause(200);
      say('the same study was computed on the local queue');
      expect(await everything(workbench)).toEqual(await everything(local));
    } finally {
      await local.close();
    }
    const checked = await ask<{ sound: boolean }>('workbench.checkStore', {});
    expect(checked).toMatchObject({ sound: true });
  },
  seconds(600),
);
