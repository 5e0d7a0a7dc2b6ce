/** How a chart is exported: format and size, remembered between exports. */
import { computed, reactive, watch } from 'vue';
import type { WritableComputedRef } from 'vue';
import type { FigureFormat } from '../../shared/charts/request.ts';
import { sizePresets } from '../../shared/figures/recipe.ts';
import { recall, remember } from '../ui/storage.ts';

/** Size of a figure; numbers as they are typed. */
export interface TypedSize {
  width: unknown;
  height: unknown;
  unit: 'mm' | 'in';
}
/** Format and size of an export. */
export interface ExportChoices extends TypedSize {
  format: FigureFormat;
  /** Dots per inch, of a PNG. */
  dpi: unknown;
  theme: 'light' | 'dark';
}

/** The choices of the last export; the paper's figure before the first. */
export function useExportChoices(): ExportChoices {
  const choices = reactive<ExportChoices>({
    format: 'svg',
    width: 4.5,
    height: 2,
    unit: 'in',
    dpi: 300,
    theme: 'light',
    ...(recall('export-choices') as Partial<ExportChoices> | undefined),
  });
  watch(choices, () => remember('export-choices', { ...choices }));
  return choices;
}

/** The size by its name, `own` where it has none. */
export function useSizePreset(size: () => TypedSize): WritableComputedRef<string> {
  return computed({
    get: () => {
      const now = size();
      return (
        sizePresets.find(({ width, height, unit }) => width === now.width && height === now.height && unit === now.unit)
          ?.id ?? 'own'
      );
    },
    set: (id) => {
      const entry = sizePresets.find((one) => one.id === id);
      if (entry) Object.assign(size(), { width: entry.width, height: entry.height, unit: entry.unit });
    },
  });
}
