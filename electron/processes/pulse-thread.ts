/** The thread that beats: see pulse.ts. */
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

/** Beats that may find no reader before the process is ended: the main thread leaves by itself when it can. */
const grace = 5;

const { every } = workerData as { every: number };
let unread = 0;

setInterval(() => {
  try {
    writeSync(1, '.');
    unread = 0;
  } catch (error) {
    // full: whoever reads is stopped, and reads on one day
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return;
    if (++unread >= grace) process.kill(process.pid, 'SIGKILL');
  }
}, every);
