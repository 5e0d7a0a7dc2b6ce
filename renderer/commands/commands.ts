/**
 * The one table of commands. The keyboard, the palette and the sheet of shortcuts are all drawn from it; a view says what a
 * command does while it is shown (`offer`). Going to a view is a command too: those come from the views (views.ts).
 */
import { onScopeDispose, shallowReactive } from 'vue';
import { keysOf } from './keys.ts';

/** What the table says of a command. */
interface CommandEntry {
  /** What it does, as the sheet and the palette say it. */
  title: string;
  /**
   * Keys that give it, each by itself: names as of `KeyboardEvent.key`, `Mod` for Ctrl or Cmd, sequences with a space between
   * (`g r`). The sheet shows the first; the others are the same key on another keyboard.
   */
  keys?: readonly string[];
  /** Whether a field keeps the keys for itself, as it does with its own undo. */
  notInFields?: boolean;
  /** Whether another command with the same key goes first where both can be done. */
  comesLast?: boolean;
  /** Other words that find it. */
  words?: string;
}

/** Every command besides going to a view, by its id, under the place where it works; the sheet keeps the order. */
const table = {
  Everywhere: {
    palette: { title: 'Find a view, run, study, figure or action', keys: ['Mod+k'] },
    sheet: { title: 'Keyboard shortcuts', keys: ['?'], words: 'help keys' },
    'theme.light': { title: 'Light theme', words: 'look colours' },
    'theme.dark': { title: 'Dark theme', words: 'look colours' },
    'theme.system': { title: 'Theme as the system', words: 'look colours' },
  },
  'In the list of runs': {
    'runs.compare': { title: 'Compare the selected runs', keys: ['c'] },
    'runs.export': { title: 'Export the selected runs', keys: ['e'] },
    'runs.pause': { title: 'Pause the selected runs' },
    'runs.resume': { title: 'Resume the selected runs', words: 'continue go on' },
    'runs.stop': { title: 'Stop the selected runs' },
    'runs.archive': { title: 'Archive the selected runs' },
    'runs.filter': { title: 'Filter the runs', keys: ['/'], words: 'search' },
    'runs.above': { title: 'Run above', keys: ['ArrowUp'] },
    'runs.below': { title: 'Run below', keys: ['ArrowDown'] },
    'runs.pageAbove': { title: 'A page up', keys: ['PageUp'] },
    'runs.pageBelow': { title: 'A page down', keys: ['PageDown'] },
    'runs.earlier': { title: 'Waiting run earlier in the queue', keys: ['Alt+ArrowUp'] },
    'runs.later': { title: 'Waiting run later in the queue', keys: ['Alt+ArrowDown'] },
    'runs.clear': { title: 'Clear the selection', words: 'deselect' },
    // the editor of figures has an undo of its own
    undo: { title: 'Take back what was just done', keys: ['Mod+z'], notInFields: true, comesLast: true },
  },
  'On a run': {
    'run.export': { title: 'Export this run', keys: ['e'], words: 'save csv svg pdf png figure' },
    'run.compare': { title: 'Compare this run', keys: ['c'] },
    'run.claims': { title: 'Judge the claims on this run' },
    'run.pause': { title: 'Pause this run' },
    'run.resume': { title: 'Resume this run', words: 'continue go on' },
    'run.stop': { title: 'Stop this run' },
    'run.again': { title: 'Run again with changes', words: 'new copy' },
  },
  'On a chart': {
    'chart.before': { title: 'Step before', keys: ['ArrowLeft'] },
    'chart.after': { title: 'Step after', keys: ['ArrowRight'] },
    'chart.tenBefore': { title: 'Ten steps before', keys: ['Shift+ArrowLeft'] },
    'chart.tenAfter': { title: 'Ten steps after', keys: ['Shift+ArrowRight'] },
    'chart.play': { title: 'Play the walk, pause', keys: ['Space'] },
    'chart.first': { title: 'First step', keys: ['Home'] },
    'chart.last': { title: 'Last step', keys: ['End'] },
    'chart.nextBarrier': { title: 'Next barrier', keys: ['b'] },
    'chart.barrierBefore': { title: 'Barrier before', keys: ['B'] },
    'chart.zoomIn': { title: 'Zoom in around the step', keys: ['+', '='] },
    'chart.zoomOut': { title: 'Zoom out around the step', keys: ['-', '−'] },
    'chart.all': { title: 'Show everything', keys: ['0'] },
  },
  'On a chart in Compare': {
    'view.left': { title: 'Move to the left', keys: ['ArrowLeft'] },
    'view.right': { title: 'Move to the right', keys: ['ArrowRight'] },
    'view.pageLeft': { title: 'As much as is in view to the left', keys: ['Shift+ArrowLeft'] },
    'view.pageRight': { title: 'As much as is in view to the right', keys: ['Shift+ArrowRight'] },
    'view.zoomIn': { title: 'Zoom in', keys: ['+', '='] },
    'view.zoomOut': { title: 'Zoom out', keys: ['-', '−'] },
    'view.all': { title: 'Show everything', keys: ['0', 'Home'] },
  },
  // no keys, but told beside them
  'With the pointer on a chart': {
    'pointer.zoom': {
      title: 'Zoom around the pointer; in the chart that has the focus without Ctrl',
      keys: ['Mod+Wheel'],
    },
    'pointer.box': { title: 'Zoom to what is dragged over', keys: ['Drag'] },
    'pointer.move': { title: 'Move what is in view', keys: ['Shift+Drag', 'Shift+Wheel'] },
    'pointer.all': { title: 'Show everything', keys: ['Double-click'] },
  },
  'On a surface': {
    'surface.left': { title: 'Turn to the left', keys: ['ArrowLeft'] },
    'surface.right': { title: 'Turn to the right', keys: ['ArrowRight'] },
    'surface.up': { title: 'Raise', keys: ['ArrowUp'] },
    'surface.down': { title: 'Lower', keys: ['ArrowDown'] },
  },
  'On a figure': {
    'figure.save': { title: 'Save the figure', keys: ['Mod+s'] },
    'figure.undo': { title: 'Undo', keys: ['Mod+z'] },
    'figure.redo': { title: 'Redo', keys: ['Mod+Shift+z', 'Mod+y'] },
  },
  'In the form': {
    'form.start': { title: 'Start the experiment', keys: ['Mod+Enter'] },
  },
} as const satisfies Record<string, Record<string, CommandEntry>>;

/** Where commands work, as the sheet groups them. */
export type CommandPlace = keyof typeof table;
/** Id of a command of the table. */
export type CommandId = { [P in CommandPlace]: keyof (typeof table)[P] }[CommandPlace];

/** A command: what the table says, its id and where it works. */
export interface Command extends CommandEntry {
  id: string;
  where: CommandPlace;
}

/** Every place. */
export const commandPlaces = Object.keys(table) as CommandPlace[];

/** The table with every command told as one type. */
export const allCommands: readonly (Command & { id: CommandId })[] = commandPlaces
  .flatMap((where) =>
    Object.entries<CommandEntry>(table[where]).map(([id, entry]) => ({ ...entry, id: id as CommandId, where })),
  )
  .sort((a, b) => Number(a.comesLast ?? false) - Number(b.comesLast ?? false));

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
