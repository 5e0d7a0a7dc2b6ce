/** Takes finished pieces of a run into the store, each once however often it is met and whichever process meets it. */
import { join } from 'node:path';
import { blankSummary } from '../../../shared/blank-records.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { MachineState } from '../../../shared/machines.ts';
import { isOver } from '../../../shared/records.ts';
import type { FailedAttempt, RunRecord } from '../../../shared/records.ts';
import type { Checkpoint } from '../../../shared/trainer-messages.ts';
import type { JobContext } from '../jobs/context.ts';
import type { Ending } from '../jobs/kind.ts';
import type { RunState } from '../jobs/run/begin.ts';
import { takeReport } from '../jobs/run/reports.ts';
import { summarise, summarised } from '../store/summary.ts';
import { copyWhole, studyPaths } from './files.ts';
import { readPiece } from './pieces.ts';
import type { Piece } from './pieces.ts';

/** What is remembered of a run while its pieces come. */
interface Taken {
  pieces: number;
  state: RunState;
}

/** Takes pieces. */
export interface Taking {
  /**
   * Takes the next piece of a run in, if it is there. The run's end is written down in the same transaction as the piece that tells it:
   * what is taken is not looked at once more.
   * @returns it; null where there is none yet
   * @throws ValleywalkError where it, or a file that it names, is damaged; then nothing of it was taken
   */
  next(run: string): Promise<Piece | null>;
  /** What was summed up of a run so far. */
  state(run: string): RunState;
  /** Forgets what is remembered of a run. */
  forget(run: string): void;
}

/** Writes the end of a run down, within a transaction. */
export type WriteEnd = (run: string, state: RunState, end: NonNullable<Piece['ended']>) => Ending;

/**
 * @param context with the store; records are told by whoever watches it
 * @param write writes to the store, as soon as it is free
 */
export function takingInto(
  { store, ...context }: JobContext,
  write: <T>(work: () => T) => Promise<T>,
  writeEnd: WriteEnd,
): Taking {
  const remembered = new Map<string, Taken>();
  const silent: JobContext = { ...context, store, publish: () => undefined };

  /** What is remembered of a run, made anew where another process took pieces meanwhile. */
  function stateOf(run: string, { taken }: MachineState): RunState {
    const known = remembered.get(run);
    if (known?.pieces === taken) return known.state;
    const key = store.runs.key(run);
    const { backend, record } = store.runs.get(run);
    const summary = summarise();
    if (taken > 0)
      summary.add({ iterations: store.records.iterations(key, 0, summarised), epochs: store.records.epochs(key) });
    const state: RunState = {
      key,
      backend,
      live: { iterations_done: taken > 0 ? record.iterations_done : 0 },
      summary,
      times: { began: performance.now(), ready: null, told: null },
    };
    remembered.set(run, { pieces: taken, state });
    return state;
  }

  /** Copies the files that a piece names into the store. @returns the checkpoint that a run can go on from here; null where a newer one is on its way */
  async function copyFiles(run: string, folder: string, piece: Piece): Promise<Checkpoint | null> {
    const paths = studyPaths(folder).run(run);
    for (const report of piece.reports) {
      if (report.type !== 'parameters') continue;
      const { file } = report.file;
      await copyWhole(join(paths.parameters, file), join(store.parameters.makeFolder(run), file), report.file);
    }
    const { checkpoint } = piece;
    if (!checkpoint) return null;
    try {
      await copyWhole(
        join(paths.checkpoints, checkpoint.file),
        join(store.checkpoints.makeFolder(run), checkpoint.file),
        checkpoint,
      );
      return checkpoint;
    } catch (error) {
      // two newer ones have taken its place already: this one is in nobody's way
      if (error instanceof ValleywalkError && error.kind === 'missing') return null;
      throw error;
    }
  }

  /** Removes what was recorded after a checkpoint: whoever is stopped within an iteration goes on from before it, and records it again. */
  function cutTo(run: string, { key, live }: RunState, to: Checkpoint | null): void {
    if (!to) return;
    const reach = store.records.reach(key);
    if (reach.iteration < to.iteration && reach.epoch <= to.epoch) return;
    store.records.rewind(key, to.iteration, to.epoch);
    // the same file is written again
    store.parameters.rewind(run, key, to.kept);
    live.iterations_done = to.iteration;
    remembered.delete(run);
  }

  /** @returns the run's end where the piece tells it; null where another process has taken the piece */
  function take(
    run: string,
    machine: MachineState,
    piece: Piece,
    checkpoint: Checkpoint | null,
  ): { ending: Ending | null } | null {
    const state = stateOf(run, machine);
    const before = store.runs.get(run);
    let ending: Ending | null = null;
    const taken = store.durably(() => {
      // asked for inside the transaction: another process may have taken it, or ended the run
      const { machine: now, status } = store.runs.get(run).record;
      if (now?.taken !== machine.taken || isOver(status)) return false;
      const attempts = deviceChange(before.record, piece);
      for (const report of piece.reports)
        if (report.type !== 'checkpoint' && report.type !== 'ended') takeReport(silent, run, state, report);
      cutTo(run, state, piece.checkpoint);
      store.runs.change(run, {
        ...state.live,
        summary: blankSummary(state.summary.now()),
        machine: { ...now, taken: now.taken + 1, last: piece.sha256, node: piece.node },
        ...(attempts ? { failed_attempts: attempts } : {}),
        ...(checkpoint ? { checkpoint, checkpoint_iteration: checkpoint.iteration } : {}),
      });
      if (piece.ended) ending = writeEnd(run, state, piece.ended);
      return true;
    });
    if (!taken) {
      remembered.delete(run);
      return null;
    }
    // unless it was cut, and is summed up anew
    if (remembered.has(run)) remembered.set(run, { pieces: machine.taken + 1, state });
    if (checkpoint && before.checkpoint && before.checkpoint.file !== checkpoint.file)
      store.checkpoints.remove(run, before.checkpoint);
    return { ending };
  }

  return {
    async next(run) {
      const { machine } = store.runs.get(run).record;
      if (!machine) return null;
      const number = machine.taken + 1;
      const path = studyPaths(machine.folder).run(run).piece(number);
      const piece = await readPiece(path, { run, piece: number });
      if (!piece) return null;
      if (piece.previous !== (machine.last ?? null))
        throw new ValleywalkError(
          'store',
          `${path} does not go on from piece ${machine.taken} that was taken in: pieces were removed from the shared folder, and the run was computed anew; resume the study, which goes on from what is in the store`,
        );
      const checkpoint = await copyFiles(run, machine.folder, piece);
      const taken = await write(() => take(run, machine, piece, checkpoint));
      taken?.ending?.follow?.();
      taken?.ending?.tell();
      return piece;
    },
    state: (run) => stateOf(run, store.runs.get(run).record.machine!),
    forget: (run) => void remembered.delete(run),
  };
}

/** A run's attempts with what is to be told of a device that is another from this piece on; null where there is nothing to tell. */
function deviceChange(
  { environment, failed_attempts: before, iterations_done: done }: RunRecord,
  { node, reports }: Piece,
): FailedAttempt[] | null {
  const started = reports.find((report) => report.type === 'started');
  if (!started || !environment || environment.device === started.environment.device) return null;
  const error = `the device changed at iteration ${done}: ${environment.device} before, ${started.environment.device} on ${node} from there on; numbers may differ in their last digits from those of one device`;
  return [...before, { status: 'interrupted', ended_at: new Date().toISOString(), iterations_done: done, error }];
}
