import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { experimentSchema } from '../experiment.ts';
import { testRun } from '../charts/testing.ts';
import type { RunRecord } from '../records.ts';
import { differingFields, fieldsOfTitle } from './field-names.ts';
import { runFields } from './fields.ts';
import { completeFilter, filterFields, problemSentence, readFilter } from './filter.ts';

const run = testRun('quick walk', {
  tags: ['paper', 'seed study'],
  notes: 'bounces a lot',
  status: 'finished',
  sequence: 1,
  created_at: '2026-11-02T10:00:00Z',
  experiment: experimentSchema.parse({ seed: 7, optimizer: { batchSize: 500, learningRate: 0.1 } }),
});

function fits(text: string, one: RunRecord = run): boolean {
  const reading = readFilter(text);
  if (!reading.ok) throw new Error(problemSentence(reading.problem, text));
  return reading.matches(one);
}

describe('comparisons', () => {
  it.each([
    ['batchSize >= 500', true],
    ['batchSize > 500', false],
    ['optimizer.batchSize = 5e2', true],
    ['BATCHSIZE != 500', false],
    ['learningRate < 0.2 and seed in (1, 7)', true],
    ['architecture = mlp and status = finished and tag = paper', true],
    ['tag = "seed study" or tag = none', true],
    ['tags ~ seed', true],
    ['not tag = paper', false],
    ['not (tag = x or seed = 8)', true],
    ['hidden = 500-350', true],
    ['depth = 56', false],
    ['depth != 56', true],
    ['depth = none', true],
    ['microBatch = none', true],
    ['model.batchNorm = no', true],
    ['archived = true', false],
    ['length.epochs = 1', true],
    ['created >= 2026-11 and created < 2026-11-03', true],
    ['created = 2026-11-03', false],
    ['train_loss < 3', false],
    ['train_loss = none', true],
    ['windows ~ "first 40"', true],
    ['name ~ QUICK', true],
    ['error = none', true],
    ['data.set=fashion-mnist-small', true],
    ['seed > -1', true],
    ['seed > −1', true],
    ['progress > 50%', true],
  ])('%s', (text, expected) => {
    expect(fits(text)).toBe(expected);
  });

  it('binds and before or, and not tightest', () => {
    expect(fits('seed = 8 and seed = 9 or seed = 7')).toBe(true);
    expect(fits('seed = 8 and (seed = 9 or seed = 7)')).toBe(false);
    expect(fits('not seed = 8 and seed = 7')).toBe(true);
  });
});

describe('words', () => {
  it('are searched for in all texts of a run, each of them', () => {
    expect(fits('quick mlp')).toBe(true);
    expect(fits('bounces fashion')).toBe(true);
    expect(fits('"bounces a"')).toBe(true);
    expect(fits('quick slow')).toBe(false);
    expect(fits('quick or slow')).toBe(true);
    expect(fits('walk batchSize = 500')).toBe(true);
    expect(fits('   ')).toBe(true);
  });
});

