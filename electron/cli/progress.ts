/** Progress on standard error: a bar in a terminal, a line every few seconds elsewhere. */
import { Presets, SingleBar } from 'cli-progress';
import { formatDuration, formatNumber } from '../../shared/metrics.ts';
import type { RunRecord } from '../../shared/records.ts';

/** Shows a run's progress until it is stopped. */
export interface Progress {
  update(run: RunRecord): void;
  stop(): void;
}

/** ` · 0:12 left`, or nothing where that is not known. */
export function leftText(seconds: number | null): string {
  return seconds === null ? '' : ` · ${formatDuration(seconds)} left`;
}

/** Makes the progress display for one run. */
export function createProgress(): Progress {
  const bar = new SingleBar(
    {
      format: '{bar} {percentage}% · iteration {iteration} of {iterations} · batch loss {loss}{left}',
      stream: process.stderr,
      noTTYOutput: true,
      notTTYSchedule: 5000,
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  let started = false;
  return {
    update(run) {
      const payload = {
        iteration: run.iterations_done.toLocaleString('en'),
        iterations: run.iterations_total.toLocaleString('en'),
        loss: formatNumber(run.summary.batch_loss),
        left: leftText(run.seconds_left),
      };
      const value = Math.round(run.progress * 1000);
      if (started) bar.update(value, payload);
      else bar.start(1000, value, payload);
      started = true;
    },
    stop() {
      if (started) bar.stop();
    },
  };
}
