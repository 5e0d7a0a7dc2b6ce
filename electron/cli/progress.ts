/** Progress on standard error: a bar in a terminal, a line every few seconds elsewhere. */
import { Presets, SingleBar } from 'cli-progress';
import { formatDuration, formatNumber } from '../../shared/format.ts';
import type { RunRecord } from '../../shared/records.ts';
import { silenceMeaning, silencePhrase } from '../../shared/trainer-silence.ts';
import type { TrainerSilence } from '../../shared/trainer-silence.ts';
import { tellText } from './print.ts';

/** Shows a run's progress until it is stopped. */
export interface Progress {
  update(run: RunRecord): void;
  /** Says that the trainer is not heard, or is heard again: in a line of its own, and beside the bar. */
  silent(silence: TrainerSilence): void;
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
      format: '{bar} {percentage}% · iteration {iteration} of {iterations} · batch loss {loss}{left}{silence}',
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
  let silence = '';
  let reported: TrainerSilence['kind'] | null = null;
  let latest: RunRecord | null = null;
  const show = (): void => {
    if (latest) shown.update(latest);
  };
  const shown: Progress = {
    update(run) {
      latest = run;
      const payload = {
        iteration: run.iterations_done.toLocaleString('en'),
        iterations: run.iterations_total.toLocaleString('en'),
        loss: formatNumber(run.summary.batch_loss),
        left: leftText(run.seconds_left),
        silence,
      };
      const value = Math.round(run.progress * 1000);
      if (started) bar.update(value, payload);
      else bar.start(1000, value, payload);
      started = true;
    },
    silent(now) {
      silence = now.over ? '' : ` · ${silencePhrase(now)}`;
      const line = silenceLine(now, reported);
      reported = now.over ? null : now.kind;
      if (line) tellText(`\n${line}`);
      show();
    },
    stop() {
      if (started) bar.stop();
    },
  };
  return shown;
}

/** What a log gets of a silence: a line when it begins and one when it ends. @param told the kind that was said already */
export function silenceLine(silence: TrainerSilence, reported: TrainerSilence['kind'] | null): string | null {
  if (silence.over)
    return `valleywalk: the trainer answers again, after ${formatDuration(Math.floor(silence.seconds))}`;
  if (silence.kind === reported) return null;
  return `valleywalk: ${silencePhrase(silence)}. ${silenceMeaning(silence)} Ctrl C ends it; what was recorded is kept, and valleywalk resume goes on.`;
}
