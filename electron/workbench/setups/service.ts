/** The setups of a workbench: found, made, tried, told to trainers, and removed. */
import { resolve } from 'node:path';
import { arch, platform } from 'node:process';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Publish } from '../../../shared/protocol.ts';
import { environmentText } from '../../../shared/setups.ts';
import type { PythonEnvironment, Setup, SetupSource } from '../../../shared/setups.ts';
import type { BackendInfo } from '../../../shared/trainer-messages.ts';
import { expandHome } from '../../files/home.ts';
import type { Fork } from '../../processes/child.ts';
import { describeBackendBy } from '../backends.ts';
import type { Store } from '../store/store.ts';
import { setupFolders } from './folder.ts';
import type { SetupFolders } from './folder.ts';
import { setupKinds } from './index.ts';
import type { Following, Material, SetupKind } from './kind.ts';
import { askPython, lookForPythons, namedPython } from './python.ts';
import type { AskedPython } from './python.ts';

/** The setups of a workbench. */
export interface Setups {
  /** Every setup, and how it stands. */
  list: () => Setup[];
  /** Looks for Pythons and asks each. @throws ValleywalkError kind `input`, `cancelled` */
  look: (setup: string) => Promise<PythonEnvironment[]>;
  /** What Pythons answered when all were asked last; null where they were not. @throws ValleywalkError kind `input` */
  asked: (setup: string) => PythonEnvironment[] | null;
  /** Makes one, of what is named or else of what is found. @throws ValleywalkError kind `input` */
  install: (setup: string, of: { python?: string | undefined; wheel?: string | undefined }) => Promise<Setup>;
  /** Removes one. @throws ValleywalkError kind `input` where nothing is set up, or its files cannot be removed */
  remove: (setup: string) => Promise<Setup>;
  /** Ends what looks or installs. */
  cancel: () => void;
  /** What trainers are told, by variable; read anew each time, for other processes set up as well. */
  environment: () => Record<string, string>;
  /** What the trainers of a backend are told: changes when its setup does. */
  told: (backend: string) => string;
  /** What is wrong with the setup of a backend, in a sentence; null where nothing is, or nothing is set up. */
  problem: (backend: string) => string | null;
  /** Ends what goes on, and waits for it. */
  close: () => Promise<void>;
}

/** What the setups of a workbench work with. */
interface SetupContext {
  store: Store;
  /** Starts a trainer that is told what it is given. */
  fork: Fork;
  publish: Publish;
  /** Folder of what the program brings for setups. */
  packed: string;
  /** The setups that there are; the table unless told otherwise. */
  kinds?: Readonly<Record<string, SetupKind>>;
  /** Where Pythons are looked for; this machine unless told otherwise. */
  pythons?: () => string[];
}

