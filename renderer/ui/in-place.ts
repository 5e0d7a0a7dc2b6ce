/** What explains something goes when that goes or moves: under a drag there is no pointer that leaves. */

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
