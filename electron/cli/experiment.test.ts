import { execFileSync } from 'node:child_process';
import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { experimentSchema } from '../../shared/experiment.ts';
import { recipeInFile } from '../../shared/figures/recipe-file.ts';
import type { Preset } from '../../shared/presets.ts';
import { readExperiment } from './experiment.ts';

const preset: Preset = {
  id: 'quick-walk',
  title: '',
  description: '',
  experiment: experimentSchema.parse({}),
  paper: null,
};

test('a preset is copied, with settings changed by path', () => {
  const changed = readExperiment(
    'quick-walk',
    [preset],
    [
      'optimizer.learningRate=0.25',
      'name=a walk',
      'model.hidden=[10,5]',
      'probes.interpolation.evaluateOn={"subset":9}',
    ],
  );
  expect(changed).toMatchObject({
    name: 'a walk',
    optimizer: { learningRate: 0.25, batchSize: 100 },
    model: { hidden: [10, 5] },
    probes: { interpolation: { evaluateOn: { subset: 9 } } },
  });
  expect(preset.experiment.optimizer.learningRate).toBe(0.5);
});

test('another architecture starts its settings anew, wherever it stands', () => {
  const changed = readExperiment('quick-walk', [preset], ['model.depth=20', 'model.architecture=resnet']);
  expect(changed).toMatchObject({ model: { architecture: 'resnet', depth: 20 } });
  expect(changed).not.toHaveProperty('model.hidden');
  const same = readExperiment('quick-walk', [preset], ['model.architecture=mlp', 'model.batchNorm=true']);
  expect(same).toMatchObject({ model: { hidden: [500, 350], batchNorm: true } });
});

test('another optimiser keeps the settings that it has too', () => {
  const changed = readExperiment(
    'quick-walk',
    [preset],
    ['optimizer.learningRate=0.25', 'optimizer.kind=gd', 'optimizer.schedule.kind=cosine'],
  );
  expect(changed).toMatchObject({ optimizer: { kind: 'gd', learningRate: 0.25, schedule: { kind: 'cosine' } } });
  expect(changed).not.toHaveProperty('optimizer.batchSize');
  expect(experimentSchema.safeParse(changed).success).toBe(true);
});

test('another optimiser brings its own learning rate, unless one was told', () => {
  const rate = (...changes: string[]): unknown => {
    const experiment = readExperiment('quick-walk', [preset], changes);
    return experimentSchema.parse(experiment).optimizer.learningRate;
  };
  expect(rate('optimizer.kind=adam')).toBe(0.001);
  expect(rate('optimizer.learningRate=0.02', 'optimizer.kind=adam')).toBe(0.02);
  expect(rate('optimizer.kind=gd')).toBe(0.5);
  // what a preset tells, nobody told
  const slow = { ...preset, experiment: experimentSchema.parse({ optimizer: { learningRate: 0.1 } }) };
  const ofSlow = (...changes: string[]): unknown => readExperiment('quick-walk', [slow], changes);
  expect(ofSlow('optimizer.kind=rmsprop')).toMatchObject({ optimizer: { learningRate: 0.01 } });
  expect(ofSlow('optimizer.kind=rmsprop', 'seeds=2')).toMatchObject({
    experiment: { optimizer: { learningRate: 0.01 } },
  });
  expect(ofSlow('optimizer.learningRate=0.1', 'optimizer.kind=rmsprop')).toMatchObject({
    optimizer: { learningRate: 0.1 },
  });
});

test('a file is read as it is, folders on the way are made', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'valleywalk-')), 'mine.json');
  writeFileSync(file, '{ "seed": 3 }');
  expect(readExperiment(file, [preset], ['data.train=7'])).toEqual({ name: 'mine', seed: 3, data: { train: 7 } });
});

test.each([
  [['nothing'], /PATH=VALUE/],
  [['=1'], /PATH=VALUE/],
  [['a..b=1'], /PATH=VALUE/],
  [['__proto__.polluted=1'], /PATH=VALUE/],
  [['seed.deep=1'], /seed has no settings/],
])('--set %j is refused', (changes, message) => {
  expect(() => readExperiment('quick-walk', [preset], changes)).toThrow(message);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('what is neither a preset nor a file is refused with the presets', () => {
  expect(() => readExperiment('walkies', [preset], [])).toThrow(
    /no preset or file "walkies"; the presets are quick-walk/,
  );
  expect(() => readExperiment('/no/such/file.json', [preset], [])).toThrow(
    /cannot read the experiment \/no\/such\/file.json/,
  );
});

test('a file is read in UTF-8 and UTF-16; a pipe, a device and a giant are refused unread', () => {
  const folder = mkdtempSync(join(tmpdir(), 'valleywalk-test-'));
  const file = join(folder, 'walk.json');
  for (const bytes of [Buffer.from('\ufeff{"name": "ä"}'), Buffer.from('\ufeff{"name": "ä"}', 'utf16le')]) {
    writeFileSync(file, bytes);
    expect(readExperiment(file, [], [])).toEqual({ name: 'ä' });
  }
  writeFileSync(file, Buffer.from('{"name": "ä"}', 'latin1'));
  expect(() => readExperiment(file, [], [])).toThrow('walk.json: at byte 10 expected text in UTF-8, found e4');
  truncateSync(file, 2 ** 40);
  expect(() => readExperiment(file, [], [])).toThrow('1,099,511,627,776 bytes, more than');
  if (process.platform !== 'win32') {
    expect(() => readExperiment('/dev/zero', [], [])).toThrow('/dev/zero is a device');
    const pipe = join(folder, 'pipe.json');
    execFileSync('mkfifo', [pipe]);
    expect(() => readExperiment(pipe, [], [])).toThrow('pipe.json is a pipe');
  }
});

test('a recipe is read in UTF-8 and UTF-16, and Latin-1 is named', () => {
  const text = '\ufeff{"version": 99, "title": "ä"}';
  for (const bytes of [Buffer.from(text), Buffer.from(text, 'utf16le')])
    expect(() => recipeInFile('r.json', bytes)).toThrow('recipe is of version 99');
  expect(() => recipeInFile('r.json', Buffer.from('{"title": "ä"}', 'latin1'))).toThrow(
    'r.json: at byte 11 expected text',
  );
  expect(() => recipeInFile('r.png', Uint8Array.of(0x89, 0x50))).toThrow('there is no recipe in r.png');
});
