/** A whole walk as a user runs it, from the terminal with its store, on a set of 45,000 images in MNIST's format. */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { valleywalk } from '../terminal.ts';
import type { Subject } from './networks.ts';

/** Writes images and labels as IDX files, pixels in 0–255. */
function writeSet(folder: string, { examples }: Subject, validation: number): void {
  mkdirSync(folder);
  const count = examples.count + validation;
  const header = (magic: number, ...sizes: number[]): Buffer => {
    const bytes = Buffer.alloc(4 * (1 + sizes.length));
    [magic, ...sizes].forEach((value, index) => bytes.writeUInt32BE(value, 4 * index));
    return bytes;
  };
  const pixels = Uint8Array.from(
    { length: count * examples.features },
    (_, index) => 127.5 * (1 + examples.images[index % examples.images.length]!),
  );
  const labels = Uint8Array.from({ length: count }, (_, index) => examples.targets[index % examples.count]!);
  writeFileSync(join(folder, 'train-images-idx3-ubyte'), Buffer.concat([header(0x803, count, 28, 28), pixels]));
  writeFileSync(join(folder, 'train-labels-idx1-ubyte'), Buffer.concat([header(0x801, count), labels]));
}

/** A whole walk that is timed. */
interface WholeWalk {
  /** Its images where no set is told. */
  subject: Subject;
  /** A folder with a data set. */
  set: string | undefined;
  iterations: number;
  /** K, the intervals of a slice. */
  points: number;
  /** Whether slices are sequential: 99 %, 2 % of the range. */
  sequential: boolean;
}

/**
 * Runs so many probed iterations of the MLP on 45,000 examples, records stored.
 * @returns seconds of the whole command, from its start to its end, the data's loading and the first evaluation included
 */
export function wholeWalk({ subject, set, iterations, points, sequential }: WholeWalk): number {
  const folder = mkdtempSync(join(tmpdir(), 'valleywalk-walk-'));
  try {
    if (set === undefined) writeSet(join(folder, 'set'), subject, 5000);
    const store = join(folder, 'store');
    const added = JSON.parse(valleywalk('data', 'add', set ?? join(folder, 'set'), '--store', store, '--json')) as {
      id: string;
    };
    const evaluateOn = sequential ? { sequential: { confidence: 0.99, tolerance: 0.02 } } : 'train';
    const experiment = {
      name: 'whole walk',
      data: { set: added.id, train: subject.examples.count, validation: 5000 },
      optimizer: { learningRate: 0.1, batchSize: 100 },
      length: { iterations },
      probes: { interpolation: { points, evaluateOn, windows: [{ firstIterations: iterations }] } },
    };
    const file = join(folder, 'experiment.json');
    writeFileSync(file, JSON.stringify(experiment));
    const start = performance.now();
    valleywalk('run', file, '--store', store);
    return (performance.now() - start) / 1000;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The preset `quick-walk` on a backend.
 * @returns seconds of the whole command, from its start to its end
 */
export function quickWalk(backend: string): number {
  const store = mkdtempSync(join(tmpdir(), 'valleywalk-walk-'));
  try {
    const start = performance.now();
    valleywalk('run', 'quick-walk', '--backend', backend, '--store', store);
    return (performance.now() - start) / 1000;
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}
