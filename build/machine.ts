/**
 * How slow this machine is right now, so that the tests' limits hold on a busy one too: a limit is there to end what hangs,
 * never to measure speed. A fixed piece of work is timed against what it took on the machine that the limits were written on,
 * two cores with nothing else to do. Every limit of a test goes through `seconds` (a lint rule sees to it).
 */
import { spawnSync } from 'node:child_process';

/** What the work takes on the idle reference machine, milliseconds. */
const reference = 100;
/** Faster machines keep the limits as they are written; beyond the greatest factor something else is wrong. */
const [least, most] = [1, 20];
/** A measurement older than this is taken again, milliseconds. */
const fresh = 60_000;
/** Carries the factor, and when it was measured (milliseconds since 1970), to the processes that a test command starts. */
const variable = 'VALLEYWALK_SLOWNESS';

/** Arithmetic and memory traffic that no engine can skip. */
function compute(): number {
  const numbers = new Float64Array(4096);
  let state = 1;
  for (let round = 0; round < 6000; round++)
    for (let at = 0; at < numbers.length; at++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      numbers[at] = 0.5 * numbers[at]! + state;
    }
  return numbers[state & 4095]!;
}

/** Times the fixed work, a process's start included. @returns how many times as long as on the reference machine, 1 to 20 */
export function measureSlowness(): number {
  const start = performance.now();
  compute();
  spawnSync(process.execPath, ['-e', '0'], { stdio: 'ignore' });
  return Math.min(most, Math.max(least, (performance.now() - start) / reference));
}

/** Now, in milliseconds since 1970, by a clock that goes on evenly within a process. */
function moment(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * The factor of this test command: measured by its first process, handed on to those that it starts, and measured again where
 * that is over a minute ago. It never falls, as load that went may come back.
 */
export function slowness(): number {
  const [known = least, at = 0] = (process.env[variable] ?? '').split('@').filter(Boolean).map(Number);
  if (moment() - at < fresh) return known;
  const factor = Math.max(known, measureSlowness());
  process.env[variable] = `${factor}@${moment()}`;
  return factor;
}

/** A limit in a test: what is given for an idle machine of two cores, as milliseconds for this one now. */
export function seconds(idle: number): number {
  return Math.round(1000 * idle * slowness());
}

/** A limit that begins now. @returns whether it is over, which is said only after the machine was measured anew */
export function deadline(idle: number): () => boolean {
  const start = performance.now();
  const passed = (limit: number): boolean => performance.now() - start > limit;
  let limit = seconds(idle);
  return () => {
    if (!passed(limit)) return false;
    limit = 1000 * idle * Math.max(slowness(), measureSlowness());
    return passed(limit);
  };
}

/** Says in the log what the limits are multiplied with, where they are not as written. */
export function sayLimits(): void {
  const factor = slowness();
  if (factor >= 1.05) console.log(`limits × ${factor.toFixed(1)}: this machine is slow now`);
}
