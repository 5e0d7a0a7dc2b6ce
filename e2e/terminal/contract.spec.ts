/** The terminal's contract: commands, exit codes, JSON lines, errors that say what, where and what to do. */
import { expect, test } from 'playwright/test';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCifar } from '../../electron/datasets/testing.ts';
import { valleywalk } from './run.ts';

let folder: string;
let store: string;
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'valleywalk-terminal-'));
  store = join(folder, 'store');
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A run of seconds: few iterations of a small network on little data. */
const small = [
  'run',
  'quick-walk',
  '--set',
  'data.train=500',
  '--set',
  'data.validation=200',
  '--set',
  'model.hidden=[32]',
  '--set',
  'length={"iterations":8}',
  '--set',
  'probes.interpolation.windows=[{"firstIterations":6}]',
];

/** Lines of JSON output by type. */
function lines(out: string): Record<string, unknown>[] {
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a small CNN with batch norm walks, and keeps its running statistics with its parameters', async () => {
  const ran = await valleywalk(store, [
    ...['run', 'quick-walk', '--json', '--set', 'model.architecture=cnn', '--set', 'model.batchNorm=true'],
    ...['--set', 'data.train=600', '--set', 'data.validation=100', '--set', 'length={"iterations":3}'],
    ...['--set', 'probes.interpolation.windows=[{"firstIterations":2}]', '--set', 'keepParameters=epochs'],
    ...['--set', 'probes.interpolation.batchNorm=recomputed', '--set', 'optimizer.microBatch=50'],
  ]);
  expect(ran.code).toBe(0);
  const { run } = lines(ran.out).at(-1)!['run'] as { run: string };
  const out = join(folder, 'exported');
  expect((await valleywalk(store, ['export', run, '--out', out, '--format', 'safetensors'])).code).toBe(0);
  const parameters = join(out, readdirSync(out)[0]!, 'parameters');
  const file = readFileSync(join(parameters, readdirSync(parameters).at(-1)!));
  const header = file.subarray(8, 8 + Number(file.readBigUInt64LE())).toString();
  for (const name of ['conv1.weight', 'bn1.running_mean', 'bn2.running_var', 'fc.bias']) expect(header).toContain(name);

  const wrong = await valleywalk(store, ['run', 'quick-walk', '--set', 'model.architecture=vgg11']);
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain('model.architecture needs images whose height and width are multiples of 32');
});

test('a quick walk ends with its summary, is listed, shown, exported and deleted', async () => {
  const ran = await valleywalk(store, ['run', 'quick-walk']);
  expect(ran.code).toBe(0);
  for (const heading of [
    'Training',
    'Validation',
    'Interior floors',
    'Barriers',
    'Mean height',
    'Mean cosine',
    'Distance',
  ])
    expect(ran.out).toContain(heading);
  expect(ran.out).toContain('of 40 probed iterations');
  expect(ran.out).toContain(store);

  const listed = JSON.parse((await valleywalk(store, ['list', '--json'])).out) as { run: string; status: string }[];
  expect(listed).toHaveLength(1);
  const { run, status } = listed[0]!;
  expect(status).toBe('finished');
  expect(ran.out).toContain(run);
  const shown = await valleywalk(store, ['show', run]);
  expect(shown.code).toBe(0);
  expect(shown.out).toContain('"learningRate": 0.5');

  const out = join(folder, 'exported');
  const exported = await valleywalk(store, ['export', run, '--out', out, '--format', 'svg,png,csv,json']);
  expect(exported.err).toBe('');
  expect(exported.code).toBe(0);
  const [runFolder] = readdirSync(out);
  const files = readdirSync(join(out, runFolder!));
  expect(files).toEqual(expect.arrayContaining(['run.json', 'iterations.csv', 'slices.csv', 'epochs.csv', 'figures']));
  const slices = readFileSync(join(out, runFolder!, 'slices.csv'), 'utf8')
    .trim()
    .split(/\r?\n/);
  expect(slices[0]).toBe('iteration,alpha,loss,accuracy,standard_error');
  expect(slices).toHaveLength(1 + 40 * 11);
  expect(readdirSync(join(out, runFolder!, 'figures')).some((name) => name.endsWith('.png'))).toBe(true);

  expect((await valleywalk(store, ['tag', run, '--add', 'paper', '--add', 'draft'])).out).toContain('paper, draft');
  expect((await valleywalk(store, ['list', '--filter', 'tag = paper and batchSize <= 100'])).out).toContain(run);
  expect((await valleywalk(store, ['list', '--filter', 'tag = other'])).out).toContain('no run fits');
  const unread = await valleywalk(store, ['list', '--filter', 'batchSise > 3']);
  expect(unread.code).toBe(2);
  expect(unread.err).toContain('at “batchSise” (character 1): there is no field “batchSise”; did you mean batchSize?');
  expect((await valleywalk(store, ['note', run, 'seen'])).code).toBe(0);
  expect((await valleywalk(store, ['note', run])).out.trim()).toBe('seen');
  expect((await valleywalk(store, ['archive', run])).code).toBe(0);
  expect((await valleywalk(store, ['list'])).out).toContain('no run fits; there are 1');
  expect((await valleywalk(store, ['archive', run, '--undo'])).code).toBe(0);
  expect((await valleywalk(store, ['baseline', run])).out).toContain('is the baseline');

  expect((await valleywalk(store, ['delete', run])).code).toBe(0);
  expect((await valleywalk(store, ['restore', run])).code).toBe(0);
  expect((await valleywalk(store, ['show', run])).code).toBe(0);
  expect((await valleywalk(store, ['delete', run])).code).toBe(0);
  expect((await valleywalk(store, ['list'])).out).toContain('no runs yet');
  expect((await valleywalk(store, ['show', run])).code).toBe(2);
});

