/** The views and their addresses. Hash addresses, because the desktop has no server behind it. */
import type { Component } from 'vue';
import { createRouter, createWebHashHistory } from 'vue-router';
import { views } from '../commands/views.ts';
import type { ViewName } from '../commands/views.ts';
import ClaimsView from '../claims/ClaimsView.vue';
import CompareView from '../compare/CompareView.vue';
import DataView from '../data/DataView.vue';
import FiguresView from '../figures/FiguresView.vue';
import FigureView from '../figures/FigureView.vue';
import MissingView from '../ui/MissingView.vue';
import HelpView from '../help/HelpView.vue';
import NewView from '../experiment/NewView.vue';
import RunsView from '../runs/RunsView.vue';
import RunView from '../run/RunView.vue';
import SettingsView from '../settings/SettingsView.vue';
import StudiesView from '../studies/StudiesView.vue';
import StudyView from '../studies/StudyView.vue';

declare module 'vue-router' {
  interface RouteMeta {
    title: string;
  }
}

const components: Readonly<Record<ViewName, Component>> = {
  runs: RunsView,
  run: RunView,
  studies: StudiesView,
  study: StudyView,
  new: NewView,
  compare: CompareView,
  claims: ClaimsView,
  figures: FiguresView,
  figure: FigureView,
  data: DataView,
  settings: SettingsView,
  help: HelpView,
  missing: MissingView,
};

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', redirect: '/runs' },
    ...views.map(({ name, path, title }) => ({ name, path, component: components[name], meta: { title } })),
  ],
});
