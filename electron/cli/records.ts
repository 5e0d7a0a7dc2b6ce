/** Records as JSON lines on standard output. */
import { curvatureColumns, epochColumns, fromColumns, iterationColumns, sliceColumns } from '../../shared/records.ts';
import type { RecordBatch } from '../../shared/trainer-messages.ts';
import { printJson } from './print.ts';

/** Prints one JSON object as a line. */
export function printLine(line: object): void {
  printJson(line);
}

/**
 * Prints a batch as JSON lines, each with its type, in the walk's own order: the eigenvalues at an iteration, the iteration, its
 * slice, and an epoch after its last iteration; so the same run prints the same lines however its records were cut into batches.
 * @param of what every line says after its type: of which run and study it is
 */
export function printRecords(batch: RecordBatch, of: object = {}): void {
  const slices = fromColumns(sliceColumns, batch.slices);
  const epochs = fromColumns(epochColumns, batch.epochs);
  const curvature = fromColumns(curvatureColumns, batch.curvature);
  const print = (type: string, record: object): void => printLine({ type, ...of, ...record });
  const printCurvature = (upTo: number): void => {
    while (curvature.length > 0 && curvature[0]!.iteration <= upTo) print('curvature', curvature.shift()!);
  };
  const printEpochs = (before: number): void => {
    while (epochs.length > 0 && epochs[0]!.epoch < before) print('epoch', epochs.shift()!);
  };
  for (const record of fromColumns(iterationColumns, batch.iterations)) {
    printEpochs(record.epoch);
    printCurvature(record.iteration);
    print('iteration', record);
    while (slices.length > 0 && slices[0]!.iteration <= record.iteration) print('slice', slices.shift()!);
  }
  for (const record of slices) print('slice', record);
  printEpochs(Infinity);
  printCurvature(Infinity);
}