test('--json prints records a line and the finished run last, progress on standard error only', async () => {
  const { code, out } = await valleywalk(store, [...small, '--json']);
  expect(code).toBe(0);
  const records = lines(out);
  const count = (type: string): number => records.filter((record) => record['type'] === type).length;
  expect(count('iteration')).toBe(8);
  expect(count('slice')).toBe(6 * 11);
  expect(count('epoch')).toBe(3);
  expect(records.at(-1)).toMatchObject({ type: 'finished', run: { status: 'finished', iterations_done: 8 } });
});

test('the same experiment twice gives identical records', async () => {
  const records = async (): Promise<unknown[]> =>
    lines((await valleywalk(store, [...small, '--json'])).out).filter(
      ({ type }) => type !== 'started' && type !== 'finished',
    );
  expect(await records()).toEqual(await records());
});

test('a diverging run says so, exits 1 and keeps its records', async () => {
  const { code, out } = await valleywalk(store, [...small, '--set', 'optimizer.learningRate=100', '--json']);
  expect(code).toBe(1);
  const run = lines(out).at(-1)!['run'] as { status: string; error: string; run: string };
  expect(run.status).toBe('diverged');
  expect(run.error).toMatch(/iteration \d+/);
  expect(run.error).toMatch(/learning rate/);
  expect(lines(out).filter(({ type }) => type === 'iteration').length).toBeGreaterThan(0);
});

test('Ctrl C stops with exit 130 and keeps the records', async () => {
  const { code, out } = await valleywalk(store, ['run', 'quick-walk', '--set', 'length.epochs=50', '--json'], {
    interrupt: /"type":"iteration"/,
  });
  expect(code).toBe(130);
  const last = lines(out).at(-1) as { type: string; run: { status: string; iterations_done: number } };
  expect(last).toMatchObject({ type: 'finished', run: { status: 'stopped' } });
  // the trainer ended by itself: every iteration that it did was told
  expect(lines(out).filter(({ type }) => type === 'iteration')).toHaveLength(last.run.iterations_done);
});

test('a reader that leaves stops the run in good order', async () => {
  const { code } = await valleywalk(store, ['run', 'quick-walk', '--set', 'length.epochs=50', '--json'], {
    leave: /"type":"iteration"/,
  });
  expect(code).toBe(130);
  const [run] = JSON.parse((await valleywalk(store, ['list', '--json'])).out) as { status: string }[];
  expect(run!.status).toBe('stopped');
});

const bad: [string, string[], RegExp][] = [
  ['an unknown preset', ['run', 'no-such-walk'], /no preset or file "no-such-walk".*quick-walk/],
  [
    'an unknown key',
    ['run', 'quick-walk', '--set', 'optimizer.learningRat=1'],
    /optimizer\.learningRat .*did you mean optimizer\.learningRate\?/s,
  ],
  ['a wrong type', ['run', 'quick-walk', '--set', 'seed=many'], /seed.*whole number/s],
  ['a negative rate', ['run', 'quick-walk', '--set', 'optimizer.learningRate=-1'], /optimizer\.learningRate.*-1/s],
  [
    'a batch larger than the data',
    ['run', 'quick-walk', '--set', 'optimizer.batchSize=6001'],
    /optimizer\.batchSize.*6001/s,
  ],
  ['more data than the set has', ['run', 'quick-walk', '--set', 'data.train=60000'], /data\.(train|set)/],
  ['an unknown data set', ['run', 'quick-walk', '--set', 'data.set=cifar-1000'], /cifar-1000/],
  ['a data folder without a name', ['data', 'add', ''], /folder/],
  ['an export without a folder', ['export', 'x', '--out', ''], /folder/],
  ['a missing data folder', ['data', 'add', '/nowhere/at/all'], /\/nowhere\/at\/all/],
  ['an unknown backend', ['run', 'quick-walk', '--backend', 'abacus'], /abacus.*cpu/s],
  ['an unknown command', ['walk'], /walk/],
  ['a missing option', ['export', 'x'], /--out/],
  ['an unknown run', ['show', 'x'], /x/],
  ['a port that is none', ['serve', '--port', '99999'], /--port/],
];
for (const [what, parameters, message] of bad)
  test(`${what} is refused with exit 2`, async () => {
    const { code, out, err } = await valleywalk(store, parameters);
    expect(err).toMatch(message);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).not.toMatch(/\n\s+at /);
  });

