/** Every command that has a key, going to a view too: for the sheet of shortcuts, the palette and docs/keyboard.md. */
import { allCommands, commandPlaces } from '../commands/commands.ts';
import type { Command } from '../commands/commands.ts';
import { capsOf } from '../commands/keys.ts';
import { views } from '../commands/views.ts';

/** Going to a view, as a command. */
export interface GoCommand extends Command {
  path: string;
}

/** Every view that needs no more than its address. */
export const goCommands: readonly GoCommand[] = views
  .filter(({ path }) => !path.includes(':'))
  .map(({ name, path, title, keys }) => ({
    id: `go.${name}`,
    title,
    where: 'Everywhere',
    path,
    ...(keys === undefined ? {} : { keys: [keys] }),
  }));

/** Of the keys of a command those that are written differently: hyphen and minus are one to the eye. */
export function writtenKeys(keys: readonly string[]): string[] {
  const written = (key: string): string => capsOf(key, false).join(' ');
  return [...new Map(keys.toReversed().map((key) => [written(key), key])).values()].reverse();
}

/** The sheet: every command that has a key, by where it works. */
export function shortcutSheet(): { where: string; commands: readonly (Command & { keys: readonly string[] })[] }[] {
  const all: readonly Command[] = [...goCommands, ...allCommands];
  return commandPlaces.map((where) => ({
    where,
    commands: all.flatMap((command) =>
      command.where === where && command.keys ? [{ ...command, keys: command.keys }] : [],
    ),
  }));
}
