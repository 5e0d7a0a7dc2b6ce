/** Entry of the trainer process: one job for the process at the other end of its port, then it leaves. */
import { parentPort } from '../processes/parent.ts';
import { startPulse } from '../processes/pulse.ts';
import { keepFreedMemory } from './keep-freed-memory.ts';
import { runTrainer } from './trainer.ts';

/** Milliseconds that the other side has to take the last messages before this process closes the port itself. */
const lingering = 30_000;

// a terminal's Ctrl C reaches the whole process group; the workbench decides what becomes of the run and closes the port
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);

// it writes into the store alone, which is its owner's: folders 0700, files 0600
process.umask(0o077);
startPulse();
keepFreedMemory();
const port = parentPort();
port.onClose(() => process.exit(0));
void runTrainer(port).then(() => setTimeout(() => port.close(), lingering));
