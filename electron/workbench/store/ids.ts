/** Ids of what the store keeps. */
import { randomInt } from 'node:crypto';

/** A new id: time to the second in UTC and four random characters, `20261122-153012-k3f9`; sorts by time. */
export function newId(now = new Date()): string {
  const [date, time] = now.toISOString().replaceAll(/[-:]/g, '').split(/[T.]/);
  const random = Array.from({ length: 4 }, () => randomInt(36).toString(36)).join('');
  return `${date}-${time}-${random}`;
}
