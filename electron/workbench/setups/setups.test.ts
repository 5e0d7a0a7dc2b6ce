import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type promises from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { seconds } from '../../../build/machine.ts';
import type { Setup } from '../../../shared/setups.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import { fakeTrainer } from '../testing/open.ts';
import { openStore } from '../store/store.ts';
import type { Store } from '../store/store.ts';
import { openSetups } from './service.ts';
import type { Setups } from './service.ts';
import { tensorflowSetup } from './tensorflow.ts';
import { makeEnvironment, makeWheel, packagesOf } from './testing.ts';

/** A path that cannot be removed. */
const disk = vi.hoisted(() => ({ keeps: '' }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof promises>();
  const rm: typeof real.rm = (path, options) =>
    path === disk.keeps ? Promise.reject(new Error('it is in use')) : real.rm(path, options);
  return { ...real, rm };
});

// the scripted trainer computes on `cpu` and `tensorflow`, says of `webgpu` that there is no adapter, and dies of `cuda`
const kinds = {
  tensorflow: tensorflowSetup,
  'no-adapter': { ...tensorflowSetup, backend: 'webgpu' as const, variable: 'VALLEYWALK_NONE' as const },
  elsewhere: { ...tensorflowSetup, backend: 'cpu' as const, refused: () => 'it is for another machine' },
};
const libraries = { 'tensorflow/libtensorflow_cc.so.2': 'cc', 'tensorflow/libtensorflow_framework.so.2': 'framework' };
const whole = { ...libraries, 'tensorflow/__init__.py': '' };

let folder: ReturnType<typeof temporaryFolder>;
let packed: string;
let python: string;
beforeAll(async () => {
  folder = temporaryFolder();
  packed = join(folder.path, 'packed');
  mkdirSync(join(packed, 'tensorflow', 'dist'), { recursive: true });
  writeFileSync(join(packed, 'tensorflow', 'package.json'), '{}');
  python = makeEnvironment(join(folder.path, 'environment'), { tensorflow: 'raise SystemExit("it is not imported")' });
  const place = join(packagesOf(join(folder.path, 'environment')), 'tensorflow');
  for (const library of Object.keys(libraries)) writeFileSync(join(place, library.slice('tensorflow/'.length)), 'elf');
});
afterAll(() => folder.remove());

let store: Store;
let setups: Setups;
let events: [string, unknown][];
let told: Readonly<Record<string, string>>[];
/** Opens the setups of a store, remembering what is published and what trainers are told. */
function open(of: Store, pythons: string[] = []): Setups {
  return openSetups({
    store: of,
    kinds,
    packed,
    pythons: () => pythons,
    publish: (name, payload) => events.push([name, payload]),
    fork: (environment) => {
      told.push(environment ?? {});
      return fakeTrainer(environment);
    },
  });
}
beforeEach(() => {
  // continuous integration names one by hand
  vi.stubEnv('VALLEYWALK_TENSORFLOW', '');
  disk.keeps = '';
  events = [];
  told = [];
  store = openStore(mkdtempSync(join(folder.path, 'store-')));
  setups = open(store);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await setups.close();
  store.close();
});
const root = (): string => join(store.folder, 'setups');
const names = (): string[] => (existsSync(root()) ? readdirSync(root()).sort() : []);
const wheel = (): Promise<string> => makeWheel(mkdtempSync(join(folder.path, 'wheel-')), { files: whole });
const state = (setup = 'tensorflow'): Setup => setups.list().find((each) => each.setup === setup)!;

