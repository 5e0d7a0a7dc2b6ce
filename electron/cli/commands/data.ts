/** `valleywalk data`: the data sets that experiments can name. */
import { folderOf, formatTitles, shapeText } from '../../../shared/datasets.ts';
import { exit, withWorkbench } from '../session.ts';
import type { StoreOption } from '../session.ts';

/** Prints the data sets. */
export function listData(options: StoreOption): Promise<number> {
  return withWorkbench(options, async ({ ask }) => {
    for (const set of await ask('datasets.list', {}))
      console.log(
        `${set.id}  ${set.count.toLocaleString('en')} examples of ${shapeText(set)}, ${set.classes} classes, ${formatTitles[set.format]}${set.bundled ? ' (bundled)' : `  ${folderOf(set)}`}`,
      );
    return exit.finished;
  });
}

/** Adds the data set in a folder: IDX, CIFAR binary or class folders of images. @throws ValleywalkError kind `input`. */
export function addData(folder: string, options: StoreOption & { title?: string }): Promise<number> {
  return withWorkbench(options, async ({ ask }) => {
    const set = await ask('datasets.add', { folder, title: options.title });
    console.log(
      `added ${set.id}: ${set.count.toLocaleString('en')} examples of ${shapeText(set)} in ${set.classes} classes (${formatTitles[set.format]}); use it with --set data.set=${set.id}`,
    );
    return exit.finished;
  });
}

/** Forgets an added data set; its files stay. @throws ValleywalkError kind `missing` or `input`. */
export function removeData(id: string, options: StoreOption): Promise<number> {
  return withWorkbench(options, async ({ ask }) => {
    await ask('datasets.remove', { id });
    console.log(`forgot ${id}; its files stay where they are`);
    return exit.finished;
  });
}
