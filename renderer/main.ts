/** The window: connects to the workbench, then shows it. */
import './zod.ts';
import './styles/element.css';
import './styles/tokens.css';
import './styles/base.css';
import { createApp } from 'vue';
import App from './App.vue';
import { router } from './router.ts';
import { connect } from './state/connection.ts';
import { watchFigures } from './state/figures.ts';
import { watchRecords } from './state/run-data.ts';
import { watchSelection } from './state/selection.ts';
import { watchRuns } from './state/runs.ts';
import { applyTheme } from './state/theme.ts';
import { watchBackends } from './state/backends.ts';
import { watchWorkbench } from './state/workbench.ts';

applyTheme();
watchRuns();
watchRecords();
watchFigures();
watchSelection();
watchWorkbench();
watchBackends();
void connect();
createApp(App).use(router).mount('#app');
