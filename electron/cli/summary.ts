/** The closing summary of a run and the table of runs, as text. */
import { cutInMiddle, messageLength } from '../../shared/bounded.ts';
import { secondsBetween } from '../../shared/clock.ts';
import { formatDuration, formatMeasured } from '../../shared/format.ts';
import { machineStateText } from '../../shared/machines.ts';
import { notImported } from '../../shared/records.ts';
import { belowResolution } from '../../shared/resolution.ts';
import type { RunRecord } from '../../shared/records.ts';
import { oneLine } from '../../shared/visible.ts';
import { table } from './table.ts';

/** How well examples are told: their accuracy or, of targets that are real numbers, R². */
function fitText(accuracy: number | null, r2: number | null): string {
  return accuracy === null && r2 !== null ? `R² ${formatMeasured(r2)}` : `accuracy ${formatMeasured(accuracy)}`;
}

/** What a run found, one line a quantity. */
export function summaryText(run: RunRecord, store: string): string {
  const { summary } = run;
  const imported = run.kind === 'imported';
  const of = (count: number): string =>
    summary.probed_iterations === 0 ? 'none probed' : `${count} of ${summary.probed_iterations} probed iterations`;
  const rows: [string, string][] = [
    ['Status', run.error === null ? run.status : `${run.status}: ${cutInMiddle(run.error, messageLength)}`],
    [
      'Iterations',
      `${run.iterations_done} of ${run.iterations_total} in ${formatDuration(secondsBetween(run.started_at, run.finished_at))}`,
    ],
    ...run.failed_attempts.map(({ status, iterations_done, error }, index): [string, string] => [
      `Attempt ${index + 1}`,
      `${status} after ${iterations_done} iterations: ${cutInMiddle(error, messageLength)}`,
    ]),
    ...(run.imported?.changes ?? []).map((change): [string, string] => ['Read', change]),
    [
      'Training',
      `loss ${formatMeasured(summary.train_loss)} · ${fitText(summary.train_accuracy, summary.train_r_squared)}`,
    ],
    [
      'Validation',
      `loss ${formatMeasured(summary.validation_loss)} · ${fitText(summary.validation_accuracy, summary.validation_r_squared)}`,
    ],
    ['Interior floors', of(summary.interior_floors)],
    ['Roughly convex', of(summary.convex_slices)],
    ['Bounces', imported ? notImported : of(summary.bounces)],
    ['Barriers', of(summary.barriers)],
    ...(summary.unresolved_slices === 0
      ? []
      : [
          [
            'Below resolution',
            `${of(summary.unresolved_slices)}: floor, barrier or convexity is ${belowResolution}`,
          ] as [string, string],
        ]),
    [
      'Mean height',
      `${formatMeasured(summary.mean_height_before)} before · ${formatMeasured(summary.mean_height_after)} after the update`,
    ],
    [
      'Mean cosine',
      imported ? notImported : `${formatMeasured(summary.mean_gradient_cosine)} between consecutive gradients`,
    ],
    [
      'Distance',
      `${formatMeasured(summary.distance)} from ${imported ? 'the first point' : 'initialisation'} on a path of ${formatMeasured(summary.path_length)}`,
    ],
    ...(summary.noise_deviation === null
      ? []
      : [
          [
            'Noise',
            `standard deviation ${formatMeasured(summary.noise_deviation)} on every component of the gradient`,
          ] as [string, string],
        ]),
    ...(run.environment
      ? [['Computed on', `${run.environment.backend}: ${run.environment.device}`] as [string, string]]
      : []),
    ...(run.machine ? [['Machine', machineStateText(run.machine)] as [string, string]] : []),
    ['Run', `${run.run} in ${store}`],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return [run.name, ...rows.map(([label, text]) => `  ${label.padEnd(width)}  ${text}`)].map(oneLine).join('\n');
}

/** Runs as a table: one line each, newest first. */
export function runsTable(runs: readonly RunRecord[]): string {
  const head = ['Run', 'Name', 'Status', 'Iterations', 'Training loss', 'Validation', 'Interior floors', 'Barriers'];
  const rows = runs.map((run) => [
    run.run,
    run.name,
    run.status,
    `${run.iterations_done} / ${run.iterations_total}`,
    formatMeasured(run.summary.train_loss),
    fitText(run.summary.validation_accuracy, run.summary.validation_r_squared),
    `${run.summary.interior_floors} / ${run.summary.probed_iterations}`,
    String(run.summary.barriers),
  ]);
  return table(head, rows);
}
