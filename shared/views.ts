/**
 * The views: their addresses, what they are called, where they are marked and the keys that go there. The one list of them: router, rail, tabs,
 * palette, sheet of shortcuts, help and the desktop's menu are drawn from it.
 */

/** One view. */
export interface ViewFacts {
  name: string;
  /** Address, with parameters as the router writes them. */
  path: string;
  title: string;
  /** What one does there, in a sentence: of the views of rail and menu. */
  about?: string;
  /** Keys that go there, as in the table of commands. */
  keys?: string;
  /** Its key in the desktop's menu, as Electron writes them. */
  accelerator?: string;
  /** Its title in the rail, where that is shorter. */
  short?: string;
  /** The view that the rail marks instead of it. */
  within?: string;
}

/** Every view, in the order in which rail, menu and sheet of shortcuts name them. */
export const viewTable = [
  {
    name: 'runs',
    path: '/runs',
    title: 'Runs',
    about: 'Every run of this store: find, tag, compare, export, resume; a run’s own page shows its walk.',
    keys: 'g r',
    accelerator: 'CmdOrCtrl+1',
  },
  { name: 'run', path: '/runs/:run', title: 'Run', within: 'runs' },
  {
    name: 'new',
    path: '/new',
    title: 'New experiment',
    about: 'What is trained, how it walks and what is measured; with several values of a setting it is a study.',
    keys: 'n',
    accelerator: 'CmdOrCtrl+N',
    short: 'New',
  },
  {
    name: 'compare',
    path: '/compare',
    title: 'Compare',
    about: 'Several runs side by side: any quantity, in groups, smoothed, as differences, with tables.',
    keys: 'g c',
    accelerator: 'CmdOrCtrl+3',
  },
  {
    name: 'studies',
    path: '/studies',
    title: 'Studies',
    about: 'Experiments with several values of their settings, and how far their runs are.',
    keys: 'g t',
    accelerator: 'CmdOrCtrl+4',
  },
  { name: 'study', path: '/studies/:study', title: 'Study', within: 'studies' },
  {
    name: 'claims',
    path: '/claims',
    title: 'Claims',
    about: 'The claims of “A Walk with SGD”, each tested on runs of yours.',
    keys: 'g l',
    accelerator: 'CmdOrCtrl+5',
  },
  {
    name: 'figures',
    path: '/figures',
    title: 'Figures',
    about: 'Figures for papers: their charts, runs, size and type, kept as recipes.',
    keys: 'g f',
    accelerator: 'CmdOrCtrl+6',
  },
  { name: 'figure', path: '/figures/:figure', title: 'Figure', within: 'figures' },
  {
    name: 'data',
    path: '/data',
    title: 'Data',
    about: 'The data sets that experiments can use, and adding your own.',
    keys: 'g d',
    accelerator: 'CmdOrCtrl+7',
  },
  {
    name: 'settings',
    path: '/settings',
    title: 'Settings',
    about: 'Theme, backends, runs at a time, and the check of the store.',
    keys: 'g s',
    accelerator: 'CmdOrCtrl+,',
  },
  {
    name: 'help',
    path: '/help',
    title: 'Help',
    about: 'What every quantity means, what is where, and the keys.',
    keys: 'g h',
    accelerator: 'F1',
  },
  { name: 'missing', path: '/:path(.*)*', title: 'Not there' },
] as const satisfies readonly ViewFacts[];

/** Name of a view. */
export type ViewName = (typeof viewTable)[number]['name'];

/** A view of rail and menu. */
export type PlaceName = Extract<(typeof viewTable)[number], { about: string }>['name'];

/** The views of rail and menu, in their order: those that need no more than their address. */
export const places = viewTable.filter((view) => 'about' in view);
