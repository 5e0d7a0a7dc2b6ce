/** Made evidence of which it is known what a claim should say. */
import type { Evidence } from '../evidence.ts';
import type { Random } from '../generator.ts';

/** A world from which evidence is drawn. */
export interface Scenario {
  /** What it is, in a few words. */
  name: string;
  /** Evidence of this world. */
  draw(random: Random): Evidence;
  /** True values of statistics, by their keys: intervals are counted by whether they hold them. */
  truth?: Readonly<Record<string, number>>;
  /** Of a null: whether the claim is false in this world, so that _contradicted_ is right there. */
  mayContradict?: boolean;
}

/** What every claim is calibrated on. */
export interface Calibration {
  /** Worlds in which the claim must not be supported, nor contradicted unless it is false there. */
  nulls: readonly [Scenario, ...Scenario[]];
  /** Worlds in which the claim is true, large enough an effect to be found. */
  truths: readonly [Scenario, ...Scenario[]];
  /** Worlds without what the claim says in which it is supported all the same: known limits, shown in the table. */
  limits?: readonly Scenario[];
}
