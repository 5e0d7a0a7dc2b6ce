/** Saving a figure in the store, and as a file. */
import { ref, watch } from 'vue';
import type { Ref } from 'vue';
import { useRouter } from 'vue-router';
import type { FigureFile, FigureFormat } from '../../shared/charts/request.ts';
import type { FigureRecipe } from '../../shared/figures/recipe.ts';
import { slug } from '../../shared/slug.ts';
import { sentence } from '../connection/connection.ts';
import type { FigureDraft } from './figure-draft.ts';
import { renderFigure, saveFile } from './render.ts';

/** A file's format: of the figure, or of its recipe. */
type FileFormat = FigureFormat | 'json';

/** Saving a figure. */
export interface FigureFiles {
  format: Ref<FileFormat>;
  /** Dots per inch of a PNG, as typed. */
  dpi: Ref<unknown>;
  busy: Readonly<Ref<boolean>>;
  /** What was done last, in a sentence; null once the figure has changed. */
  message: Readonly<Ref<string | null>>;
  /** Why it could not be done, in a sentence. */
  error: Readonly<Ref<string | null>>;
  save: () => Promise<void>;
  /** Writes a file of the chosen format. */
  write: () => Promise<void>;
}

/** The recipe itself, for the terminal: valleywalk figure RECIPE.json */
function recipeFile(recipe: FigureRecipe): FigureFile {
  return {
    name: `${slug(recipe.name.toLowerCase(), 100) || 'figure'}.json`,
    mime: 'application/json',
    bytes: new TextEncoder().encode(`${JSON.stringify(recipe, null, 2)}\n`),
  };
}

/** Saves a figure and writes its files. @param id `new` for one that was never saved */
export function useFigureFiles(id: string, { recipe, valid, save }: FigureDraft): FigureFiles {
  const router = useRouter();
  const format = ref<FileFormat>('pdf');
  const dpi = ref<unknown>(300);
  const busy = ref(false);
  const message = ref<string | null>(null);
  const error = ref<string | null>(null);
  watch(recipe, () => (message.value = null));

  async function attempt(action: () => Promise<string | null>): Promise<void> {
    busy.value = true;
    message.value = null;
    error.value = null;
    try {
      message.value = await action();
    } catch (reason) {
      error.value = sentence(reason);
    } finally {
      busy.value = false;
    }
  }
  return {
    ...{ format, dpi, busy, message, error },
    save: () =>
      attempt(async () => {
        const figure = await save();
        if (figure === null) return null;
        if (id === 'new') await router.replace(`/figures/${figure}`);
        return 'Saved.';
      }),
    write: () =>
      attempt(async () => {
        if (!valid.value) return null;
        const file =
          format.value === 'json' ? recipeFile(valid.value) : await renderFigure(valid.value, format.value, dpi.value);
        const where = await saveFile(file);
        return where && `${where}.`;
      }),
  };
}
