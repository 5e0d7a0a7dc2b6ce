/** A real Slurm of three nodes on this machine, as root and without systemd. What it starts, it ends, by process id. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Its nodes. */
export const nodes = ['node1', 'node2', 'node3'] as const;
/** One of them. */
type NodeName = (typeof nodes)[number];

/** A running cluster; its commands find it by SLURM_CONF, which is set in this process. */
export interface Cluster {
  /** Runs a command. @returns what it said @throws Error where it failed */
  run(command: string, ...given: readonly string[]): string;
  /** Kills the daemon of a node as a crash would: its jobs compute on, and Slurm begins them again elsewhere. */
  loseNode(node: NodeName): void;
  /** Starts it again. */
  returnNode(node: NodeName): void;
  stopController(): void;
  startController(): void;
  /** Ends all daemons. */
  close(): void;
}

/** Why no cluster can be started here, in a sentence; null where it can. */
export function noCluster(): string | null {
  if (process.platform !== 'linux') return 'the cluster is not tested: Slurm needs Linux';
  if (process.getuid?.() !== 0) return 'the cluster is not tested: its daemons need root, and this is not root';
  return null;
}

/** Installs what is missing of Slurm, from Debian's packages. @throws Error where that fails */
export function installSlurm(): void {
  const commands = ['sbatch', 'slurmctld', 'slurmd', 'munged'];
  if (commands.every((name) => spawnSync('which', [name]).status === 0)) return;
  const packages = ['slurmctld', 'slurmd', 'slurm-client', 'munge'];
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const given of [
    ['update', '-q'],
    ['install', '-y', '-q', '--no-install-recommends', ...packages],
  ]) {
    const { status, stderr } = spawnSync('apt-get', given, { encoding: 'utf8', env: environment });
    if (status !== 0) throw new Error(`Slurm cannot be installed: apt-get ${given[0]}: ${stderr}`);
  }
}

/** Starts a cluster in a folder. @throws Error where its nodes do not come up */
export function startCluster(folder: string): Cluster {
  for (const name of ['state', 'log', ...nodes.map((node) => `spool/${node}`)])
    mkdirSync(join(folder, name), { recursive: true });
  startMunge(folder);
  const host = hostname().split('.')[0]!;
  const config = readFileSync(new URL('slurm.conf.in', import.meta.url), 'utf8');
  process.env['SLURM_CONF'] = join(folder, 'slurm.conf');
  writeFileSync(process.env['SLURM_CONF'], config.replaceAll('@HOST@', host).replaceAll('@RUN@', folder));
  const pidOf = (daemon: string): number => Number(readFileSync(join(folder, `${daemon}.pid`), 'utf8'));
  const end = (daemon: string, signal: NodeJS.Signals): void => {
    try {
      const pid = pidOf(daemon);
      process.kill(pid, signal);
      for (let waits = 0; waits < 100 && existsSync(`/proc/${pid}`); waits++) spawnSync('sleep', ['0.1']);
    } catch {
      // it is not running
    }
  };
  const cluster: Cluster = {
    run,
    loseNode(node) {
      end(`slurmd-${node}`, 'SIGKILL');
      run('scontrol', 'update', `nodename=${node}`, 'state=down', 'reason=test');
    },
    returnNode(node) {
      run('slurmd', '-N', node);
      // refused where the node has come back by itself
      spawnSync('scontrol', ['update', `nodename=${node}`, 'state=resume']);
    },
    stopController: () => end('slurmctld', 'SIGTERM'),
    startController() {
      run('slurmctld');
      // until its nodes have reported, it takes no jobs
      awaitNodes((state) => /^(idle|alloc|allocated|mixed|completing)$/.test(state));
    },
    close() {
      for (const daemon of [...nodes.map((node) => `slurmd-${node}`), 'slurmctld']) end(daemon, 'SIGTERM');
      end('munged', 'SIGTERM');
    },
  };
  run('slurmctld', '-c');
  for (const node of nodes) run('slurmd', '-N', node);
  if (awaitNodes((state) => state === 'idle')) return cluster;
  cluster.close();
  throw new Error(
    `the cluster did not start:\n${readFileSync(join(folder, 'log', 'slurmctld.log'), 'utf8').slice(-2000)}`,
  );
}

/** Waits until every node is so. @returns whether they became it within half a minute */
function awaitNodes(so: (state: string) => boolean): boolean {
  for (let looks = 0; looks < 150; looks++) {
    const { stdout } = spawnSync('sinfo', ['-h', '-N', '-p', 'main', '-o', '%T'], { encoding: 'utf8' });
    if (stdout.split('\n').filter(so).length === nodes.length) return true;
    spawnSync('sleep', ['0.2']);
  }
  return false;
}

function run(command: string, ...given: readonly string[]): string {
  const { status, signal, stdout, stderr, error } = spawnSync(command, given, { encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`${command} ${given.join(' ')} (${status ?? signal}): ${error?.message ?? `${stdout}${stderr}`}`);
  return stdout;
}

/** Starts munged where none answers; one that was there stays. */
function startMunge(folder: string): void {
  if (spawnSync('munge', ['-n']).status === 0) return;
  const user = run('id', '-u', 'munge').trim();
  const group = run('id', '-g', 'munge').trim();
  for (const [path, mode] of [
    ['/run/munge', 0o755],
    ['/var/log/munge', 0o700],
    ['/var/lib/munge', 0o700],
  ] as const) {
    mkdirSync(path, { recursive: true });
    chmodSync(path, mode);
    chownSync(path, Number(user), Number(group));
  }
  const key = '/etc/munge/munge.key';
  mkdirSync('/etc/munge', { recursive: true });
  if (!existsSync(key)) {
    writeFileSync(key, randomBytes(128), { mode: 0o400 });
    chownSync(key, Number(user), Number(group));
  }
  if (statSync(key).size < 32) throw new Error(`${key} is no key`);
  run('runuser', '-u', 'munge', '--', '/usr/sbin/munged');
  for (let looks = 0; looks < 50 && spawnSync('munge', ['-n']).status !== 0; looks++) spawnSync('sleep', ['0.1']);
  // ended with the cluster, by its own process id
  writeFileSync(join(folder, 'munged.pid'), readFileSync('/run/munge/munged.pid', 'utf8'));
}
