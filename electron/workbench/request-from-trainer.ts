/** A request to a trainer process of its own: one command, its answers, and what went wrong. */
import { checkValue } from '../../shared/check-value.ts';
import { afterAwake } from '../../shared/silence.ts';
import { trainerReportSchema } from '../../shared/trainer-messages.ts';
import type { TrainerCommand, TrainerReport } from '../../shared/trainer-messages.ts';
import type { Child, Fork } from '../processes/child.ts';

/** Last lines of standard error that go into a reason. */
const quotedLines = 3;

/**
 * Sends a trainer one command and hears it out.
 * @param wait milliseconds between two answers at most, in which this process ran itself
 * @param hear takes each report; `more` waits for another, `done` ends it, anything else is what went wrong
 * @returns what went wrong, in words that follow the process's name; null when all was said
 */
export function requestFromTrainer(
  fork: Fork,
  command: TrainerCommand,
  wait: number,
  hear: (report: TrainerReport) => 'more' | 'done' | (string & {}),
): { promise: Promise<string | null>; kill: () => void } {
  let child: Child | null = null;
  const promise = new Promise<string | null>((resolve) => {
    let cancelTimeout = (): void => undefined;
    let over = false;
    const end = (failure: string | null): void => {
      over = true;
      cancelTimeout();
      resolve(failure);
    };
    const restartTimeout = (): void => {
      cancelTimeout();
      cancelTimeout = afterAwake(wait, () => {
        end(`did not answer within ${wait / 1000} s`);
        child?.kill();
      });
    };
    try {
      child = fork();
    } catch (error) {
      end(`cannot be started (${(error as Error).message})`);
      return;
    }
    const started = child;
    restartTimeout();
    started.onMessage((raw) => {
      if (over) return;
      const report = checkValue(trainerReportSchema, raw);
      const next = report.success ? hear(report.data) : 'answered with something that is no report';
      if (next === 'more') {
        restartTimeout();
        return;
      }
      end(next === 'done' ? null : next);
      started.close();
    });
    // its last words may still be on their way by another road
    started.onExit((code, signal) => {
      setTimeout(() => {
        const said = started.stderr().split('\n').slice(-quotedLines).join(' | ');
        const how = code === null ? `was ended by ${signal ?? 'the system'}` : `ended with exit code ${code}`;
        end(`${how}${said === '' ? '' : `: ${said}`}`);
      }, 100);
    });
    started.send(command);
  });
  return { promise, kill: () => child?.kill() };
}
