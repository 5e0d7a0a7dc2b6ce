/** The narrow bridge between the desktop window and its host: names of the channels and what passes them. */
/** Channel names between preload and main. */
export const channels = {
  /** Window → main: asks for a port to the workbench. */
  connect: 'valleywalk:connect',
  /** Main → window: the port; or a sentence when there is none. */
  port: 'valleywalk:port',
  saveFile: 'valleywalk:save-file',
  pickFolder: 'valleywalk:pick-folder',
  /** Main → window: for how many seconds the workbench has not answered; null when it answers again. */
  silent: 'valleywalk:silent',
  /** Main → window: what the opening or the closing of the store says while it lasts; null when it is over. */
  opening: 'valleywalk:opening',
  /** Window → main: end the workbench and start a new one. */
  restart: 'valleywalk:restart',
  /** Main → window and back: whether the page answers. */
  ping: 'valleywalk:ping',
  pong: 'valleywalk:pong',
  /** Main → window: a menu entry was chosen. */
  menu: 'valleywalk:menu',
} as const;

/** What folders are chosen for, and a table's file; and what the dialog asks then. */
export const folderPurposes = {
  dataset: 'Choose the folder of a data set',
  table: 'Choose a table',
  trajectory: 'Choose the folder of a trajectory',
  export: 'Choose the folder to export into',
} as const;
/** One of them. */
export type FolderPurpose = keyof typeof folderPurposes;

/** What preload exposes as `window.valleywalk`. */
export interface Bridge {
  /** Asks main for a port; it arrives as a window message `{ type: 'valleywalk:port' }` with the port, or with an error. */
  connect(): void;
  /** Native save dialog, in the folder of the last file; resolves with the path, or null when cancelled; rejects when writing fails. */
  saveFile(file: { name: string; bytes: Uint8Array }): Promise<string | null>;
  /** Native dialog for a folder, of a table for its file, where the last one of this purpose was; null when cancelled. */
  pickFolder(purpose: FolderPurpose): Promise<string | null>;
  /** The path of a file or folder that was dropped on the page; empty where it has none. */
  pathOf(file: unknown): string;
  /** Calls back about once a second while the workbench does not answer, with the seconds, and with null when it does again. */
  onSilent(listener: (seconds: number | null) => void): void;
  /** Calls back with a sentence while the workbench opens its store and that takes long, and with null when it is over. */
  onOpening(listener: (message: string | null) => void): void;
  /** Ends a workbench that does not answer and starts a new one; its runs are interrupted and can be resumed. */
  restart(): void;
  /** Calls back with the route of a chosen menu entry. */
  onMenu(listener: (route: string) => void): void;
}
