/** What is drawn over settings, as it stands in the address: a reload or a link shows it again. */
import { computed } from 'vue';
import type { ComputedRef, WritableComputedRef } from 'vue';
import { mostAxes } from '../../shared/charts/kinds/parallel-coordinates.ts';
import { readSummary } from '../../shared/over-settings/quantity-summary.ts';
import { runAxis, spansDecades } from '../../shared/over-settings/run-axis.ts';
import { mostVaried, variedSettings } from '../../shared/over-settings/run-settings.ts';
import type { VariedSetting } from '../../shared/over-settings/run-settings.ts';
import type { RunRecord } from '../../shared/records.ts';
import { useAddress, useAddressChoices } from '../ui/address.ts';

/** Settings that parallel axes begin with, at most. */
const axesAtFirst = 6;

/** The choices of a view over settings. */
export interface OverSettingsChoices {
  /** The settings in which the runs differ. */
  varied: ComputedRef<VariedSetting[]>;
  /** Name of the summary. */
  quantity: WritableComputedRef<string>;
  /** Name of the setting; empty where the runs differ in none. */
  setting: WritableComputedRef<string>;
  /** Name of the second setting, of the heat map; empty where there is none. */
  second: WritableComputedRef<string>;
  /** Name of the setting that colours points, or of several with commas between, as the group of a comparison has; empty for none. */
  by: WritableComputedRef<string>;
  /** Logarithmic axes: of the setting, of the quantity, and of the heat map's colours. */
  logX: WritableComputedRef<boolean>;
  logY: WritableComputedRef<boolean>;
  logColours: WritableComputedRef<boolean>;
  /** Names of the parallel axes, in their order. */
  axes: WritableComputedRef<string[]>;
  /** The axis that colours the lines. */
  colour: ComputedRef<string>;
}

/** The summary to begin with: validation accuracy, or where no run has one validation R², training loss, or that of the batches. */
export function firstQuantity(runs: readonly RunRecord[]): string {
  const has = (key: 'validation_accuracy' | 'validation_r_squared' | 'train_loss' | 'batch_loss'): boolean =>
    runs.some(({ summary }) => summary[key] !== null);
  if (has('validation_accuracy')) return 'epoch.validation_accuracy.last';
  if (has('validation_r_squared')) return 'epoch.validation_r_squared.last';
  if (has('train_loss')) return 'epoch.train_loss.last';
  return has('batch_loss') ? 'iteration.batch_loss.last' : 'epoch.validation_accuracy.last';
}

/**
 * The choices in the present address.
 * @param first settings that a study varies, which come first
 * @param group what the runs are grouped by where they are compared, which colours points at first; empty where they are not
 */
export function useOverSettingsChoices(
  runs: () => readonly RunRecord[],
  first: () => readonly string[],
  group: () => readonly string[],
): OverSettingsChoices {
  const { words, flag } = useAddressChoices(useAddress());
  const varied = computed(() => variedSettings(runs(), first()));
  const isVaried = (name: string): boolean => varied.value.some(({ setting }) => setting.name === name);
  const but = (name: string): VariedSetting[] => varied.value.filter(({ setting }) => setting.name !== name);
  const quantity = words(
    'quantity',
    () => firstQuantity(runs()),
    (name) => readSummary(name) !== null,
  );
  const setting = words('setting', () => mostVaried(varied.value, first())?.setting.name ?? '', isVaried);
  const second = words(
    'second',
    () => mostVaried(but(setting.value), first())?.setting.name ?? '',
    (name) => isVaried(name) && name !== setting.value,
  );
  const chosenAxes = words('axes', () => '');
  const axes = computed({
    get: () => {
      const own = [...new Set(chosenAxes.value.split(',').filter((name) => runAxis(name) !== null))];
      if (own.length > 1) return own.slice(0, mostAxes);
      const settings = varied.value.map(({ setting: { name } }) => name).filter((name) => name !== 'seed');
      const some = settings.length > 0 ? settings.slice(0, axesAtFirst) : isVaried('seed') ? ['seed'] : [];
      return [...some, quantity.value];
    },
    set: (now: string[]) => (chosenAxes.value = now.join(',')),
  });
  return {
    ...{ varied, quantity, setting, second, axes },
    by: words(
      'by',
      () => group().join(),
      (word) => word === '' || word === group().join() || isVaried(word),
    ),
    logX: flag('xlog', '1', '0', () =>
      spansDecades(varied.value.find((one) => one.setting.name === setting.value)?.values ?? []),
    ),
    logY: flag('ylog', '1', '0', () => false),
    logColours: flag('clog', '1', '0', () => false),
    colour: computed(() =>
      axes.value.includes(quantity.value)
        ? quantity.value
        : (axes.value.findLast((name) => readSummary(name) !== null) ?? axes.value.at(-1)!),
    ),
  };
}
