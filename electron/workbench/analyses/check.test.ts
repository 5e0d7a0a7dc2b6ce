import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkExperiment } from '../../../shared/experiment.ts';
import type { RunRecord } from '../../../shared/records.ts';
import { bundledDatasets } from '../../datasets/bundled.ts';
import { resources } from '../testing/open.ts';
import { requireAnalysable } from './check.ts';

const datasets = bundledDatasets(join(resources, 'datasets'));
const kept = [0, 1, 2].map((iteration) => ({ iteration, file: `${iteration}`, sha256: '', bytes: 0 }));

function run(experiment: object): RunRecord {
  const check = checkExperiment(experiment);
  if (!check.ok) throw new Error(JSON.stringify(check.problems));
  return { run: 'r', name: 'r', experiment: check.experiment, data_checksum: null } as RunRecord;
}

describe('an analysis of a network with batch norm', () => {
  const asked = (experiment: object, kind: string, settings: object) => () =>
    requireAnalysable({ kind, settings }, run(experiment), kept, datasets);
  const normed = { model: { batchNorm: true } };
  const byBatch = { ...normed, probes: { interpolation: { batchNorm: 'batch' } } };

  it('leaves it no single example', () => {
    expect(asked(normed, 'valley-floor', { batchSize: 1 })).toThrow(
      /^the analysis cannot start: batchSize leaves batch norm one example at a time/,
    );
    expect(asked(normed, 'valley-floor', { batchSize: 2 })).not.toThrow();
    expect(asked({}, 'valley-floor', { batchSize: 1 })).not.toThrow();
    expect(asked(byBatch, 'plane', { evaluateOn: { subset: 1 } })).toThrow(/evaluateOn\.subset is one example/);
    expect(asked(byBatch, 'plane', { evaluateOn: { subset: 2 } })).not.toThrow();
    expect(asked(normed, 'plane', { evaluateOn: { subset: 1 } })).not.toThrow();
  });
});

describe('a spectral density', () => {
  const asked = (settings: object, memory: number) => () =>
    requireAnalysable(
      { kind: 'spectral-density', settings },
      run({ model: { hidden: [4000, 4000] } }),
      kept,
      datasets,
      memory,
    );

  it('that does not fit into memory is refused with the number of products that does', () => {
    const machine = 4 * 2 ** 30;
    expect(asked({ steps: 10 }, machine)).not.toThrow();
    const refused = asked({ steps: 200 }, machine);
    expect(refused).toThrow(
      /^the analysis cannot start: steps needs about \d+\.\d GiB of memory at its peak, a copy of the parameters for each product, and this machine has 4\.0 GiB; take \d+ or fewer$/,
    );
    let most = 0;
    try {
      refused();
    } catch (error) {
      most = Number(/take (\d+) or/.exec(String(error))![1]);
    }
    expect(most).toBeGreaterThan(10);
    expect(asked({ steps: most }, machine)).not.toThrow();
    expect(asked({ steps: most + 1 }, machine)).toThrow(/^the analysis cannot start: steps needs/);
    expect(asked({ steps: 2 }, 2 ** 20)).toThrow(/no number of them fits/);
  });
});
