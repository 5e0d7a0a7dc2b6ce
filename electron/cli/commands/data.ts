/** `valleywalk data`: the data sets that experiments can name. */
import { folderOf, readingText, shapeText, targetsText } from '../../../shared/datasets.ts';
import { dataFormats, lookedForText } from '../../datasets/formats/index.ts';
import { exit, withWorkbench } from '../session.ts';
import type { StoreOption } from '../session.ts';
import type { JsonOption } from './runs.ts';
import { print, printJson } from '../print.ts';
import type { Declare } from '../declare.ts';

/** Declares the commands under `data`. */
export function declareData({ group }: Declare): void {
  const { command, action } = group('data', 'list, add and remove data sets');
  command('list', 'list the data sets').option('--json', 'print JSON').action(action(listData));
  command(
    'add <folder>',
    `add a folder that holds ${lookedForText('or')}, or such a table itself; docs/data.md lists what is read`,
  )
    .option('--title <text>', 'how the set is called')
    .option('--target <column...>', 'the columns of a table that are to be predicted; the last one where none is named')
    .option('--json', 'print JSON')
    .action(action(addData));
  command('remove <set>', 'forget an added data set').action(action(removeData));
}

/** A format in words; its key where this version does not know it. */
function titleOf(format: string): string {
  return dataFormats.find(({ key }) => key === format)?.title ?? format;
}

/** Prints the data sets. */
function listData(options: JsonOption): Promise<number> {
  return withWorkbench(options, async ({ ask }) => {
    const sets = await ask('datasets.list', {});
    if (options.json) printJson(sets);
    else
      for (const set of sets)
        print(
          `${set.id}  ${set.count.toLocaleString('en')} examples of ${shapeText(set)}, ${targetsText(set)}, ${titleOf(set.format)}${set.bundled ? ' (bundled)' : `  ${folderOf(set)}`}`,
        );
    return exit.finished;
  });
}

/** Adds the data set in a folder, of whichever format. @throws ValleywalkError kind `input`. */
function addData(folder: string, options: JsonOption & { title?: string; target?: string[] }): Promise<number> {
  return withWorkbench(options, async ({ ask }) => {
    const set = await ask('datasets.add', {
      folder,
      title: options.title,
      ...(options.target ? { targets: options.target } : {}),
    });
    if (options.json) printJson(set);
    else {
      print(
        `added ${set.id}: ${set.count.toLocaleString('en')} examples of ${shapeText(set)}${set.classes === null ? `, ${targetsText(set)}` : ` in ${targetsText(set)}`} (${titleOf(set.format)}); use it with --set data.set=${set.id}${set.classes === null ? ' --set loss.kind=squared-error' : ''}`,
      );
      for (const line of set.reading ? readingText(set.reading) : []) print(`  ${line}`);
    }
    return exit.finished;
  });
}

/** Forgets an added data set; its files stay. @throws ValleywalkError kind `missing` or `input`. */
function removeData(id: string, options: StoreOption): Promise<number> {
  return withWorkbench(options, async ({ ask }) => {
    await ask('datasets.remove', { id });
    print(`forgot ${id}; its files stay where they are`);
    return exit.finished;
  });
}