describe('what cannot be read', () => {
  it.each([
    ['batchSise >= 500', 0, 9, 'did you mean batchSize'],
    ['seed = 7 and batchNorm = yes', 13, 9, 'model.batchNorm or probes.interpolation.batchNorm'],
    ['status = done', 9, 4, 'queued, running, paused, finished'],
    ['seed = seven', 7, 5, 'is a number'],
    ['created > yesterday', 10, 9, 'is a time in UTC'],
    ['archived = perhaps', 11, 7, 'is yes or no'],
    ['tag > paper', 6, 5, 'compare it with ='],
    ['seed ~ 7', 7, 1, 'compare it with ='],
    ['seed >', 6, 0, 'something is missing after'],
    ['(seed = 7', 0, 1, 'not closed'],
    ['seed = 7)', 8, 1, 'was not opened'],
    ['name = "quick', 7, 6, 'quotation mark is not closed'],
    ['and seed = 7', 0, 3, 'something is missing before'],
    ['seed = 7 or', 9, 2, 'something is missing before'],
    ['seed = 7 = 8', 0, 4, 'compares one field'],
    ['seed ? 1 : 2', 0, 4, 'not a comparison'],
    ['((seed = 7)', 0, 1, 'not closed'],
    ['seed = 7 or not', 15, 0, 'something is missing after “not”'],
    ['(seed = 7 ] )', 10, 1, '“]” cannot stand here'],
    ['seed in ()', 10, 0, 'something is missing after “in”'],
    ['('.repeat(20_000), 0, 20_000, 'too deep'],
  ])('%s', (text, at, length, message) => {
    const reading = readFilter(text);
    expect(reading).toMatchObject({ ok: false, problem: { at, length } });
    expect(!reading.ok && reading.problem.message).toContain(message);
  });

  it('is told with a place inside the text, whatever is typed', () => {
    const piece = fc.constantFrom(
      'seed',
      'tag',
      '=',
      '>=',
      '~',
      'and',
      'or',
      'not',
      'in',
      '(',
      ')',
      ',',
      '"',
      '7',
      ' ',
      '-',
      '[',
      '?',
      ':',
      '.',
      'ü',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(' ')),
        ),
        (text) => {
          const reading = readFilter(text);
          if (reading.ok) {
            expect(typeof reading.matches(run)).toBe('boolean');
            return;
          }
          const { at, length, message } = reading.problem;
          expect(at).toBeGreaterThanOrEqual(0);
          expect(at + length).toBeLessThanOrEqual(text.length);
          expect(message).not.toBe('');
        },
      ),
      { numRuns: 2000 },
    );
  });
});

/** A filter as a tree, written out and evaluated by other code. */
type Tree =
  | { kind: 'compare'; field: 'seed' | 'batchSize'; operator: '=' | '!=' | '<' | '<=' | '>' | '>='; value: number }
  | { kind: 'and' | 'or'; left: Tree; right: Tree }
  | { kind: 'not'; inner: Tree };

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'filter' },
    fc.record({
      kind: fc.constant('compare' as const),
      field: fc.constantFrom('seed' as const, 'batchSize' as const),
      operator: fc.constantFrom('=', '!=', '<', '<=', '>', '>=') as fc.Arbitrary<'='>,
      value: fc.integer({ min: 1, max: 4 }),
    }),
    fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), left: tie('tree'), right: tie('tree') }),
    fc.record({ kind: fc.constant('not' as const), inner: tie('tree') }),
  ),
}));

function written(node: Tree): string {
  if (node.kind === 'compare') return `${node.field} ${node.operator} ${node.value}`;
  if (node.kind === 'not') return `not (${written(node.inner)})`;
  return `(${written(node.left)}) ${node.kind} (${written(node.right)})`;
}

function holds(node: Tree, values: Record<string, number>): boolean {
  if (node.kind === 'not') return !holds(node.inner, values);
  if (node.kind !== 'compare') {
    const [left, right] = [holds(node.left, values), holds(node.right, values)];
    return node.kind === 'and' ? left && right : left || right;
  }
  const own = values[node.field]!;
  const answers = {
    '=': own === node.value,
    '!=': own !== node.value,
    '<': own < node.value,
    '<=': own <= node.value,
    '>': own > node.value,
    '>=': own >= node.value,
  };
  return answers[node.operator];
}

it('any filter says what its tree says', () => {
  const value = fc.integer({ min: 1, max: 4 });
  fc.assert(
    fc.property(tree, value, value, (node, seed, batchSize) => {
      const one = testRun('x', { experiment: experimentSchema.parse({ seed, optimizer: { batchSize } }) });
      expect(fits(written(node), one)).toBe(holds(node, { seed, batchSize }));
    }),
  );
});

it('every field can be asked about by its short name, and no two share one', () => {
  const names = filterFields().map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, kind, choices } of filterFields()) {
    const value = { number: '1', text: 'x', choice: choices[0]!, flag: 'yes', list: 'x', time: '2026' }[kind];
    expect(() => fits(`${name} = ${value}`), name).not.toThrow();
  }
});

