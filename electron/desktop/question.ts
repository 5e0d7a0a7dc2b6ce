/** One question to the user at a time, which can be taken back: then nobody has answered it, whatever its dialog says. */

/** Where a question is asked and taken back. */
export interface Questions<Q> {
  /** Asks. @returns whether the user said yes; null when nobody was asked: another question stood, or this one was taken back */
  ask(question: Q): Promise<boolean | null>;
  /** Takes back the question that stands, if one does; resolves when its dialog is gone and the next can be asked. */
  takeBack(): Promise<void>;
}

/**
 * @param show shows a question until it is answered or the signal is aborted. @returns whether the answer is yes; not read after an abort
 */
export function oneQuestion<Q>(show: (question: Q, signal: AbortSignal) => Promise<boolean>): Questions<Q> {
  let standing: { abort: AbortController; gone: Promise<boolean | null> } | null = null;
  return {
    ask(question) {
      if (standing) return Promise.resolve(null);
      const abort = new AbortController();
      const gone = show(question, abort.signal)
        .then((yes) => (abort.signal.aborted ? null : yes))
        .finally(() => (standing = null));
      standing = { abort, gone };
      return gone;
    },
    async takeBack() {
      standing?.abort.abort();
      await standing?.gone.catch(() => null);
    },
  };
}
