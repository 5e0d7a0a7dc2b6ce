import { expect, it } from 'vitest';
import type { Dataset } from '../../shared/datasets.ts';
import { presetSchema } from '../../shared/presets.ts';
import { presetFacts } from './preset-facts.ts';

const bundled = { id: 'fashion-mnist-small', title: 'Fashion-MNIST', bundled: true } as Dataset;
const fields = { id: 'x', title: 'X', description: 'Shows it.' };
const paper = {
  figure: 'A table',
  scale: 'paper',
  claims: ['C1'],
  panels: [{ chart: { chart: 'walk' } }],
};

it('tells runs, scale and data of an experiment and of a study', () => {
  const one = presetSchema.parse({ ...fields, experiment: {} });
  expect(presetFacts(one, [bundled])).toMatchObject({ runs: 1, missing: [], text: '1 run · Fashion-MNIST, bundled' });
  const study = presetSchema.parse({
    ...fields,
    paper,
    study: { experiment: { data: { set: 'mnist' } }, sweep: { 'optimizer.learningRate': [0.1, 0.2] }, seeds: 3 },
  });
  expect(presetFacts(study, [bundled])).toEqual({
    runs: 6,
    sets: ['mnist'],
    missing: ['mnist'],
    kind: 'MLP 500-350 on mnist, to be added',
    text: '6 runs · the paper’s scale · needs mnist, which is not here yet',
  });
  const added = { ...bundled, id: 'mnist', title: 'MNIST', bundled: false };
  expect(presetFacts(study, [added])).toMatchObject({
    missing: [],
    kind: 'MLP 500-350 on MNIST',
    text: '6 runs · the paper’s scale · MNIST, added',
  });
});