describe('a setup', { timeout: seconds(60) }, () => {
  it('out of a wheel is a copy in the store, tried before it counts, and told to trainers', async () => {
    expect(state()).toMatchObject({ installed: null, problem: null, overridden: null, backend: 'tensorflow' });
    expect(setups.environment()).toEqual({});
    const from = await wheel();
    const made = await setups.install('tensorflow', { wheel: from });
    expect(made.installed).toMatchObject({
      source: 'wheel',
      from,
      versions: { tensorflow: '2.18.0' },
      device: 'no device for tensorflow',
    });
    const place = setups.environment()['VALLEYWALK_TENSORFLOW']!;
    expect(told.at(-1)).toEqual({ VALLEYWALK_TENSORFLOW: place });
    const lib = join(place, 'node_modules', '@tensorflow', 'tfjs-node-gpu', 'deps', 'lib');
    expect(readFileSync(join(lib, 'libtensorflow_cc.so.2'), 'utf8')).toBe('cc');
    expect(names()).toEqual([place.slice(root().length + 1), 'tensorflow.json'].sort());
    expect(events.map(([name]) => name)).toContain('setups.progress');
    expect(events.at(-1)).toEqual(['setups.changed', setups.list()]);
    // another process on the same store hears of it
    expect(open(store).environment()).toEqual(setups.environment());
  });

  it('out of an environment is a link to where the library lies', async () => {
    await setups.install('tensorflow', { python });
    const place = setups.environment()['VALLEYWALK_TENSORFLOW']!;
    const lib = join(place, 'node_modules', '@tensorflow', 'tfjs-node-gpu', 'deps', 'lib');
    expect(lstatSync(lib).isSymbolicLink()).toBe(true);
    expect(realpathSync(lib)).toBe(realpathSync(join(packagesOf(join(folder.path, 'environment')), 'tensorflow')));
    expect(state().installed).toMatchObject({ source: 'python', from: python });
  });

  it('without anything named takes the first Python that has it, and tells what it asked where none has', async () => {
    const none = makeEnvironment(join(folder.path, 'none'));
    const found = open(store, [none, python]);
    const told = await found.look('tensorflow');
    expect(told.map((each) => [each.python, each.found])).toEqual([
      [none, false],
      [python, true],
    ]);
    // those that have answered are told while others are asked, in the same order
    const seen = events.flatMap(([name, payload]) =>
      name === 'setups.found' ? [(payload as { environments: unknown[] }).environments] : [],
    );
    expect(seen.map(({ length }) => length)).toEqual([1, 2]);
    expect(seen.at(-1)).toEqual(told);
    expect((await found.install('tensorflow', {})).installed?.from).toBe(python);
    await expect(open(store, [none]).install('tensorflow', {})).rejects.toThrow(
      `no Python of this machine has it; name one with --python PATH. Asked:\n  ${none}: it has no tensorflow`,
    );
    await expect(open(store).install('tensorflow', {})).rejects.toThrow('no Python was found on this machine');
    await expect(open(store).install('tensorflow', { python: none })).rejects.toThrow(
      `${none} cannot be used: it has no tensorflow; name another`,
    );
  });

  it('remembers what Pythons answered for a page that is loaded again, and asks them whenever it is told to look', async () => {
    const environment = join(folder.path, 'comes-later');
    const found = open(store, [makeEnvironment(environment)]);
    const remembered = (): string | null => found.asked('tensorflow')![0]!.reason;
    expect(found.asked('tensorflow')).toBeNull();
    expect(await found.look('tensorflow')).toEqual(found.asked('tensorflow'));
    expect(remembered()).toBe('it has no tensorflow');
    rmSync(environment, { recursive: true });
    expect(remembered()).toBe('it has no tensorflow');
    expect((await found.look('tensorflow'))[0]!.reason).toBe('it is not there');
    expect(remembered()).toBe('it is not there');
    expect(() => found.asked('nothing')).toThrow('there is no setup "nothing"');
  });

  it('takes the place of the one before only once it has computed', async () => {
    await setups.install('tensorflow', { python });
    const before = setups.environment();
    const damaged = await makeWheel(mkdtempSync(join(folder.path, 'wheel-')), {
      files: whole,
      wronglyRecorded: ['tensorflow/libtensorflow_framework.so.2'],
    });
    await expect(setups.install('tensorflow', { wheel: damaged })).rejects.toThrow('is damaged');
    expect(setups.environment()).toEqual(before);
    expect(names()).toHaveLength(2);
    await setups.install('tensorflow', { wheel: await wheel() });
    expect(setups.environment()).not.toEqual(before);
    expect(names()).toHaveLength(2);
  });

  it('that does not compute is refused with the reason, and leaves nothing', async () => {
    await expect(setups.install('no-adapter', { python })).rejects.toThrow(
      'it was put together, but does not compute: no adapter. Nothing was changed',
    );
    expect(names()).toEqual([]);
    expect(state('no-adapter').installed).toBeNull();
  });

  it('is refused by a sentence: unknown, elsewhere, twice named, without TensorFlow or binding', async () => {
    await expect(setups.install('elsewhere', {})).rejects.toThrow(
      'elsewhere cannot be set up here: it is for another machine',
    );
    await expect(setups.look('nothing')).rejects.toThrow('there is no setup "nothing"; there are: tensorflow');
    await expect(setups.install('tensorflow', { python, wheel: python })).rejects.toThrow(
      'a Python or a wheel, not both',
    );
    const other = await makeWheel(folder.path, { name: 'numpy', version: '2.0' });
    await expect(setups.install('tensorflow', { wheel: other })).rejects.toThrow(
      `${other} is a wheel of numpy 2.0 and has no TensorFlow; name one of tensorflow or tensorflow-cpu`,
    );
    rmSync(join(packed, 'tensorflow', 'package.json'));
    await expect(setups.install('tensorflow', { python })).rejects.toThrow(
      'in a checkout, "npm run build:tensorflow" makes it',
    );
    writeFileSync(join(packed, 'tensorflow', 'package.json'), '{}');
    expect(names()).toEqual([]);
  });

  it('is removed from the store only', async () => {
    await setups.install('tensorflow', { python });
    expect((await setups.remove('tensorflow')).installed).toBeNull();
    expect(names()).toEqual([]);
    expect(existsSync(python)).toBe(true);
    expect(setups.environment()).toEqual({});
    await expect(setups.remove('tensorflow')).rejects.toThrow('nothing is set up for tensorflow');
  });

  it('that cannot be removed, or not whole, is told as what it is then, cancelled or not', async () => {
    await setups.install('tensorflow', { python });
    const [files] = names().filter((name) => !name.endsWith('.json'));
    disk.keeps = join(root(), 'tensorflow.json');
    await expect(setups.remove('tensorflow')).rejects.toThrow(
      'the removal of tensorflow failed (it is in use); it is still set up',
    );
    expect(state().installed).not.toBeNull();
    disk.keeps = join(root(), files!);
    const removal = setups.remove('tensorflow');
    setups.cancel();
    await expect(removal).rejects.toMatchObject({
      kind: 'input',
      message:
        'the removal of tensorflow failed (it is in use); it is not set up any more, and what is left of its files is removed when Valleywalk is started after all of its processes have ended',
    });
    expect(events.at(-1)).toEqual(['setups.changed', setups.list()]);
    expect(state().installed).toBeNull();
    expect(names()).toEqual([files]);
  });

  it('whose damaged description cannot be removed is not told as set up', async () => {
    await setups.install('tensorflow', { python });
    writeFileSync(join(root(), 'tensorflow.json'), '{"from":');
    disk.keeps = join(root(), 'tensorflow.json');
    await expect(setups.remove('tensorflow')).rejects.toThrow(
      'the removal of tensorflow failed (it is in use); what the store knows of it is still there, and cannot be read',
    );
    expect(state().installed).toBeNull();
  });

  it('is told to have changed by a removal only where one began', async () => {
    await setups.install('tensorflow', { python });
    const looks = setups.look('tensorflow');
    const told = (): number => events.filter(([name]) => name === 'setups.changed').length;
    const before = told();
    await expect(setups.remove('tensorflow')).rejects.toThrow('cancel it or wait for its end');
    expect(told()).toBe(before);
    await looks;
    await setups.remove('tensorflow');
    expect(told()).toBe(before + 1);
  });

  it('whose library has gone says so by name, and how it is mended', async () => {
    const environment = join(folder.path, 'goes');
    const goes = makeEnvironment(environment, { tensorflow: '' });
    for (const library of Object.keys(libraries)) writeFileSync(join(packagesOf(environment), library), 'elf');
    await setups.install('tensorflow', { python: goes });
    expect(setups.problem('tensorflow')).toBeNull();
    rmSync(environment, { recursive: true });
    const sentence = `libtensorflow_cc.so.2, taken from ${goes}, is not there any more; "valleywalk setup tensorflow" sets it up again, and "valleywalk setup tensorflow --remove" forgets it`;
    expect(state().problem).toBe(sentence);
    expect(setups.problem('tensorflow')).toBe(sentence);
    expect(setups.problem('cpu')).toBeNull();
  });

  it('whose description is damaged says so, and can be made again', async () => {
    await setups.install('tensorflow', { python });
    writeFileSync(join(root(), 'tensorflow.json'), '{"from":');
    expect(state()).toMatchObject({ installed: null });
    expect(state().problem).toContain('what the store knows of it cannot be read; "valleywalk setup tensorflow"');
    await setups.install('tensorflow', { python });
    expect(state().problem).toBeNull();
    // nothing names what the damaged file named: it is swept with it
    expect(names()).toHaveLength(2);
  });

  it('whose description is damaged is removed with its folder, and with none that another process fills', async () => {
    await setups.install('tensorflow', { wheel: await wheel() });
    writeFileSync(join(root(), 'tensorflow.json'), '{"from":');
    // the process that made it is gone
    const [made] = names().filter((name) => !name.endsWith('.json'));
    const gone = `tensorflow-${'0'.repeat(24)}-7`;
    renameSync(join(root(), made!), join(root(), gone));
    const second = openStore(store.folder);
    const filling = `tensorflow-${second.owner}-1`;
    mkdirSync(join(root(), filling));
    await setups.remove('tensorflow');
    expect(names()).toEqual([filling]);
    second.close();
  });

  it('is not used where the environment names something by hand', async () => {
    await setups.install('tensorflow', { python });
    const before = setups.told('tensorflow');
    vi.stubEnv('VALLEYWALK_TENSORFLOW', '/by/hand');
    expect(setups.environment()).toEqual({});
    expect(setups.told('tensorflow')).toBe('/by/hand');
    expect(setups.told('tensorflow')).not.toBe(before);
    expect(state().overridden).toBe('/by/hand');
  });

  it('is made one at a time, and can be cancelled with nothing left', async () => {
    const slow = makeEnvironment(join(folder.path, 'slow'), {});
    writeFileSync(join(packagesOf(join(folder.path, 'slow')), 'tensorflow.py'), '');
    writeFileSync(join(packagesOf(join(folder.path, 'slow')), 'sitecustomize.py'), 'import time; time.sleep(1000)');
    const asked = setups.install('tensorflow', { python: slow });
    await expect(setups.install('tensorflow', { python })).rejects.toThrow('cancel it or wait for its end');
    setTimeout(() => setups.cancel(), 300);
    await expect(asked).rejects.toMatchObject({
      kind: 'cancelled',
      message: 'setup tensorflow was cancelled; nothing was changed',
    });
    expect(names()).toEqual([]);
    await setups.install('tensorflow', { python });
  });

  it('that was left half made by a process that is gone is swept when the store is opened next', async () => {
    await setups.install('tensorflow', { python });
    const own = join(root(), `tensorflow-${store.owner}-99`);
    const gone = join(root(), `tensorflow-${'0'.repeat(24)}-1`);
    for (const path of [own, gone]) mkdirSync(path);
    writeFileSync(`${gone}.part`, '{');
    const before = setups.environment();
    const second = openStore(store.folder);
    open(second);
    await expect.poll(names).not.toContain(gone.slice(root().length + 1));
    await expect.poll(names).not.toContain(`${gone.slice(root().length + 1)}.part`);
    // what lives stays, and so does what is named
    expect(existsSync(own)).toBe(true);
    expect(existsSync(before['VALLEYWALK_TENSORFLOW']!)).toBe(true);
    second.close();
  });
});
