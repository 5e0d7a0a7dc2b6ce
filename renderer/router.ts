/** The views and their addresses. Hash addresses, because the desktop has no server behind it. */
import type { Component } from 'vue';
import { createRouter, createWebHashHistory } from 'vue-router';
import { views } from './state/views.ts';
import type { ViewName } from './state/views.ts';
import ClaimsView from './views/ClaimsView.vue';
import CompareView from './views/CompareView.vue';
import DataView from './views/DataView.vue';
import FiguresView from './views/FiguresView.vue';
import FigureView from './views/FigureView.vue';
import MissingView from './views/MissingView.vue';
import NewView from './views/NewView.vue';
import RunsView from './views/RunsView.vue';
import RunView from './views/RunView.vue';
import SettingsView from './views/SettingsView.vue';
import StudiesView from './views/StudiesView.vue';
import StudyView from './views/StudyView.vue';

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
  missing: MissingView,
};

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', redirect: '/runs' },
    ...views.map(({ name, path, title }) => ({ name, path, component: components[name], meta: { title } })),
  ],
});
