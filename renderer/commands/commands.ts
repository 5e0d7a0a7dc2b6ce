/**
 * The one table of commands. The keyboard, the palette and the sheet of shortcuts are all drawn from it; a view says what a
 * command does while it is shown (`offer`). Going to a view is a command too: those come from the views (views.ts).
 */
import { onScopeDispose, shallowReactive } from 'vue';
import { keysOf } from './keys.ts';

/** Where commands work, as the sheet groups them. */
export const commandPlaces = [
  'Everywhere',
  'In the list of runs',
  'On a run',
  'On a chart',
  'On a surface',
  'On a figure',
  'In the form',
] as const;
/** One of them. */
export type CommandPlace = (typeof commandPlaces)[number];

/** A command: what it is called, where it works and which keys give it. */
export interface Command {
  id: string;
  /** What it does, as the sheet and the palette say it. */
  title: string;
  where: CommandPlace;
  /**
   * Keys that give it, each by itself: names as of `KeyboardEvent.key`, `Mod` for Ctrl or Cmd, sequences with a space between
   * (`g r`). The sheet shows the first; the others are the same key on another keyboard.
   */
  keys?: readonly string[];
  /** Whether a field keeps the keys for itself, as it does with its own undo. */
  notInFields?: boolean;
  /** Other words that find it. */
  words?: string;
}

// every command besides going to a view
const commands = [
  { id: 'palette', title: 'Find a view, run, study, figure or action', where: 'Everywhere', keys: ['Mod+k'] },
  { id: 'sheet', title: 'Keyboard shortcuts', where: 'Everywhere', keys: ['?'], words: 'help keys' },
  { id: 'theme.light', title: 'Light theme', where: 'Everywhere', words: 'look colours' },
  { id: 'theme.dark', title: 'Dark theme', where: 'Everywhere', words: 'look colours' },
  { id: 'theme.system', title: 'Theme as the system', where: 'Everywhere', words: 'look colours' },
  { id: 'runs.compare', title: 'Compare the selected runs', where: 'In the list of runs', keys: ['c'] },
  { id: 'runs.export', title: 'Export the selected runs', where: 'In the list of runs', keys: ['e'] },
  { id: 'runs.pause', title: 'Pause the selected runs', where: 'In the list of runs' },
  { id: 'runs.resume', title: 'Resume the selected runs', where: 'In the list of runs', words: 'continue go on' },
  { id: 'runs.stop', title: 'Stop the selected runs', where: 'In the list of runs' },
  { id: 'runs.archive', title: 'Archive the selected runs', where: 'In the list of runs' },
  { id: 'runs.filter', title: 'Filter the runs', where: 'In the list of runs', keys: ['/'], words: 'search' },
  { id: 'runs.above', title: 'Run above', where: 'In the list of runs', keys: ['ArrowUp'] },
  { id: 'runs.below', title: 'Run below', where: 'In the list of runs', keys: ['ArrowDown'] },
  { id: 'runs.pageAbove', title: 'A page up', where: 'In the list of runs', keys: ['PageUp'] },
  { id: 'runs.pageBelow', title: 'A page down', where: 'In the list of runs', keys: ['PageDown'] },
  {
    id: 'runs.earlier',
    title: 'Waiting run earlier in the queue',
    where: 'In the list of runs',
    keys: ['Alt+ArrowUp'],
  },
  { id: 'runs.later', title: 'Waiting run later in the queue', where: 'In the list of runs', keys: ['Alt+ArrowDown'] },
  { id: 'runs.clear', title: 'Clear the selection', where: 'In the list of runs', words: 'deselect' },
  { id: 'run.export', title: 'Export this run', where: 'On a run', keys: ['e'], words: 'save csv svg pdf png figure' },
  { id: 'run.compare', title: 'Compare this run', where: 'On a run', keys: ['c'] },
  { id: 'run.claims', title: 'Judge the claims on this run', where: 'On a run' },
  { id: 'run.pause', title: 'Pause this run', where: 'On a run' },
  { id: 'run.resume', title: 'Resume this run', where: 'On a run', words: 'continue go on' },
  { id: 'run.stop', title: 'Stop this run', where: 'On a run' },
  { id: 'run.again', title: 'Run again with changes', where: 'On a run', words: 'new copy' },
  { id: 'chart.before', title: 'Step before', where: 'On a chart', keys: ['ArrowLeft'] },
  { id: 'chart.after', title: 'Step after', where: 'On a chart', keys: ['ArrowRight'] },
  { id: 'chart.tenBefore', title: 'Ten steps before', where: 'On a chart', keys: ['Shift+ArrowLeft'] },
  { id: 'chart.tenAfter', title: 'Ten steps after', where: 'On a chart', keys: ['Shift+ArrowRight'] },
  { id: 'chart.play', title: 'Play the walk, pause', where: 'On a chart', keys: ['Space'] },
  { id: 'chart.first', title: 'First step', where: 'On a chart', keys: ['Home'] },
  { id: 'chart.last', title: 'Last step', where: 'On a chart', keys: ['End'] },
  { id: 'chart.nextBarrier', title: 'Next barrier', where: 'On a chart', keys: ['b'] },
  { id: 'chart.barrierBefore', title: 'Barrier before', where: 'On a chart', keys: ['B'] },
  { id: 'chart.zoomIn', title: 'Zoom in around the step', where: 'On a chart', keys: ['+', '='] },
  { id: 'chart.zoomOut', title: 'Zoom out around the step', where: 'On a chart', keys: ['-', '−'] },
  { id: 'chart.all', title: 'Show everything', where: 'On a chart', keys: ['0'] },
  { id: 'surface.left', title: 'Turn to the left', where: 'On a surface', keys: ['ArrowLeft'] },
  { id: 'surface.right', title: 'Turn to the right', where: 'On a surface', keys: ['ArrowRight'] },
  { id: 'surface.up', title: 'Raise', where: 'On a surface', keys: ['ArrowUp'] },
  { id: 'surface.down', title: 'Lower', where: 'On a surface', keys: ['ArrowDown'] },
  { id: 'figure.save', title: 'Save the figure', where: 'On a figure', keys: ['Mod+s'] },
  { id: 'figure.undo', title: 'Undo', where: 'On a figure', keys: ['Mod+z'] },
  { id: 'figure.redo', title: 'Redo', where: 'On a figure', keys: ['Mod+Shift+z', 'Mod+y'] },
  { id: 'form.start', title: 'Start the experiment', where: 'In the form', keys: ['Mod+Enter'] },
  // after the editor's own undo, which goes first where both are there
  {
    id: 'undo',
    title: 'Take back what was just done',
    where: 'In the list of runs',
    keys: ['Mod+z'],
    notInFields: true,
  },
] as const satisfies readonly Command[];

