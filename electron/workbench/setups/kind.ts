/** What a setup is: one file declares each, and the table in index.ts lists them. */
import type { BackendName } from '../../../shared/backends.ts';
import type { SetupSource } from '../../../shared/setups.ts';
import type { PythonAnswer } from './python.ts';

/** What a setup is made of. */
export type Material =
  | { source: 'python'; python: string; answer: PythonAnswer }
  | { source: 'wheel'; wheel: string }
  | { source: 'download' };

/** How somebody follows the making of one. */
export interface Following {
  /** Tells the step in words, and the share of it that is done where that is known. */
  progress: (step: string, share?: number) => void;
  /** Ends it; it then throws. */
  signal: AbortSignal;
}

/** What was put into a setup's folder. */
export interface Taken {
  /** What it was taken from, in a path or a name. */
  from: string;
  /** Versions by library. */
  versions: Record<string, string>;
}

/** A kind of setup. */
export interface SetupKind {
  title: string;
  help: string;
  /** The backend that it is for; it counts as set up when that has computed a trial right with it. */
  backend: BackendName;
  /** The variable of the environment by which trainers are told; whoever sets it by hand is heard instead of the store. */
  variable: `VALLEYWALK_${string}`;
  /** What it can be made of. */
  sources: readonly SetupSource[];
  /** Why it cannot be on a machine; null where it can. */
  refused: (platform: NodeJS.Platform, arch: string) => string | null;
  /**
   * Python that looks for the library and leaves a dictionary `answer` with `versions` (names to texts) and `device` (a text, or None
   * where the trial tells); it raises an exception whose text says what is missing. Null where no Python is asked.
   */
  question: string | null;
  /**
   * Puts what trainers need into a folder that is there and empty.
   * @param packed folder of what the program itself brings for setups
   * @throws ValleywalkError kind `input`: what is wrong with the material, and what to do
   */
  take: (material: Material, folder: string, packed: string, how: Following) => Promise<Taken>;
  /** What trainers are told, of a folder that was filled and what it was filled from. */
  told: (folder: string, from: string) => string;
  /** What has gone since, in words that end a sentence; null where everything is there. */
  gone: (folder: string, from: string) => string | null;
}
