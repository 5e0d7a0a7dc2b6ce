import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { datasetSchema } from '../../shared/datasets.ts';
import { experimentSchema } from '../../shared/experiment.ts';
import { bundledDatasetSchema, bundledDatasets } from './bundled.ts';
import { loadDataset } from './load.ts';
import { temporaryFolder } from './testing.ts';

const directory = fileURLToPath(new URL('../../resources/datasets', import.meta.url));

describe('the bundled data set', () => {
  const [small] = bundledDatasets(directory);
  const folder = join(directory, 'fashion-mnist-small');

  it('is described, and is the default of experiments', () => {
    expect(datasetSchema.parse(small)).toMatchObject({ id: experimentSchema.parse({}).data.set, bundled: true });
  });

  it('has the files it is described by', () => {
    const { sha256 } = bundledDatasetSchema.parse(JSON.parse(readFileSync(join(folder, 'dataset.json'), 'utf8')));
    expect(Object.keys(sha256)).toHaveLength(2);
    const readme = readFileSync(join(folder, 'README.md'), 'utf8');
    for (const [name, expected] of Object.entries(sha256)) {
      expect(
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ).toBe(expected);
      expect(readme).toContain(expected);
    }
    expect(readme).toContain(small!.checksum);
  });

  it('is class-balanced in both parts and in every prefix', async () => {
    const { train, validation } = await loadDataset(small!, { train: 6000, validation: 1000 });
    for (const { targets: labels, count } of [train, validation]) {
      const seen = new Array<number>(10).fill(0);
      for (const [index, label] of labels.entries()) {
        seen[label]!++;
        if ((index + 1) % 10 === 0) expect(Math.max(...seen) - Math.min(...seen)).toBe(0);
      }
      expect(seen).toEqual(new Array<number>(10).fill(count / 10));
    }
    // the order within the blocks is shuffled: not always the same
    expect(train.targets.subarray(0, 10)).not.toEqual(train.targets.subarray(10, 20));
  });
});

describe('bundledDatasets', () => {
  it('tells a damaged installation', () => {
    const empty = temporaryFolder();
    try {
      expect(() => bundledDatasets(join(empty.path, 'nowhere'))).toThrow(/install Valleywalk again/);
      expect(bundledDatasets(empty.path)).toEqual([]);
    } finally {
      empty.remove();
    }
  });
});
