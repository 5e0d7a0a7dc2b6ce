/** What only the desktop can ask: where to save a file, which folder to read. */
import { app, BrowserWindow, dialog, ipcMain } from 'electron';
import type { IpcMainInvokeEvent, OpenDialogOptions, SaveDialogOptions } from 'electron';
import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { z } from 'zod';
import { channels, folderPurposes } from '../../shared/bridge.ts';
import type { FolderPurpose } from '../../shared/bridge.ts';
import { aloneExtensions } from '../../shared/datasets.ts';
import { RecentFolders } from './recent-folders.ts';
import { isOurs } from './sender.ts';

/** A file that the window asks to save: a suggested name and its bytes. */
const saveFileSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^/\\\0]+$/, 'a file name without folders'),
  bytes: z.instanceof(Uint8Array),
});

/** Files that the dialog for a table shows; one whose name ends otherwise is refused with a reason when it is added. */
const tableFilters = [
  { name: 'CSV, TSV, NPZ', extensions: [...aloneExtensions] },
  { name: 'All files', extensions: ['*'] },
];

const purposeSchema = z.enum(Object.keys(folderPurposes) as FolderPurpose[]);

/**
 * Answers the window's dialog requests, from the app's own main frame only.
 * @param userData where the folders that were chosen last are kept
 */
export function answerDialogs(userData: string): void {
  const recent = new RecentFolders(join(userData, 'folders.json'));
  ipcMain.handle(channels.saveFile, async (event, raw: unknown) => {
    const window = ours(event);
    const file = saveFileSchema.parse(raw);
    const extension = extname(file.name).slice(1);
    const options: SaveDialogOptions = {
      defaultPath: join(recent.of('save') ?? app.getPath('documents'), file.name),
      filters: [{ name: extension.toUpperCase(), extensions: [extension] }],
    };
    const { canceled, filePath } = await dialog.showSaveDialog(window, options);
    if (canceled || !filePath) return null;
    recent.keep('save', dirname(filePath));
    await writeWhole(filePath, file.bytes);
    return filePath;
  });
  ipcMain.handle(channels.pickFolder, async (event, raw: unknown) => {
    const window = ours(event);
    const purpose = purposeSchema.parse(raw);
    const last = recent.of(purpose);
    const isFile = purpose === 'table';
    const options: OpenDialogOptions = {
      title: folderPurposes[purpose],
      ...(isFile ? { filters: tableFilters } : {}),
      properties: [
        isFile ? 'openFile' : 'openDirectory',
        ...(purpose === 'export' ? (['createDirectory'] as const) : []),
      ],
      ...(last === null ? {} : { defaultPath: last }),
    };
    const { canceled, filePaths } = await dialog.showOpenDialog(window, options);
    const chosen = canceled ? undefined : filePaths[0];
    if (chosen === undefined) return null;
    recent.keep(purpose, isFile ? dirname(chosen) : chosen);
    return chosen;
  });
}

function ours(event: IpcMainInvokeEvent): BrowserWindow {
  const window = BrowserWindow.fromWebContents(event.sender);
  if (!window || !isOurs(event)) throw new Error('only the app itself may ask for dialogs');
  return window;
}

/** Writes a file whole or not at all. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const part = `${path}.${randomUUID()}.part`;
  try {
    await writeFile(part, bytes);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw new Error(`Cannot write ${path}: ${(error as Error).message}`, { cause: error });
  }
}