/** Opens the setups of a workbench. */
export function openSetups({ store, fork, publish, packed, kinds = setupKinds, pythons }: SetupContext): Setups {
  const folders = setupFolders(store);
  const names = Object.keys(kinds);
  let going: { abort: AbortController; done: Promise<unknown> } | null = null;
  if (!store.readOnly) void folders.sweep().catch(() => undefined);

  const kindOf = (setup: string): SetupKind => {
    if (Object.hasOwn(kinds, setup)) return kinds[setup]!;
    throw new ValleywalkError('input', `there is no setup "${setup}"; there are: ${names.join(', ')}`);
  };
  /** What the user says by hand. */
  const byHand = ({ variable }: SetupKind): string | null => process.env[variable] || null;
  const toldBy = (setup: string): string | null => {
    const stored = folders.read(setup);
    return stored === null || stored === 'damaged' ? null : kinds[setup]!.told(stored.folder, stored.what.from);
  };
  const problemOf = (setup: string): string | null => {
    const stored = folders.read(setup);
    if (stored === null) return null;
    const gone =
      stored === 'damaged'
        ? 'what the store knows of it cannot be read'
        : kinds[setup]!.gone(stored.folder, stored.what.from);
    return gone === null
      ? null
      : `${gone}; "valleywalk setup ${setup}" sets it up again, and "valleywalk setup ${setup} --remove" forgets it`;
  };
  const describe = (setup: string): Setup => {
    const { title, help, backend, variable, sources, refused } = kinds[setup]!;
    const stored = folders.read(setup);
    return {
      setup,
      backend,
      title,
      help,
      sources: [...sources],
      refused: refused(platform, arch),
      installed: stored === null || stored === 'damaged' ? null : stored.what,
      problem: problemOf(setup),
      variable,
      overridden: byHand(kinds[setup]!),
    };
  };
  const list = (): Setup[] => names.map(describe);
  const environment = (): Record<string, string> =>
    Object.fromEntries(
      names.flatMap((setup) => {
        const told = byHand(kinds[setup]!) === null ? toldBy(setup) : null;
        return told === null ? [] : [[kinds[setup]!.variable, told]];
      }),
    );
  const ofBackend = (backend: string): string[] => names.filter((setup) => kinds[setup]!.backend === backend);

  /**
   * Does one thing at a time, which can be cancelled.
   * @param left what is said of the store where it was not done, in a clause; work that has one goes on to its end when it is cancelled, and
   *   fails for reasons of its own
   */
  const alone = async <T>(
    setup: string,
    what: string,
    work: (how: Following) => Promise<T>,
    left: (() => string) | null = null,
  ): Promise<T> => {
    if (going) throw new ValleywalkError('input', 'a setup is being looked for or made; cancel it or wait for its end');
    const abort = new AbortController();
    const progress = (step: string, share?: number): void =>
      publish('setups.progress', { setup, step, share: share === undefined ? null : Math.min(1, Math.max(0, share)) });
    const done = work({ progress: throttled(progress), signal: abort.signal }).catch((error: unknown) => {
      if (abort.signal.aborted && !left)
        throw new ValleywalkError('cancelled', `${what} was cancelled; nothing was changed`);
      if (error instanceof ValleywalkError) throw error;
      const { message } = error as Error;
      throw new ValleywalkError('input', `${what} failed (${message}); ${left?.() ?? 'nothing was changed'}`);
    });
    going = { abort, done };
    try {
      return await done;
    } finally {
      going = null;
    }
  };

  /** What Pythons answered since this workbench was opened, by setup: to ask takes seconds for each that has the library. */
  const remembered = new Map<string, PythonEnvironment[]>();
  const environmentsOf = (found: readonly AskedPython[]): PythonEnvironment[] =>
    found.map(({ environment: each }) => each);
  const lookFor = async (setup: string, { progress, signal }: Following): Promise<AskedPython[]> => {
    progress('looking for the Pythons of this machine');
    const told = (found: readonly AskedPython[], done: number, all: number): void => {
      progress(`asking the Pythons of this machine (${done} of ${all})`, done / all);
      publish('setups.found', { setup, environments: environmentsOf(found) });
    };
    const found = await lookForPythons(kindOf(setup).question!, { signal, told }, pythons?.());
    remembered.set(setup, environmentsOf(found));
    return found;
  };

  /** What a setup is made of, where a person names nothing: the first Python that has it, one with a GPU before others. */
  const find = async (setup: string, how: Following): Promise<Material> => {
    if (kindOf(setup).question === null) return { source: 'download' };
    const found = await lookFor(setup, how);
    const usable = found.filter(({ answer }) => answer !== null);
    const onGpu = usable.find(({ environment: { device } }) => device !== null && device !== 'processor');
    const chosen = onGpu ?? usable[0];
    if (chosen) return { source: 'python', python: chosen.environment.python, answer: chosen.answer! };
    const looked = found.map(({ environment: each }) => `\n  ${environmentText(each)}`).join('');
    throw new ValleywalkError(
      'input',
      found.length === 0
        ? 'no Python was found on this machine; name one with --python PATH'
        : `no Python of this machine has it; name one with --python PATH. Asked:${looked}`,
    );
  };

  const materialOf = async (
    setup: string,
    { python, wheel }: { python?: string | undefined; wheel?: string | undefined },
    how: Following,
  ): Promise<Material> => {
    const kind = kindOf(setup);
    const requireSource = (source: SetupSource): void => {
      if (!kind.sources.includes(source))
        throw new ValleywalkError(
          'input',
          `${setup} is not set up from a ${source}, but from: ${kind.sources.join(', ')}`,
        );
    };
    if (python !== undefined && wheel !== undefined)
      throw new ValleywalkError('input', 'name a Python or a wheel, not both');
    if (wheel !== undefined) {
      requireSource('wheel');
      return { source: 'wheel', wheel: resolve(expandHome(wheel)) };
    }
    if (python === undefined) return find(setup, how);
    requireSource('python');
    const path = namedPython(python);
    how.progress(`asking ${path}`);
    const answer = await askPython(path, kind.question!, how.signal);
    how.signal.throwIfAborted();
    if (typeof answer !== 'string') return { source: 'python', python: path, answer };
    throw new ValleywalkError('input', `${path} cannot be used: ${answer}; name another with --python PATH`);
  };

  /** Lets a trainer compute with what was put into a folder. @throws ValleywalkError kind `input` */
  const tryIt = async (kind: SetupKind, told: string, how: Following): Promise<BackendInfo> => {
    how.progress('trying it');
    const trial = describeBackendBy((more) => fork({ ...environment(), ...more, [kind.variable]: told }), kind.backend);
    how.signal.addEventListener('abort', trial.kill);
    const tried = await trial.promise.finally(() => how.signal.removeEventListener('abort', trial.kill));
    how.signal.throwIfAborted();
    if (tried.available) return tried;
    throw new ValleywalkError(
      'input',
      `it was put together, but does not compute: ${tried.reason ?? 'unknown reason'}. Nothing was changed`,
    );
  };

  return {
    list,
    environment,
    told: (backend) =>
      ofBackend(backend)
        .map((setup) => byHand(kinds[setup]!) ?? toldBy(setup) ?? '')
        .join(),
    problem(backend) {
      for (const setup of ofBackend(backend)) {
        const problem = byHand(kinds[setup]!) === null ? problemOf(setup) : null;
        if (problem !== null) return problem;
      }
      return null;
    },
    async look(setup) {
      const kind = kindOf(setup);
      if (kind.question === null)
        throw new ValleywalkError(
          'input',
          `${setup} is not set up from a Python, but from: ${kind.sources.join(', ')}`,
        );
      return alone(setup, `looking for Pythons with ${setup}`, async (how) =>
        environmentsOf(await lookFor(setup, how)),
      );
    },
    asked: (setup) => {
      kindOf(setup);
      return remembered.get(setup) ?? null;
    },
    async install(setup, of) {
      const kind = kindOf(setup);
      const refused = kind.refused(platform, arch);
      if (refused !== null) throw new ValleywalkError('input', `${setup} cannot be set up here: ${refused}`);
      return alone(setup, `setup ${setup}`, async (how) => {
        const material = await materialOf(setup, of, how);
        const folder = folders.begin(setup);
        try {
          const { from, versions } = await kind.take(material, folder, packed, how);
          const tried = await tryIt(kind, kind.told(folder, from), how);
          await folders.finish(setup, folder, {
            source: material.source,
            from,
            versions: { ...versions, ...tried.versions },
            device: tried.device ?? tried.title,
            set_up_at: new Date().toISOString(),
          });
        } catch (error) {
          await folders.discard(folder);
          throw error;
        }
        publish('setups.changed', list());
        return describe(setup);
      });
    },
    async remove(setup) {
      kindOf(setup);
      if (folders.read(setup) === null)
        throw new ValleywalkError('input', `nothing is set up for ${setup}, so there is nothing to remove`);
      await alone(
        setup,
        `the removal of ${setup}`,
        () => folders.remove(setup).finally(() => publish('setups.changed', list())),
        // its description goes first, and its folder may not have gone whole
        () => leftOf(folders.read(setup)),
      );
      return describe(setup);
    },
    cancel: () => going?.abort.abort(),
    async close() {
      const last = going;
      last?.abort.abort();
      await last?.done.catch(() => undefined);
    },
  };
}

/** What a removal that failed left, in a clause. */
function leftOf(stored: ReturnType<SetupFolders['read']>): string {
  if (stored === 'damaged') return 'what the store knows of it is still there, and cannot be read';
  if (stored !== null) return 'it is still set up';
  return 'it is not set up any more, and what is left of its files is removed when Valleywalk is started after all of its processes have ended';
}

/** Tells steps as they change, and of one step each percent once. */
function throttled(progress: Following['progress']): Following['progress'] {
  let last = '';
  return (step, share) => {
    const now = `${step} ${share === undefined ? '' : Math.floor(100 * share)}`;
    if (now === last) return;
    last = now;
    progress(step, share);
  };
}
