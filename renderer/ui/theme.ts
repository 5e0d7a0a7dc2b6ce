/** Light, dark or as the system says; remembered on this machine. */
import { usePreferredDark } from '@vueuse/core';
import { computed, watchEffect } from 'vue';
import { remembered } from './storage.ts';

/** What the user chose. */
export type ThemeChoice = 'system' | 'light' | 'dark';

const systemDark = usePreferredDark();

/** The choice; writing it changes the app at once. */
export const themeChoice = remembered<ThemeChoice>('theme', (stored) =>
  stored === 'light' || stored === 'dark' ? stored : 'system',
);
/** The theme that is on screen. */
export const theme = computed<'light' | 'dark'>(() =>
  themeChoice.value === 'system' ? (systemDark.value ? 'dark' : 'light') : themeChoice.value,
);

/** Keeps the page's class in step with the choice. */
export function applyTheme(): void {
  watchEffect(() => document.documentElement.classList.toggle('dark', theme.value === 'dark'));
}
