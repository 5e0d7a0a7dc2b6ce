/**
 * What a stretch of work costs the window: processor time of its main thread, which a busy machine changes far less than times on the wall; and,
 * where VALLEYWALK_PROFILE names a folder, a profile of it (for Chromium's developer tools) with the functions that took longest.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright';

/** Milliseconds of the main thread's processor time: all of it, and what of it went into scripts, layout and styles. */
export interface Cost {
  all: number;
  scripts: number;
  layout: number;
  styles: number;
}

/** A node of a profile, as the browser tells it. */
interface ProfileNode {
  id: number;
  callFrame: { functionName: string; url: string; lineNumber: number };
}

const shown = 25;

async function metrics(session: CDPSession): Promise<Cost> {
  const { metrics: told } = await session.send('Performance.getMetrics');
  const of = (name: string): number => 1000 * (told.find((one) => one.name === name)?.value ?? NaN);
  return {
    all: of('ThreadTime'),
    scripts: of('ScriptDuration'),
    layout: of('LayoutDuration'),
    styles: of('RecalcStyleDuration'),
  };
}

/** Does something and tells what it cost the page. @param name of its profile */
export async function costOf<T>(page: Page, name: string, act: () => Promise<T>): Promise<{ value: T; cost: Cost }> {
  const session = await page.context().newCDPSession(page);
  const folder = process.env['VALLEYWALK_PROFILE'];
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  if (folder) {
    await session.send('Profiler.enable');
    await session.send('Profiler.setSamplingInterval', { interval: 500 });
    await session.send('Profiler.start');
  }
  const before = await metrics(session);
  const value = await act();
  const after = await metrics(session);
  if (folder) await tellProfile(session, folder, name);
  await session.detach();
  const between = (key: keyof Cost): number => after[key] - before[key];
  return {
    value,
    cost: { all: between('all'), scripts: between('scripts'), layout: between('layout'), styles: between('styles') },
  };
}

/** A cost as one line tells it. */
export function costText({ all, scripts, layout, styles }: Cost): string {
  const rounded = [all, scripts, layout, styles].map((time) => time.toFixed(0));
  return `${rounded[0]} ms of the window's processor time (scripts ${rounded[1]}, layout ${rounded[2]}, styles ${rounded[3]})`;
}

async function tellProfile(session: CDPSession, folder: string, name: string): Promise<void> {
  const { profile } = await session.send('Profiler.stop');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.cpuprofile`), JSON.stringify(profile));
  const nodes = new Map(profile.nodes.map((node) => [node.id, node as ProfileNode]));
  const times = new Map<string, number>();
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const { functionName, url, lineNumber } = nodes.get(id)!.callFrame;
    const key = `${functionName || '(anonymous)'} ${url.split('/').at(-1)}:${lineNumber + 1}`;
    times.set(key, (times.get(key) ?? 0) + (profile.timeDeltas?.[index] ?? 0) / 1000);
  }
  for (const [key, time] of [...times].sort(([, a], [, b]) => b - a).slice(0, shown))
    console.log(`${time.toFixed(1).padStart(9)} ms  ${key}`);
}