test('serve ends where its store cannot be written, and says where the address is', async () => {
  const blocked = join(folder, 'blocked');
  mkdirSync(blocked);
  writeFileSync(join(blocked, 'server'), '');
  const { code, out } = await valleywalk(blocked, ['serve', '--port', '0'], { interrupt: /Ctrl C ends/ });
  expect(out).toContain(`is in ${join(tmpdir(), 'valleywalk-')}`);
  expect(out).not.toContain(folder);
  expect(code).toBe(0);
});

test('a file that is not JSON is refused by name', async () => {
  const file = join(folder, 'broken.json');
  writeFileSync(file, '{ "seed": ');
  const { code, err } = await valleywalk(store, ['run', file]);
  expect(code).toBe(2);
  expect(err).toContain('broken.json is not JSON');
});

test('a corrupt data folder names the file and the byte', async () => {
  const data = join(folder, 'data');
  mkdirSync(data);
  writeFileSync(join(data, 'train-images-idx3-ubyte'), Buffer.from([0, 0, 8, 3, 0, 0, 0, 2]));
  writeFileSync(join(data, 'train-labels-idx1-ubyte'), Buffer.from([0, 0, 8, 1, 0, 0, 0, 2, 0, 1]));
  const { code, err } = await valleywalk(store, ['data', 'add', data]);
  expect(code).toBe(2);
  expect(err).toMatch(/train-images-idx3-ubyte.*byte \d+/s);
});