it('help begins with the settings in which the runs differ, then has results, then the rest', () => {
  const names = filterFields(new Set(['name', 'seed', 'optimizer.learningRate', 'distance'])).map(({ name }) => name);
  expect(names.slice(0, 3)).toEqual(['learningRate', 'seed', 'train_loss']);
  expect(names.indexOf('name')).toBe(names.indexOf('mean_height_after') + 1);
  expect(names).toHaveLength(filterFields().length);
});

describe('a title in words', () => {
  it.each([
    ['learning rate > 0.05', true],
    ['Learning rate > 0.5', false],
    ['not learning rate > 0.5', true],
    ['seed = 8 or Learning  Rate in (0.1, 0.2) and batch size = 500', true],
    ['quick learning rate > 0.05', true],
    ['slow learning rate > 0.05', false],
    ['"Learning rate" > 0.05', true],
    ['train loss = none', true],
    ['Training loss = none', true],
    ['Optimiser = sgd', true],
    ['learning rate of the descent != 7', true],
    ['slow learningRate > 0.05', false],
  ])('%s', (text, expected) => {
    expect(fits(text)).toBe(expected);
  });

  it('is the field, of every field; words before a name that is known stay what is searched for', () => {
    const own = { ...run, name: 'no word of any title' };
    for (const [index, { name, title, kind, choices }] of filterFields().entries()) {
      expect(fieldsOfTitle(title)).toEqual([runFields()[index]]);
      const value = { number: '1', text: 'x', choice: choices[0]!, flag: 'yes', list: 'x', time: '2026' }[kind];
      const capital = title.charAt(0).toUpperCase() + title.slice(1);
      const wanted = ['=', '!='].map((operator) => fits(`${name} ${operator} ${value}`, own));
      for (const written of [title, capital, title.toUpperCase()]) {
        const read = (field: string) => ['=', '!='].map((operator) => fits(`${field} ${operator} ${value}`, own));
        expect(read(`"${written}"`), written).toEqual(wanted);
        const last = /[\p{L}\p{N}_.-]+$/u.exec(written)?.[0] ?? '';
        if (last === written || !readFilter(`${last} = ${value}`).ok) expect(read(written), written).toEqual(wanted);
      }
    }
  });

  it('is told as before where it is none', () => {
    expect(readFilter('learning and rate > 0.05')).toMatchObject({ ok: false, problem: { at: 13, length: 4 } });
    expect(readFilter('learning rate > fast')).toMatchObject({ ok: false, problem: { at: 16, length: 4 } });
  });
});

describe('completion', () => {
  const after = (text: string): string[] =>
    completeFilter(text, text.length, ['paper', 'seed study']).options.map((option) => option.text);
  it('offers fields by any part of their names, and the words that a field can be', () => {
    expect(after('batchS')).toContain('batchSize');
    expect(after('seed = 1 and learn')[0]).toBe('learningRate');
    expect(after('status = fin')).toEqual(['finished']);
    expect(after('tag = ')).toEqual(['paper', '"seed study"']);
    expect(after('tag in (x, pa')).toEqual(['paper']);
    expect(after('seed >= ')).toEqual([]);
    expect(completeFilter('batch >= 5', 3, [])).toMatchObject({ from: 0, to: 5 });
  });

  it('offers what is meant exactly, then what differs, then the shortest', () => {
    expect(after('learningRate').slice(0, 2)).toEqual(['learningRate', 'valleyFloor.learningRate']);
    expect(after('optimizer.learningRate')[0]).toBe('learningRate');
    const of = (text: string) =>
      completeFilter(text, text.length, [], new Set(['probes.valleyFloor.learningRate', 'optimizer.weightDecay']))
        .options;
    expect(of('learningRate').map((option) => option.text)).toEqual(['learningRate', 'valleyFloor.learningRate']);
    expect(of('e')[0]!.text).toBe('weightDecay');
    expect(of('learn')[0]!.text).toBe('valleyFloor.learningRate');
  });

  it('knows in what runs differ', () => {
    const other = testRun('quick walk', { ...run, experiment: { ...run.experiment, seed: 8 } });
    const found = differingFields([run, other]);
    expect(found).toContain('seed');
    expect(found).not.toContain('optimizer.learningRate');
    expect(found).not.toContain('tag');
    expect(differingFields([run])).toEqual(new Set());
  });
});
