/**
 * A thread beside the tests that ends their process when one input takes too long or too much memory: what computes for ever cannot end itself.
 * It writes down which input that was; so does the file that it was left in, should the process end in another way.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

/** What the thread is told. */
export interface Watching {
  /** Numbers shared with the tests: the input that is tried, counted from 1, 0 between properties; the greatest resident memory in MiB. */
  shared: SharedArrayBuffer;
  hang: number;
  memory: number;
  /** The file of the input at hand. */
  current: string;
}

const { shared, hang, memory, current } = workerData as Watching;
const numbers = new Int32Array(shared);
let seen = 0;
let since = performance.now();

function end(found: string): void {
  const input = JSON.parse(readFileSync(current, 'utf8')) as object;
  writeFileSync(current, JSON.stringify({ ...input, found }));
  process.kill(process.pid, 'SIGKILL');
}

setInterval(() => {
  const input = Atomics.load(numbers, 0);
  if (input !== seen) [seen, since] = [input, performance.now()];
  const resident = process.memoryUsage.rss();
  Atomics.store(numbers, 1, Math.max(Atomics.load(numbers, 1), Math.ceil(resident / 2 ** 20)));
  if (input === 0) return;
  if (performance.now() - since > hang) end(`took longer than ${hang / 1000} s`);
  else if (resident > memory) end(`took the process over ${Math.round(memory / 2 ** 20)} MiB of memory`);
}, 20);
parentPort?.unref();
