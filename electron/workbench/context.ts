/** What the handlers of requests work with. */
import type { Publish } from '../../shared/protocol.ts';
import type { FigureFile } from '../../shared/charts/request.ts';
import type { FigureSource } from '../../shared/charts/source.ts';
import type { BackendInfo } from '../../shared/trainer-messages.ts';
import type { Fork } from '../processes/child.ts';
import type { FigureRequest } from './figures/render.ts';
import type { DatasetRegistry } from './datasets/registry.ts';
import type { Jobs } from './jobs/kinds.ts';
import type { Setups } from './setups/service.ts';
import type { Store } from './store/store.ts';
import type { Summaries } from './summaries.ts';
import type { StudyService } from './studies/studies.ts';

/** The workbench's parts. */
export interface Context {
  store: Store;
  jobs: Jobs;
  datasets: DatasetRegistry;
  /** The store's records as figures and exports read them. */
  source: FigureSource;
  /** Summaries of the runs' quantities. */
  summaries: Summaries;
  /** Draws a figure of the store's runs. */
  draw: (request: FigureRequest) => Promise<FigureFile>;
  publish: Publish;
  /** Which backends there are and whether they can be used. */
  backends: () => Promise<BackendInfo[]>;
  /** Libraries of this machine that backends compute with. */
  setups: Setups;
  /** Starts a trainer process, which is told of the setups. */
  fork: Fork;
  studies: StudyService;
  /** Folder of data sets and presets. */
  resources: string;
  /** Version of Valleywalk. */
  version: string;
  /** Runtime in words. */
  runtime: string;
}
