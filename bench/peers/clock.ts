/** When the last thing changed in a window, told by its frames alone, whoever draws them. */
import type { CDPSession, Page, Request } from 'playwright';
import { setTimeout as wait } from 'node:timers/promises';

/** Seconds without a change after which a window counts as done; they are not counted. */
const quiet = 2;
/** Seconds after which what changes nothing counts as done. */
const longestNothing = 10;
/** Seconds after which a request is one that stays open. */
const longestRequest = 20;
/** Seconds after which it is given up. */
const most = 90;

/** Seconds since 1970, as frames have it. */
const now = (): number => (performance.timeOrigin + performance.now()) / 1000;

/** What was seen of an opening. */
export interface Opening {
  /** Seconds to the last frame that differs from the one before. */
  last: number;
  /** Frames that differed. */
  frames: number;
}

/**
 * Does something in a page and waits until it has changed for the last time: until frames are the same for two seconds, no request is under
 * way, and the page's own thread answers.
 * @param ready what must be on the page too
 * @throws Error where it still changes after a minute and a half
 */
export async function untilStill(
  page: Page,
  act: () => Promise<void>,
  ready: () => Promise<boolean>,
): Promise<Opening> {
  const session = await page.context().newCDPSession(page);
  const requests = new Map<Request, number>();
  const began = (request: Request): void => void requests.set(request, now());
  const ended = (request: Request): void => void requests.delete(request);
  const underWay = (): Request[] => [...requests.keys()].filter((one) => now() - requests.get(one)! < longestRequest);
  page.on('request', began).on('requestfinished', ended).on('requestfailed', ended);
  let [frame, last, frames] = ['', 0, 0];
  session.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
    acknowledge(session, sessionId);
    if (data === frame) return;
    frame = data;
    last = metadata.timestamp ?? now();
    frames++;
  });
  await session.send('Page.startScreencast', { format: 'jpeg', quality: 80 });
  try {
    const start = now();
    await act();
    for (;;) {
      if (now() - start > most) {
        const state = `${frames} frames, the last after ${(last - start).toFixed(1)} s; ${(await ready()) ? '' : 'not '}ready`;
        const waits = underWay().map((one) => one.url().slice(0, 100));
        throw new Error(`still changing after ${most} s: ${state}; ${waits.join(', ') || 'no request'} under way`);
      }
      const seen = frames;
      await wait(100);
      if (now() - Math.max(last, start) < quiet || underWay().length > 0 || !(await ready())) continue;
      // a thread at work draws nothing either
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
      await wait(300);
      const isOver = last > start || now() - start > longestNothing;
      if (frames === seen && isOver) return { last: Math.max(0, last - start), frames };
    }
  } finally {
    page.off('request', began).off('requestfinished', ended).off('requestfailed', ended);
    await session.detach().catch(() => undefined);
  }
}

function acknowledge(session: CDPSession, sessionId: number): void {
  session.send('Page.screencastFrameAck', { sessionId }).catch(() => undefined);
}
