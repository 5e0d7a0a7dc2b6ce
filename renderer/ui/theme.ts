/** Light, dark or as the system says; remembered on this machine. */
import { computed, ref, watchEffect } from 'vue';
import { recall, remember } from './storage.ts';

/** What the user chose. */
export type ThemeChoice = 'system' | 'light' | 'dark';

const query = matchMedia('(prefers-color-scheme: dark)');
const systemDark = ref(query.matches);
query.addEventListener('change', () => (systemDark.value = query.matches));

const stored = recall('theme');
/** The choice; writing it changes the app at once. */
export const themeChoice = ref<ThemeChoice>(stored === 'light' || stored === 'dark' ? stored : 'system');
/** The theme that is on screen. */
export const theme = computed<'light' | 'dark'>(() =>
  themeChoice.value === 'system' ? (systemDark.value ? 'dark' : 'light') : themeChoice.value,
);

/** Keeps the page's class and the memory in step with the choice. */
export function applyTheme(): void {
  watchEffect(() => {
    document.documentElement.classList.toggle('dark', theme.value === 'dark');
    remember('theme', themeChoice.value);
  });
}
