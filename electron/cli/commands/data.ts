/** `valleywalk data`: the data sets that experiments can name. */
import { exit, withWorkbench } from '../session.ts';
import type { StoreOption } from '../session.ts';

/** Prints the data sets. */
export function listData(options: StoreOption): Promise<number> {
  return withWorkbench(options, async ({ ask }) => {
    for (const set of await ask('datasets.list', {}))
      console.log(
        `${set.id}  ${set.count.toLocaleString('en')} examples of ${set.height} × ${set.width}, ${set.classes} classes${set.bundled ? ' (bundled)' : `  ${set.images}`}`,
      );
    return exit.finished;
  });
}

/** Adds a folder with an IDX pair. @throws ValleywalkError kind `input`. */
export function addData(folder: string, options: StoreOption & { title?: string }): Promise<number> {
  return withWorkbench(options, async ({ ask }) => {
    const set = await ask('datasets.add', { folder, title: options.title });
    console.log(`added ${set.id}: ${set.count.toLocaleString('en')} examples; use it with --set data.set=${set.id}`);
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
