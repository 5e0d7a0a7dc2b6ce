/** A brush's filter lets archived runs through as lists of runs do: only where it asks for them. */
import { expect, it } from 'vitest';
import { blankRun } from '../blank-records.ts';
import { experimentSchema } from '../experiment.ts';
import { brushFilter, filterWithin } from './brush-filter.ts';
import { asksForArchived } from '../runs/filter.ts';

const runs = [1, 2, 3].map((seed) =>
  blankRun({
    ...{ run: `r${seed}`, name: `r${seed}`, archived: seed === 2 },
    experiment: experimentSchema.parse({ name: `r${seed}`, seed }),
  }),
);
const brushed = (low: number, high: number, axis = 'seed') =>
  brushFilter(runs, [{ axis, holds: (value) => Number(value) >= low && Number(value) <= high }], (_, run) =>
    Number(run.experiment.seed),
  );

it('asks for archived runs where one is inside, and for none where none is', () => {
  for (const axis of ['seed', 'iteration.distance.last']) {
    expect(asksForArchived(filterWithin(brushed(1, 2, axis), runs, runs))).toBe(true);
    expect(asksForArchived(filterWithin(brushed(3, 3, axis), runs, runs))).toBe(false);
  }
  expect(brushed(1, 2).filter).toBe('seed >= 1 and seed <= 2 and archived in (yes, no)');
});