/** Id of a command of the table. */
export type CommandId = (typeof commands)[number]['id'];

/** The table with every command told as one type. */
export const allCommands: readonly (Command & { id: CommandId })[] = commands;

/** What a command does at present. */
export interface Action {
  run: () => unknown;
  /** Whether it can be done now; left out, always. */
  ready?: () => boolean;
}

const offered = shallowReactive(new Map<CommandId, readonly Action[]>());

/** Says what commands do for as long as the present component lives; the latest to say so counts. */
export function offer(actions: Partial<Record<CommandId, Action | Action['run']>>): void {
  const mine = Object.entries(actions).map(
    ([id, action]) => [id as CommandId, typeof action === 'function' ? { run: action } : action] as const,
  );
  for (const [id, action] of mine) offered.set(id, [...(offered.get(id) ?? []), action]);
  onScopeDispose(() => {
    for (const [id, action] of mine) {
      const left = (offered.get(id) ?? []).filter((one) => one !== action);
      if (left.length > 0) offered.set(id, left);
      else offered.delete(id);
    }
  });
}

/** What a command does now; null where nobody offers it or it cannot be done. */
export function actionOf(id: CommandId): Action | null {
  const action = offered.get(id)?.at(-1);
  return action && (action.ready?.() ?? true) ? action : null;
}

/** The command of one place that a key press gives, if any: for what listens only while it has the focus. */
export function commandAt(where: CommandPlace, event: KeyboardEvent): CommandId | null {
  const keys = keysOf(event);
  return allCommands.find((command) => command.where === where && hasKey(command, keys))?.id ?? null;
}

/** Whether keys (a press or a sequence) give a command. */
export function hasKey(command: Pick<Command, 'keys'>, keys: string): boolean {
  return command.keys?.some((one) => one === keys) ?? false;
}
