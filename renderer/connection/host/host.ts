/** What the renderer needs from where it runs: the desktop window or a browser tab. Everything else is the same. */
import type { FolderPurpose } from '../../../shared/bridge.ts';
import type { Port } from '../../../shared/client.ts';

/** A file to be saved. */
interface SavedFile {
  /** Suggested name with extension. */
  name: string;
  mime: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** The platform behind the window. */
export interface Host {
  readonly kind: 'desktop' | 'browser';
  /** Opens the port to the workbench. @throws Error with a sentence when there is none. */
  connect(): Promise<Port>;
  /** What supervises the workbench; null where nothing does: in a browser, a connection that is silent is lost. */
  supervisor: {
    /** Calls back while the workbench does not answer, with the seconds, and with null when it does again. */
    onSilent: (listener: (seconds: number | null) => void) => void;
    /** Calls back with a sentence while it opens its store and that takes long, and with null when it is over. */
    onOpening: (listener: (message: string | null) => void) => void;
    /** Ends it and starts a new one. */
    restart: () => void;
  } | null;
  /** Calls back with the route of a chosen menu entry; null where there is no menu. */
  onMenu: ((listener: (route: string) => void) => void) | null;
  /** Saves a file through a native dialog (desktop) or as a download (browser). Resolves with where it went, null if cancelled. */
  save(file: SavedFile): Promise<string | null>;
  /** Lets the user choose a folder; null if cancelled. Only the desktop can; a browser asks for a path as text. */
  pickFolder: ((purpose: FolderPurpose) => Promise<string | null>) | null;
  /** The path of what was dropped on the page; null where the platform does not tell. */
  pathOf: ((file: File) => string) | null;
}
