/** Folders that were named before: offered where one is typed. */
import type { Ref } from 'vue';
import { folderPurposes } from '../../shared/bridge.ts';
import type { FolderPurpose } from '../../shared/bridge.ts';
import { remembered } from './storage.ts';

/** Most folders that are remembered for a purpose. */
const most = 8;

const lists = Object.fromEntries(
  Object.keys(folderPurposes).map((purpose) => [
    purpose,
    remembered<string[]>(`folders.${purpose}`, (stored) =>
      Array.isArray(stored) ? stored.filter((one) => typeof one === 'string').slice(0, most) : [],
    ),
  ]),
) as Readonly<Record<FolderPurpose, Ref<string[]>>>;

/** Folders of a purpose, the last one first. */
export function recentFolders(purpose: FolderPurpose): readonly string[] {
  return lists[purpose].value;
}

/** Remembers a folder that was used. */
export function rememberFolder(purpose: FolderPurpose, folder: string): void {
  const list = lists[purpose];
  list.value = [folder, ...list.value.filter((one) => one !== folder)].slice(0, most);
}
