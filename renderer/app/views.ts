/** The views: their addresses, what they are called and the keys that go there. The router, the palette and the sheet draw from it. */

/** One view. */
export interface View {
  name: string;
  /** Address, with parameters as the router writes them. */
  path: string;
  title: string;
  /** Keys that go there, as in the table of commands. */
  keys?: string;
}

/** Every view, in the order in which the sheet of shortcuts names them. */
export const views = [
  { name: 'runs', path: '/runs', title: 'Runs', keys: 'g r' },
  { name: 'run', path: '/runs/:run', title: 'Run' },
  { name: 'studies', path: '/studies', title: 'Studies', keys: 'g t' },
  { name: 'study', path: '/studies/:study', title: 'Study' },
  { name: 'new', path: '/new', title: 'New experiment', keys: 'n' },
  { name: 'compare', path: '/compare', title: 'Compare', keys: 'g c' },
  { name: 'claims', path: '/claims', title: 'Claims', keys: 'g l' },
  { name: 'figures', path: '/figures', title: 'Figures', keys: 'g f' },
  { name: 'figure', path: '/figures/:figure', title: 'Figure' },
  { name: 'data', path: '/data', title: 'Data', keys: 'g d' },
  { name: 'settings', path: '/settings', title: 'Settings', keys: 'g s' },
  { name: 'missing', path: '/:path(.*)*', title: 'Not there' },
] as const satisfies readonly View[];

/** Name of a view. */
export type ViewName = (typeof views)[number]['name'];
