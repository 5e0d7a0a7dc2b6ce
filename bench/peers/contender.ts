/** What is measured of each program that compares runs: how it is started, and where in its window things are. */
import type { Locator, Page } from 'playwright';

/** How many runs of how many iterations are compared. */
export interface Size {
  runs: number;
  iterations: number;
}

/** A server that was started. */
export interface Served {
  /** Its address, without a path. */
  address: string;
  /** An address to open first, where it asks who comes. */
  signIn?: string;
  /** Ends it, and everything that it started. */
  stop(): Promise<void>;
}

/** A program, with the settings that it is measured with. */
export interface Contender {
  name: string;
  /** The settings, in words for the table. */
  settings: string;
  /** Its version. */
  version(): Promise<string>;
  /** Starts its server over the seeded runs. */
  start(size: Size): Promise<Served>;
  /** Chooses, in a visit that is not measured, what the program keeps for the next. */
  prepare?(page: Page, address: string): Promise<void>;
  /** Goes to the comparison of all runs, and does what it asks for every time; done before everything is drawn. */
  open(page: Page, address: string): Promise<void>;
  /** What the runs are drawn in. */
  chart(page: Page): Locator;
  /** Gives the chart the whole width, where it has not. */
  widen?(page: Page): Promise<void>;
  /** What a drag in the chart needs before it is a box that zooms. */
  boxZoom?(page: Page): Promise<void>;
  /** Shows everything again after a box zoomed. */
  unzoom(page: Page, chart: Locator): Promise<void>;
  /** The key that the wheel zooms with, none where it is held empty; undefined where the wheel does not zoom. */
  wheelKey?: string;
  /** How many charts stand on the page of all runs that nobody clicked in. */
  metricsAtOnce(page: Page, address: string): Promise<number>;
  /** Opens parallel coordinates from the comparison. @returns clicks that it took @throws where there is none */
  parallel(page: Page, address: string): Promise<number>;
  /** Hides one run of all. @returns clicks that it took @throws where it cannot be done */
  hide(page: Page): Promise<number>;
  /** Shows one run alone. @returns clicks that it took @throws where it cannot be done */
  solo(page: Page): Promise<number>;
}
