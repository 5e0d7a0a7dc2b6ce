/**
 * `node bench/peak-memory.ts [images] [NETWORK,…] [PROBE,…]`: walks networks along made-up images in CIFAR's format, each in a trainer process, and prints the
 * peak of the processes' resident memory beside what the form tells. Linux only.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnalysisRecord } from '../shared/analyses/index.ts';
import { analysisIsOver } from '../shared/analyses/index.ts';
import type { Dataset } from '../shared/datasets.ts';
import { experimentSchema } from '../shared/experiment.ts';
import { peakMemory } from '../shared/memory.ts';
import { isOver } from '../shared/records.ts';
import type { RunRecord } from '../shared/records.ts';
import { nodeFork } from '../electron/processes/node.ts';
import { openWorkbench } from '../electron/workbench/workbench.ts';

const here = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const count = Math.max(500, Number(process.argv[2] ?? 2200));
const folder = mkdtempSync(join(tmpdir(), 'valleywalk-peak-'));
const images = join(folder, 'images');
mkdirSync(images);
const perBatch = Math.ceil(count / 5);
for (const name of [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`)) {
  const bytes = new Uint8Array(perBatch * 3073).map((_, at) => (at * 2654435761) >>> 24);
  for (let row = 0; row < perBatch; row++) bytes[row * 3073] = row % 10;
  writeFileSync(join(images, name), bytes);
}
writeFileSync(join(images, 'batches.meta.txt'), Array.from({ length: 10 }, (_, label) => `class ${label}\n`).join(''));

/** Highest resident mebibytes of the processes that were started last. */
let peak = 0;
const pids: number[] = [];
const fork = nodeFork(here('electron/trainer/entry.ts'));
const workbench = openWorkbench({
  store: join(folder, 'store'),
  resources: here('resources'),
  version: 'bench',
  fork: () => {
    const child = fork();
    if (child.pid !== undefined) pids.push(child.pid);
    return child;
  },
});

function look(): void {
  for (const pid of pids)
    try {
      const kibibytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      peak = Math.max(peak, Number(kibibytes ?? 0) / 1024);
    } catch {
      // it has ended
    }
}

async function until(over: () => Promise<boolean>): Promise<void> {
  while (!(await over())) {
    look();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const dataset = (await workbench.handle('datasets.add', { folder: images, title: 'peak' })) as Dataset;
const train = Math.floor(dataset.count * 0.9);
const lanczos = { method: 'lanczos', every: { iterations: 1 }, eigenvalues: 2, examples: 100, iterations: 20 };
const valleyFloor = { when: 'end', maximum: 2, steps: 1, intervals: 2 };
const [, , , onlyNetworks, onlyProbes] = process.argv;
const chosen = <T>(all: Record<string, T>, only?: string): [string, T][] =>
  Object.entries(all).filter(([name]) => !only || only.split(',').includes(name));
const networks = {
  'MLP 500-350': { architecture: 'mlp', hidden: [500, 350] },
  'MLP 2000-2000': { architecture: 'mlp', hidden: [2000, 2000] },
  CNN: { architecture: 'cnn' },
  'VGG-11': { architecture: 'vgg11' },
  'VGG-11 with batch norm': { architecture: 'vgg11', batchNorm: true },
  'ResNet-20': { architecture: 'resnet', depth: 20 },
  'ResNet-56': { architecture: 'resnet', depth: 56 },
};
const probes = {
  plain: {},
  curvature: { hessian: lanczos },
  'noise scale': { hessian: { ...lanczos, gradientNoiseScale: true } },
  'valley floor': { valleyFloor },
};

console.log('network            probe          measured MiB   told MiB   told / measured');
for (const [name, model] of chosen<object>(networks, onlyNetworks))
  for (const [probe, asked] of chosen<object>(probes, onlyProbes)) {
    const experiment = experimentSchema.parse({
      name: `${name}, ${probe}`,
      data: { set: dataset.id, train, validation: dataset.count - train },
      model,
      length: { iterations: 2 },
      probes: { interpolation: { points: 2, windows: [{ firstIterations: 1 }] }, ...asked },
      keepParameters: probe === 'valley floor' ? 'windows' : 'none',
    });
    peak = 0;
    pids.length = 0;
    const { run } = (await workbench.handle('runs.start', { experiment })) as RunRecord;
    let record: RunRecord;
    await until(async () => isOver((record = (await workbench.handle('runs.get', { run })) as RunRecord).status));
    if (record!.status !== 'finished') throw new Error(`${experiment.name}: ${record!.status}, ${record!.error}`);
    await until(async () =>
      ((await workbench.handle('analyses.list', { run })) as AnalysisRecord[]).every(({ status }) =>
        analysisIsOver(status),
      ),
    );
    const reported = peakMemory(experiment, dataset) / 2 ** 20;
    const figures = [
      peak.toFixed(0).padStart(12),
      reported.toFixed(0).padStart(8),
      (reported / peak).toFixed(2).padStart(15),
    ];
    console.log(`${name.padEnd(18)} ${probe.padEnd(14)} ${figures.join('   ')}`);
  }
await workbench.close();
rmSync(folder, { recursive: true, force: true });
