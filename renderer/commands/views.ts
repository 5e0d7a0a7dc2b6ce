/**
 * The views: their addresses, what they are called, where they are marked and the keys that go there. Router, rail, tabs, palette and sheet of
 * shortcuts draw from it.
 */
import { Coin, List, Picture, Plus, Setting, TrendCharts } from '@element-plus/icons-vue';
import type { Component } from 'vue';

/** One view. */
export interface View {
  name: string;
  /** Address, with parameters as the router writes them. */
  path: string;
  title: string;
  /** Keys that go there, as in the table of commands. */
  keys?: string;
  /** Its sign in the rail; without one it is not there. */
  icon?: Component;
  /** Its title in the rail, where that is shorter. */
  short?: string;
  /** The view that the rail marks instead of it. */
  within?: string;
}

const table = [
  { name: 'runs', path: '/runs', title: 'Runs', keys: 'g r', icon: List },
  { name: 'run', path: '/runs/:run', title: 'Run', within: 'runs' },
  { name: 'studies', path: '/studies', title: 'Studies', keys: 'g t', within: 'runs' },
  { name: 'study', path: '/studies/:study', title: 'Study', within: 'runs' },
  { name: 'new', path: '/new', title: 'New experiment', keys: 'n', icon: Plus, short: 'New' },
  { name: 'compare', path: '/compare', title: 'Compare', keys: 'g c', icon: TrendCharts },
  { name: 'claims', path: '/claims', title: 'Claims', keys: 'g l', within: 'compare' },
  { name: 'figures', path: '/figures', title: 'Figures', keys: 'g f', icon: Picture },
  { name: 'figure', path: '/figures/:figure', title: 'Figure', within: 'figures' },
  { name: 'data', path: '/data', title: 'Data', keys: 'g d', icon: Coin },
  { name: 'settings', path: '/settings', title: 'Settings', keys: 'g s', icon: Setting },
  { name: 'missing', path: '/:path(.*)*', title: 'Not there' },
] as const satisfies readonly View[];

/** Name of a view. */
export type ViewName = (typeof table)[number]['name'];

/** Every view, in the order in which rail and sheet of shortcuts name them. */
export const views: readonly (View & { name: ViewName })[] = table;
