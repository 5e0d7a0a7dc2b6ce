/** What a preset is told by before it is opened: how many runs, at which scale, on which data, and whether these are here. */
import type { Dataset } from '../../shared/datasets.ts';
import { experimentsOf } from '../../shared/figures/paper-recipe.ts';
import type { Preset } from '../../shared/presets.ts';
import { architectureOf } from '../../shared/runs/settings.ts';
import { plural } from '../ui/format.ts';

/** What is told about a preset. */
export interface PresetFacts {
  runs: number;
  /** Ids of the data sets that its runs name. */
  sets: string[];
  /** Those of them that are not here yet. */
  missing: string[];
  /** Network and data of its first run, and whether these are to be added: `VGG-11 BN on cifar-10, to be added`. */
  kind: string;
  /** All of it in one line: `9 runs, the paper’s scale, needs cifar-10, which is not here yet`. */
  text: string;
}

const scales = { desk: 'desk scale', paper: 'the paper’s scale' } as const;

/** Tells what a preset is. */
export function presetFacts(preset: Preset, datasets: readonly Dataset[]): PresetFacts {
  const experiments = experimentsOf(preset);
  const sets = [...new Set(experiments.map(({ data }) => data.set))];
  const missing = sets.filter((set) => !datasets.some(({ id }) => id === set));
  const titleOf = (set: string): string => datasets.find(({ id }) => id === set)?.title ?? set;
  const data = sets.map((set) => {
    const here = datasets.find(({ id }) => id === set);
    if (!here) return `needs ${set}, which is not here yet`;
    return `${here.title}, ${here.bundled ? 'bundled' : 'added'}`;
  });
  return {
    runs: experiments.length,
    sets,
    missing,
    kind: `${architectureOf(experiments[0])} on ${titleOf(sets[0]!)}${missing.length > 0 ? ', to be added' : ''}`,
    text: [plural(experiments.length, 'run'), ...(preset.paper ? [scales[preset.paper.scale]] : []), ...data].join(
      ' · ',
    ),
  };
}
