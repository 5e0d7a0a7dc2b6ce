/** The views as the window draws them: the one list of them (shared/views.ts), with the signs of the rail. */
import {
  Coin,
  Finished,
  Grid,
  List,
  Picture,
  Plus,
  QuestionFilled,
  Setting,
  TrendCharts,
} from '@element-plus/icons-vue';
import type { Component } from 'vue';
import { viewTable } from '../../shared/views.ts';
import type { PlaceName, ViewFacts, ViewName } from '../../shared/views.ts';

export type { ViewName } from '../../shared/views.ts';

/** One view. */
export interface View extends ViewFacts {
  /** Its sign in the rail; without one it is not there. */
  icon?: Component;
}

/** The signs of the rail. */
const icons: Readonly<Record<PlaceName, Component>> = {
  runs: List,
  new: Plus,
  compare: TrendCharts,
  studies: Grid,
  claims: Finished,
  figures: Picture,
  data: Coin,
  settings: Setting,
  help: QuestionFilled,
};

/** Every view, in the order in which rail and sheet of shortcuts name them. */
export const views: readonly (View & { name: ViewName })[] = viewTable.map((view) =>
  view.name in icons ? { ...view, icon: icons[view.name as PlaceName] } : view,
);
