/**
 * `node bench/memory.ts`: trains a small MLP for 10,000 iterations, a hundred of them probed and checkpoints written, in a trainer process,
 * and prints its resident memory over time: it should be flat.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunRecord } from '../shared/records.ts';
import { nodeFork } from '../electron/processes/node.ts';
import { openWorkbench } from '../electron/workbench/workbench.ts';

const here = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const store = mkdtempSync(join(tmpdir(), 'valleywalk-memory-'));
const fork = nodeFork(here('electron/trainer/entry.ts'));
let trainer: number | undefined;
const workbench = openWorkbench({
  store,
  resources: here('resources'),
  version: 'bench',
  fork: () => {
    const child = fork();
    trainer = child.pid;
    return child;
  },
});

/** Resident mebibytes of a process, from /proc: Linux only. */
function resident(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

const { run } = (await workbench.handle('runs.start', {
  experiment: {
    name: 'memory',
    model: { hidden: [50] },
    length: { iterations: 10_000 },
    probes: { interpolation: { windows: [{ firstIterations: 100 }] } },
  },
})) as RunRecord;
console.log('iterations  trainer MiB  workbench MiB');
let next = 500;
for (;;) {
  await new Promise((resolve) => setTimeout(resolve, 50));
  const record = (await workbench.handle('runs.get', { run })) as RunRecord;
  if (record.status !== 'queued' && record.status !== 'running') {
    console.log(record.status);
    break;
  }
  if (record.iterations_done < next || trainer === undefined) continue;
  next = (Math.floor(record.iterations_done / 500) + 1) * 500;
  const figures = [record.iterations_done, resident(trainer), resident(process.pid)].map((value) => value.toFixed(0));
  console.log(`${figures[0]!.padStart(10)}  ${figures[1]!.padStart(11)}  ${figures[2]!.padStart(13)}`);
}
await workbench.close();
rmSync(store, { recursive: true, force: true });
