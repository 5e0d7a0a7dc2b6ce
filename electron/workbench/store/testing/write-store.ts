/** A store to check, with something of every kind. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { experimentSchema } from '../../../../shared/experiment.ts';
import { batchFrom, batchOf, curvatureOf } from '../../testing/batches.ts';
import { openStore } from '../store.ts';

const keep = (root: string, name: string, text: string): { file: string; sha256: string; bytes: number } => {
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, name), text);
  return { file: name, sha256: createHash('sha256').update(text).digest('hex'), bytes: text.length };
};

/** Writes a store: a run of 1,200 iterations, in two chunks, with parameters and a checkpoint; and a small one. @returns the first's id */
export function writeStore(path: string): string {
  const opened = openStore(path);
  const ids = [1200, 30].map((count) => {
    const { record } = opened.create({
      experiment: experimentSchema.parse({ name: `walk of ${count}` }),
      iterationsTotal: count,
      parameters: 12,
      backend: 'cpu',
    });
    const id = record.run;
    const key = opened.runs.key(id);
    opened.transaction(() => {
      opened.records.append(key, batchOf(0, count));
      opened.records.append(key, batchFrom([], [], [], curvatureOf(5)));
      for (const iteration of [0, 7])
        opened.parameters.add(id, key, {
          iteration,
          ...keep(
            opened.parameters.folder(id),
            `theta-${iteration}.safetensors`,
            `parameters ${iteration} `.repeat(20),
          ),
        });
    });
    const checkpoint = {
      iteration: count - 2,
      epoch: 1,
      kept: 7,
      ...keep(opened.checkpoints.folder(id), 'checkpoint-1.safetensors', 'state '.repeat(50)),
    };
    opened.runs.change(id, {
      status: 'stopped',
      iterations_done: count,
      owner: null,
      checkpoint,
      checkpoint_iteration: checkpoint.iteration,
      notes: 'what I think of it',
      tags: ['paper'],
    });
    return id;
  });
  opened.settings.set('concurrentRuns', '2');
  opened.close();
  return ids[0]!;
}
