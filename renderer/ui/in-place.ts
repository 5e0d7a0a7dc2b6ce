/** What explains something goes when that goes or moves: under a drag there is no pointer that leaves, and after a drop none that came. */
import { createGlobalState, useEventListener } from '@vueuse/core';
import { ref } from 'vue';

/** Calls once when an element is gone from the page or has moved. @returns stops the watch */
export function whenMoved(element: Element, call: () => void): () => void {
  const place = (): string => {
    const { left, top } = element.getBoundingClientRect();
    return `${Math.round(left)},${Math.round(top)}`;
  };
  const first = place();
  let frame = requestAnimationFrame(function look() {
    if (element.isConnected && place() === first) frame = requestAnimationFrame(look);
    else call();
  });
  return () => cancelAnimationFrame(frame);
}

/** How far the pointer goes, in px, before it points at something of its own accord. */
const still = 4;

/** Whether something was dropped and the pointer is where it was then: what comes to lie under it was not pointed at. */
export const useJustDropped = createGlobalState(() => {
  let dropped: { x: number; y: number } | null = null;
  const justDropped = ref(false);
  useEventListener(
    document,
    'dragend',
    ({ clientX: x, clientY: y }) => {
      dropped = { x, y };
      justDropped.value = true;
    },
    { capture: true },
  );
  useEventListener(
    document,
    'pointermove',
    ({ clientX, clientY }) => {
      if (dropped && Math.hypot(clientX - dropped.x, clientY - dropped.y) > still) justDropped.value = false;
    },
    { capture: true, passive: true },
  );
  useEventListener(document, 'keydown', () => (justDropped.value = false), { capture: true });
  return justDropped;
});
