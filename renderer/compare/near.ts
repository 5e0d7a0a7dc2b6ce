/** Whether an element has come near the window: what stands below the fold is not drawn until then. */
import { useElementVisibility } from '@vueuse/core';
import { ref, watch } from 'vue';
import type { Ref } from 'vue';

/**
 * True once an element is or was near the window; false again when what it draws changes while it is out of sight.
 * @param element the place where it is drawn
 * @param drawn what decides how it is drawn
 */
export function useNear(
  element: Readonly<Ref<HTMLElement | null>>,
  drawn: () => readonly unknown[],
): Readonly<Ref<boolean>> {
  const near = ref(false);
  const visible = useElementVisibility(element, { rootMargin: '300px' });
  watch(visible, (now) => {
    if (now) near.value = true;
  });
  watch(drawn, (now, before) => {
    if (!visible.value && now.some((one, index) => one !== before[index])) near.value = false;
  });
  return near;
}
