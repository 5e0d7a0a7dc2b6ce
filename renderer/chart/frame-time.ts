/** How long several panels together may take of one frame; who has no time left has its turn in the next. */
export class FrameTime {
  readonly #most: number;
  #frame: unknown = null;
  #spent = 0;

  /** @param most milliseconds after which nothing more begins in a frame */
  constructor(most: number) {
    this.#most = most;
  }

  /** Does something if the frame has time for it. @param frame tells frames apart @returns whether it was done */
  tryIn(frame: unknown, act: () => void): boolean {
    if (frame !== this.#frame) [this.#frame, this.#spent] = [frame, 0];
    if (this.#spent > this.#most) return false;
    const start = performance.now();
    act();
    this.#spent += performance.now() - start;
    return true;
  }
}
