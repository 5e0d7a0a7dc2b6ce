/** Which compute backends there are, asked of a trainer process: the workbench itself loads no compute library. */
import { trainerReportSchema } from '../../shared/trainer-messages.ts';
import type { BackendInfo, TrainerCommand } from '../../shared/trainer-messages.ts';
import type { Fork } from '../processes/child.ts';

/** Milliseconds to wait for the answer. */
const patience = 30_000;

/**
 * Asks once and remembers the answer; a failure is told as an unavailable backend and asked about again the next time.
 */
export function backendsOf(fork: Fork): () => Promise<BackendInfo[]> {
  let known: Promise<BackendInfo[]> | null = null;
  return () => {
    known ??= describe(fork).catch((error: Error) => {
      known = null;
      return [unavailable(error.message)];
    });
    return known;
  };
}

function describe(fork: Fork): Promise<BackendInfo[]> {
  return new Promise((resolve, reject) => {
    const child = fork();
    const timer = setTimeout(() => {
      reject(new Error(`the trainer process did not answer within ${patience / 1000} s`));
      child.kill();
    }, patience);
    child.onMessage((raw) => {
      const report = trainerReportSchema.safeParse(raw);
      if (report.success && report.data.type === 'backends') resolve(report.data.backends);
      else reject(new Error('the trainer process answered with something else'));
      clearTimeout(timer);
      child.close();
    });
    child.onExit((code, signal) => {
      clearTimeout(timer);
      const said = child.stderr().split('\n').slice(-3).join(' | ');
      reject(new Error(`the trainer process ended with ${code ?? signal}${said === '' ? '' : `: ${said}`}`));
    });
    child.send({ type: 'describe' } satisfies TrainerCommand);
  });
}

function unavailable(reason: string): BackendInfo {
  return { name: 'cpu', title: 'CPU', available: false, device: null, versions: {}, reason };
}
