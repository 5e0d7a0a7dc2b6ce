/** The table of docs/definitions.md holds here: a short version of bench/accuracy.ts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { seconds } from '../../../build/machine.ts';
import { bundledDatasets } from '../../datasets/bundled.ts';
import { loadDataset } from '../../datasets/load.ts';
import { onHost } from '../backends/backend.ts';
import type { Backend } from '../backends/backend.ts';
import { onnxCpu } from '../backends/onnx/onnx.ts';
import { accuracyColumns, accuracySubjects, accuracyTable, documentedAccuracy, measureAccuracy } from './accuracy.ts';
import type { AccuracyRow, AccuracySubject } from './accuracy.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const document = readFileSync(join(root, 'docs', 'definitions.md'), 'utf8');

/**
 * How much larger an error may be than the table says: another processor sums in another order. What the table has as less than half of
 * float32's roundoff (a double's, for distances) is chance.
 */
const margin = 10;
const chance = (column: string): number => (column === 'distance' ? 2 ** -52 : 2 ** -25);

let subjects: AccuracySubject[];
beforeAll(async () => {
  const [dataset] = bundledDatasets(join(root, 'resources', 'datasets'));
  subjects = accuracySubjects((await loadDataset(dataset!, { train: 100, validation: 1 })).train);
});

/** A network without the column that takes the reference minutes. */
function measured(title: string, backend: Backend): Promise<AccuracyRow[]> {
  return measureAccuracy({ ...subjects.find((each) => each.title === title)!, eigenvalue: false }, backend);
}

/** Columns in which a row is worse than the table. */
function worse({ network, place, errors }: AccuracyRow): string[] {
  const documented = documentedAccuracy(document, network, place);
  return (Object.keys(accuracyColumns) as (keyof typeof accuracyColumns)[]).filter((column) => {
    const [found, reported] = [errors[column], documented[column]];
    return found !== null && !(reported !== null && found <= margin * Math.max(reported, chance(column)));
  });
}

describe('what is computed', () => {
  it.each(['softmax regression', 'MLP 784-500-350-10'])(
    'of the %s is as exact as the documented table says, within tenfold',
    async (title) => {
      const rows = await measured(title, onnxCpu(1));
      expect(rows.map(({ place }) => place)).toEqual(['initialisation', 'trained']);
      expect(rows[1]!.loss).toBeLessThanOrEqual(0.0101);
      for (const row of rows) expect(worse(row), accuracyTable(rows)).toEqual([]);
    },
    seconds(300),
  );

  it(
    'is told from what is a hundred thousandth off',
    async () => {
      const exact = onnxCpu(1);
      const rough: Backend = {
        ...exact,
        async compile(...graph) {
          const compiled = await exact.compile(...graph);
          return {
            ...compiled,
            async run(feeds, into) {
              const found = await compiled.run(feeds, into);
              // what is written where it was asked to be is read there
              for (const [name, place] of Object.entries({ ...found, ...into })) {
                const values = onHost(name, place);
                values.forEach((each, index) => (values[index] = each * (1 + 1e-5)));
              }
              return found;
            },
          };
        },
      };
      const [start] = await measured('softmax regression', rough);
      expect(worse(start!)).toEqual(
        expect.arrayContaining(['batch_loss', 'slice_loss', 'gradient_norm', 'gradient', 'product']),
      );
    },
    seconds(300),
  );

  it('is documented for every network', () => {
    for (const { title } of subjects.filter(({ onlyNamed }) => !onlyNamed))
      for (const place of ['initialisation', 'trained'])
        expect(documentedAccuracy(document, title, place).batch_loss, `${title} ${place}`).toBeGreaterThan(0);
    expect(() => documentedAccuracy(document, 'perceptron', 'trained')).toThrow('no row "perceptron"');
  });
});
