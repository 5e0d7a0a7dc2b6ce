/**
 * Which compute backends there are and how fast they are, asked of trainer processes: the workbench itself loads no compute
 * library, and a driver that ends the process that tries it ends nothing else.
 */
import { backendNames, backendTitles } from '../../shared/backends.ts';
import type { BackendName } from '../../shared/backends.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import type { BackendInfo, Speed } from '../../shared/trainer-messages.ts';
import type { Fork } from '../processes/child.ts';
import { requestFromTrainer } from './request-from-trainer.ts';
import type { Setups } from './setups/service.ts';

/** Milliseconds to wait for a word of one backend, for its description and in a measurement. */
const timeouts = { describe: 60_000, measure: 300_000 };

/**
 * Asks once and remembers the answers; a backend whose setup has changed is asked about again, and so are all where a trainer could not
 * even be started.
 */
export function backendsOf(fork: Fork, setups: Pick<Setups, 'told' | 'problem'>): () => Promise<BackendInfo[]> {
  const known = new Map<BackendName, { told: string; info: BackendInfo }>();
  let asking: Promise<unknown> = Promise.resolve();
  const ask = async (): Promise<BackendInfo[]> => {
    const told = new Map(backendNames.map((name) => [name, setups.told(name)]));
    const news = backendNames.filter((name) => known.get(name)?.told !== told.get(name));
    for (const info of await describeAll(fork, news))
      known.set(info.name as BackendName, { told: told.get(info.name as BackendName)!, info });
    const all = backendNames.map((name) => known.get(name)!.info);
    // without a processor to compute on, the process was at fault
    if (!all.some(({ name, available }) => name === 'cpu' && available)) known.clear();
    return all.map((info) => {
      const problem = info.available ? null : setups.problem(info.name);
      return problem === null ? info : { ...info, reason: problem };
    });
  };
  return () => {
    const answer = asking.then(ask, ask);
    asking = answer;
    return answer;
  };
}

/** One process tries all of them; where it dies or hangs, that backend is out of use and another process goes on with the rest. */
async function describeAll(fork: Fork, names: readonly BackendName[]): Promise<BackendInfo[]> {
  const found: BackendInfo[] = [];
  while (found.length < names.length) {
    const rest = names.slice(found.length);
    const failure = await requestFromTrainer(
      fork,
      { type: 'describe', backends: [...rest] },
      timeouts.describe,
      (report) => {
        if (report.type !== 'backend') return 'answered with something else';
        found.push(report.backend);
        return found.length < names.length ? 'more' : 'done';
      },
    ).promise;
    if (failure !== null) found.push(unavailable(names[found.length]!, failure));
  }
  return found;
}

/** Lets a process of its own try one backend. */
export function describeBackendBy(fork: Fork, name: BackendName): { promise: Promise<BackendInfo>; kill: () => void } {
  let found: BackendInfo | null = null;
  const { promise, kill } = requestFromTrainer(
    fork,
    { type: 'describe', backends: [name] },
    timeouts.describe,
    (report) => {
      if (report.type !== 'backend') return 'answered with something else';
      found = report.backend;
      return 'done';
    },
  );
  return { promise: promise.then((failure) => found ?? unavailable(name, failure ?? 'said nothing')), kill };
}

function unavailable(name: BackendName, reason: string): BackendInfo {
  return {
    name,
    title: backendTitles[name],
    available: false,
    device: null,
    versions: {},
    reason: `the process that tried it ${reason}`,
  };
}

/** What a measurement found. */
interface Measured {
  backend: BackendInfo;
  speeds: Speed[];
}

/** A measurement under way. */
export interface Measuring {
  /** @throws ValleywalkError `input` with the sentence of what kept it from being measured, or `cancelled`. */
  result: Promise<Measured>;
  /** Ends it at once. */
  cancel(): void;
}

/** Measures a backend in a process of its own. */
export function measureBackend(fork: Fork, backend: BackendName, onProgress: (progress: number) => void): Measuring {
  let measured: Measured | null = null;
  let failed: string | null = null;
  let cancelled = false;
  const talk = requestFromTrainer(fork, { type: 'measure', backend }, timeouts.measure, (report) => {
    if (report.type === 'measuring') {
      onProgress(report.progress);
      return 'more';
    }
    if (report.type === 'measured') measured = { backend: report.backend, speeds: report.speeds };
    else failed = report.type === 'ended' ? report.message : 'the trainer answered with something else';
    return 'done';
  });
  return {
    result: talk.promise.then((failure) => {
      if (cancelled) throw new ValleywalkError('cancelled', `the measurement of ${backend} was cancelled`);
      if (measured) return measured;
      throw new ValleywalkError(
        'input',
        `the backend ${backend} could not be measured: ${failed ?? `the process that measured it ${failure}`}`,
      );
    }),
    cancel() {
      cancelled = true;
      talk.kill();
    },
  };
}
