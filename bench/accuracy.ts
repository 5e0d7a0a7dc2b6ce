/**
 * `node bench/accuracy.ts [NETWORK …]`: how far what is computed in float32 lies from float64, as the Markdown table that
 * docs/definitions.md holds. Some minutes on an idle machine; the whole VGG-11 takes some more and is measured where it is named.
 */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { bundledDatasets } from '../electron/datasets/bundled.ts';
import { loadDataset } from '../electron/datasets/load.ts';
import { onnxCpu } from '../electron/trainer/backends/onnx/onnx.ts';
import { accuracySubjects, accuracyTable, measureAccuracy } from '../electron/trainer/testing/accuracy.ts';
import type { AccuracyRow } from '../electron/trainer/testing/accuracy.ts';

const [dataset] = bundledDatasets(join(import.meta.dirname, '..', 'resources', 'datasets'));
const { train } = await loadDataset(dataset!, { train: 100, validation: 1 });
const named = process.argv.slice(2);
const rows: AccuracyRow[] = [];
for (const subject of accuracySubjects(train)) {
  if (named.length > 0 ? !named.includes(subject.title) : subject.onlyNamed) continue;
  const start = performance.now();
  const found = await measureAccuracy(subject, onnxCpu(2));
  rows.push(...found);
  console.error(accuracyTable(found).split('\n').slice(2).join('\n'));
  console.error(`${subject.title}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
}
console.log(
  `${new Date().toISOString().slice(0, 10)}, ${process.platform} ${process.arch}, ${cpus()[0]!.model.trim()}\n`,
);
console.log(accuracyTable(rows));
process.exit(0);
