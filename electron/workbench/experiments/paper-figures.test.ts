/** The presets of the paper's figures: every figure at both scales, drawn from what their runs measure. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { studyOf } from '../../../shared/analyses/valley-floor.ts';
import { keptFiles } from '../../../shared/kept-files.ts';
import { isProbed, iterationsPerEpoch, totalIterations } from '../../../shared/experiment.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import { experimentsOf, isOfPaper, paperRecipe, presetsOf } from '../../../shared/figures/paper-recipe.ts';
import type { PaperPreset } from '../../../shared/figures/paper-recipe.ts';
import { programPlaces } from '../../files/program.ts';
import { readPresets } from './presets.ts';

const presets = readPresets(join(programPlaces(join(import.meta.dirname, '../../..')).resources, 'presets'));
const ofPaper = presets.filter(isOfPaper);
const byId = (id: string): PaperPreset => ofPaper.find((preset) => preset.id === id)!;
const runsOf = (preset: PaperPreset) =>
  experimentsOf(preset).map((experiment, index) => ({
    run: `run-${index}`,
    experiment,
    valleyFloor: studyOf(experiment.probes.valleyFloor) ? `floor-${index}` : null,
  }));
const sweptOf = (preset: PaperPreset): string[] => ('study' in preset ? Object.keys(preset.study.sweep) : []);
const fitting = (experiment: Experiment, varied: string[] = []): string[] =>
  presetsOf(experiment, varied, presets)
    .map(({ id }) => id)
    .sort();

it.each([
  'gd-walk',
  'sgd-walk',
  'barriers',
  'spectral-norm',
  'learning-rate-roles',
  'batch-size-roles',
  'isotropic-noise',
  'valley-floor',
])('%s is there at desk scale and at the paper’s, for each of its networks', (figure) => {
  expect(ofPaper.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['desk', 'mlp-paper', 'vgg11-paper', 'resnet56-paper'].map((scale) => `${figure}-${scale}`)),
  );
  const wanted = new Set(ofPaper.filter(({ id }) => id.startsWith(`${figure}-`)).map(({ paper }) => paper.figure));
  expect(wanted.size).toBe(1);
});

describe.each(ofPaper.map((preset) => [preset.id, preset] as const))('the figure of %s', (_id, preset) => {
  const runs = runsOf(preset);
  const recipe = paperRecipe(preset.title, preset.paper, runs);
  const { experiment } = runs[0]!;

  it('has all its panels and fills its rows', () => {
    expect(recipe.panels).toHaveLength(preset.paper.panels.length);
    expect(recipe.panels.length % recipe.columns).toBe(0);
    expect(recipe.name).toBe(preset.title);
  });

  it('shows what its runs measure', () => {
    for (const { chart, x } of recipe.panels) {
      const metric = 'metric' in chart ? chart.metric : '';
      const perIteration = chart.chart === 'walk' || (chart.chart === 'comparison' && chart.record === 'iteration');
      if (perIteration && x.to !== null) expect(x.to).toBeLessThan(totalIterations(experiment));
      if (chart.chart === 'walk' || metric.startsWith('height'))
        for (const iteration of [x.from!, (x.from! + x.to!) / 2, x.to!])
          expect(isProbed(experiment, iteration)).toBe(true);
      if (/lambda_max|spectral_norm/.test(metric)) expect(experiment.probes.hessian.method).not.toBe('none');
      if (/barrier|interior/.test(metric)) expect(isProbed(experiment, 0)).toBe(true);
      if (chart.chart === 'valley-floor') expect(chart.analysis).toBe('floor-0');
    }
  });

  it('overlays the groups of a study as mean and band, never its single runs', () => {
    const swept = sweptOf(preset);
    for (const { chart, runs: drawn } of recipe.panels) {
      if (swept.length === 0) expect(drawn).toHaveLength(1);
      else {
        expect(chart).toMatchObject({ chart: 'comparison', band: 'deviation' });
        const group = chart.chart === 'comparison' ? (chart.group ?? []) : [];
        expect(group.map((path) => swept.some((other) => path === other || path.startsWith(`${other}.`)))).toEqual([
          true,
        ]);
        expect(drawn).toHaveLength(runs.length);
      }
    }
  });

  it('is found again from its own runs', () => {
    expect(fitting(experiment, sweptOf(preset))).toContain(preset.id);
  });
});

it('valley floors have the checkpoints that C6 asks for', () => {
  for (const preset of ofPaper.filter(({ id }) => id.startsWith('valley-floor')))
    for (const { experiment } of runsOf(preset))
      expect(Math.min(studyOf(experiment.probes.valleyFloor)!.maximum, keptFiles(experiment))).toBeGreaterThanOrEqual(
        21,
      );
});

it('one that was not studied yet leaves the valley floor out', () => {
  const preset = byId('valley-floor-desk');
  const { paper, title } = preset;
  const bare = runsOf(preset).map((run) => ({ ...run, valleyFloor: null }));
  expect(() => paperRecipe(title, paper, bare)).toThrow(/was not studied/);
  const more = { ...paper, panels: [...paper.panels, ...byId('gd-walk-desk').paper.panels.slice(0, 1)] };
  expect(paperRecipe(title, more, bare).panels.map(({ chart }) => chart.chart)).toEqual(['walk']);
});

it('panels of an epoch are where that epoch is in the run at hand', () => {
  const preset = byId('sgd-walk-desk');
  const { experiment } = runsOf(preset)[0]!;
  const small = { ...experiment, optimizer: { ...experiment.optimizer, batchSize: 50 } } as Experiment;
  expect(iterationsPerEpoch(small)).toBe(120);
  const { panels } = paperRecipe('x', preset.paper, [{ run: 'a', experiment: small }]);
  expect(panels.at(-1)!.x).toEqual({ from: 99 * 120 + 10, to: 99 * 120 + 55 });
});

describe('a run or study with other settings', () => {
  const { experiment } = runsOf(byId('sgd-walk-desk'))[0]!;

  it('still is the figure where data, network, rate or seed differ', () => {
    const changed = {
      ...experiment,
      seed: 7,
      name: 'mine',
      optimizer: { ...experiment.optimizer, learningRate: 0.3 },
    };
    expect(fitting(changed)).toContain('sgd-walk-desk');
    const [first] = experimentsOf(byId('learning-rate-roles-desk'));
    const wider = { ...first!, model: { ...first!.model, hidden: [16] } };
    expect(fitting(wider, ['optimizer.learningRate'])).toEqual(['learning-rate-roles-desk']);
  });

  it('is not where it walks otherwise, shorter, or measures and varies something else', () => {
    expect(fitting({ ...experiment, length: { epochs: 50 } })).toEqual([]);
    expect(
      fitting({
        ...experiment,
        probes: { ...experiment.probes, interpolation: { ...experiment.probes.interpolation, windows: [] } },
      }),
    ).toEqual([]);
    expect(fitting(experiment, ['optimizer.momentum'])).toEqual([]);
    expect(fitting(experimentsOf(presets[0]!)[0]!)).toEqual([]);
  });

  it('one run is several figures where it measures enough for each, at the nearest scale', () => {
    const [own] = experimentsOf(byId('sgd-walk-vgg11-paper'));
    expect(fitting(own!)).toEqual(['barriers-vgg11-paper', 'sgd-walk-vgg11-paper']);
  });
});
