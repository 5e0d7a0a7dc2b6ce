/** The views and their addresses. Hash addresses, because the desktop has no server behind it. */
import { createRouter, createWebHashHistory } from 'vue-router';
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
    /** Keys that go there, as in the table of commands. */
    keys?: string;
  }
}

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', redirect: '/runs' },
    { path: '/runs', name: 'runs', component: RunsView, meta: { title: 'Runs', keys: 'g r' } },
    { path: '/runs/:run', name: 'run', component: RunView, meta: { title: 'Run' } },
    { path: '/studies', name: 'studies', component: StudiesView, meta: { title: 'Studies', keys: 'g t' } },
    { path: '/studies/:study', name: 'study', component: StudyView, meta: { title: 'Study' } },
    { path: '/new', name: 'new', component: NewView, meta: { title: 'New experiment', keys: 'n' } },
    { path: '/compare', name: 'compare', component: CompareView, meta: { title: 'Compare', keys: 'g c' } },
    { path: '/claims', name: 'claims', component: ClaimsView, meta: { title: 'Claims', keys: 'g l' } },
    { path: '/figures', name: 'figures', component: FiguresView, meta: { title: 'Figures', keys: 'g f' } },
    { path: '/figures/:figure', name: 'figure', component: FigureView, meta: { title: 'Figure' } },
    { path: '/data', name: 'data', component: DataView, meta: { title: 'Data', keys: 'g d' } },
    { path: '/settings', name: 'settings', component: SettingsView, meta: { title: 'Settings', keys: 'g s' } },
    { path: '/:path(.*)*', name: 'missing', component: MissingView, meta: { title: 'Not there' } },
  ],
});