test('CIFAR files become a data set that a network walks on, with augmentation or without', async () => {
  const data = join(folder, 'cifar-10-batches-bin');
  mkdirSync(data);
  const batches = writeCifar(data, 'cifar-10', 40);
  const added = await valleywalk(store, ['data', 'add', data, '--title', 'CIFAR-10']);
  expect(added.code).toBe(0);
  expect(added.out).toContain('added cifar-10: 200 examples of 32 × 32 × 3 in 10 classes (CIFAR-10 binary)');
  expect((await valleywalk(store, ['data', 'list'])).out).toMatch(/^cifar-10 .*CIFAR-10 binary .*batches-bin$/m);
  const listed = JSON.parse((await valleywalk(store, ['data', 'list', '--json'])).out) as unknown[];
  expect(listed).toContainEqual(expect.objectContaining({ id: 'cifar-10', count: 200, format: 'cifar-10' }));

  const walk = async (augment: boolean): Promise<Record<string, unknown>[]> => {
    const settings = {
      'data.set': 'cifar-10',
      'data.train': 150,
      'data.validation': 50,
      'data.augment': augment,
      'optimizer.batchSize': 50,
      'optimizer.learningRate': 0.01,
      'probes.interpolation.windows': '[{"firstIterations":3}]',
      length: '{"iterations":4}',
    };
    const { code, out } = await valleywalk(store, [
      ...small,
      ...Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${value}`]),
      '--json',
    ]);
    expect(code).toBe(0);
    return lines(out);
  };
  const [plain, augmented] = [await walk(false), await walk(true)];
  const first = (records: Record<string, unknown>[], type: string) => records.find((record) => record['type'] === type);
  expect(plain.at(-1)).toMatchObject({ run: { status: 'finished', iterations_done: 4 } });
  // evaluation does not see the augmentation, training does
  expect(first(augmented, 'epoch')).toEqual(first(plain, 'epoch'));
  expect(first(augmented, 'iteration')!['batch_loss']).not.toBe(first(plain, 'iteration')!['batch_loss']);

  writeFileSync(batches[1]!, readFileSync(batches[1]!).subarray(0, 5000));
  const cut = await valleywalk(store, ['data', 'add', data]);
  expect(cut.code).toBe(2);
  expect(cut.err).toMatch(/data_batch_2\.bin: at byte 5000 expected a whole number of records of 3073 bytes/);
});

test('an unusable store is refused with exit 1 and left as it was', async () => {
  writeFileSync(store, 'not a folder');
  const { code, err } = await valleywalk(store, ['list']);
  expect(code).toBe(1);
  expect(err).toContain(store);
  expect(readFileSync(store, 'utf8')).toBe('not a folder');
});

test('a damaged store and one of a newer version are refused with exit 1 and left as they were', async () => {
  mkdirSync(store);
  const file = join(store, 'valleywalk.sqlite');
  writeFileSync(file, 'this is no database, whatever its name says'.repeat(100));
  const damaged = await valleywalk(store, ['list']);
  expect(damaged.code).toBe(1);
  expect(damaged.err).toContain(file);
  expect(readFileSync(file, 'utf8')).toMatch(/^this is no database/);

  rmSync(store, { recursive: true });
  expect((await valleywalk(store, ['list'])).code).toBe(0);
  // PRAGMA user_version is the big-endian number at byte 60 of an SQLite file
  const bytes = readFileSync(file);
  bytes.writeUInt32BE(999, 60);
  writeFileSync(file, bytes);
  const newer = await valleywalk(store, ['run', 'quick-walk']);
  expect(newer.code).toBe(1);
  expect(newer.err).toMatch(/newer Valleywalk.*999/s);
  expect(readFileSync(file)).toEqual(bytes);
});

test('doctor names the backends and the store', async () => {
  const { code, out } = await valleywalk(store, ['doctor']);
  expect(code).toBe(0);
  expect(out).toMatch(/Backend cpu: available, used when a run names none/);
  expect(out).toContain(store);
  const absent = process.platform === 'win32' ? 'coreml' : 'directml';
  expect(out).toContain(`Backend ${absent}: not available. `);
  expect(out).toContain('ONNX Runtime has no such provider for');
});

test('doctor --check-store tells what is damaged, writes nothing, and exits 1', async () => {
  expect((await valleywalk(store, ['doctor', '--check-store'])).code).toBe(2);
  expect((await valleywalk(store, ['list'])).code).toBe(0);
  const sound = await valleywalk(store, ['doctor', '--check-store']);
  expect([sound.code, sound.out]).toEqual([0, expect.stringContaining(`The store ${store} is sound.`)]);
  const file = join(store, 'valleywalk.sqlite');
  writeFileSync(file, 'This is a letter, not a database. '.repeat(100));
  const { code, out } = await valleywalk(store, ['doctor', '--check-store', '--json']);
  expect([code, JSON.parse(out)]).toEqual([
    1,
    expect.objectContaining({ sound: false, findings: [expect.objectContaining({ kind: 'damaged' })] }),
  ]);
  expect(readFileSync(file, 'utf8')).toContain('This is a letter');
});

test('a backend that cannot be used is bad input, with the reason, wherever it is named', async () => {
  const absent = process.platform === 'win32' ? 'coreml' : 'directml';
  for (const command of [
    ['run', 'quick-walk', '--backend', absent],
    ['doctor', '--use', absent],
  ]) {
    const { code, err } = await valleywalk(store, command);
    expect(code).toBe(2);
    expect(err).toMatch(
      new RegExp(
        `the backend ${absent} cannot be used here: ONNX Runtime has no such provider for .+; it comes with .+; usable: cpu`,
      ),
    );
  }
  const { code, err } = await valleywalk(store, ['run', 'quick-walk', '--backend', 'abacus']);
  expect(code).toBe(2);
  expect(err).toContain('"abacus" is not one that Valleywalk knows');
  expect(JSON.parse((await valleywalk(store, ['list', '--json'])).out)).toEqual([]);
});

test('claims are judged on runs, as text, JSON, CSV and Markdown', async () => {
  expect((await valleywalk(store, small)).code).toBe(0);
  const claims = (...options: string[]) => valleywalk(store, ['claims', 'quick walk', ...options]);
  const text = await claims();
  expect(text.code).toBe(0);
  expect(text.out).toMatch(/^C1 {2}Not enough evidence/);
  expect(text.out).toContain('4 or more learning rates with at least 3 seeds each');
  const { claims: judged } = JSON.parse((await claims('--json')).out) as { claims: { claim: string }[] };
  expect(judged.map(({ claim }) => claim)).toEqual(['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7']);
  expect((await claims('--csv')).out).toMatch(/^claim,verdict,statistic,value,low,high/);
  expect((await claims('--markdown')).out).toContain('## C1. A valley floor between the steps: not enough evidence');
  expect((await claims('--csv', '--json')).code).toBe(2);
  const unknown = await valleywalk(store, ['claims', 'nothing']);
  expect(unknown.code).toBe(2);
  expect(unknown.err).toContain('there is no run nothing');
});
