import { beforeEach, expect, it, vi } from 'vitest';
import { effectScope, nextTick } from 'vue';
import { recall, remember, remembered } from './storage.ts';

/** What a browser keeps, by key. */
const kept = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  vi.stubGlobal('localStorage', storage);
});

const sizes = ['small', 'large'] as const;
const readSize = (stored: unknown) => sizes.find((one) => one === stored) ?? 'small';

it('reads what was remembered by key and as JSON, and remembers every change so', async () => {
  kept.set('valleywalk.size', '"large"');
  const scope = effectScope();
  const size = scope.run(() => remembered('size', readSize))!;
  expect(size.value).toBe('large');
  size.value = 'small';
  await nextTick();
  expect(kept.get('valleywalk.size')).toBe('"small"');
  expect(recall('size')).toBe('small');
  scope.stop();
});

it('remembers a change inside of an object', async () => {
  const look = remembered('look', (stored) => ({ columns: ['a'], ...(stored as object | undefined) }));
  await nextTick();
  // what nobody chose may be another the next time: it follows the window, or a later version
  expect(kept.has('valleywalk.look')).toBe(false);
  look.value.columns.push('b');
  await nextTick();
  expect(recall('look')).toEqual({ columns: ['a', 'b'] });
});

it('does not write again what was remembered and nobody changed', async () => {
  kept.set('valleywalk.look', '{"columns":["c"],"later":1}');
  const look = remembered('look', (stored) => ({
    columns: (stored as { columns: string[] } | undefined)?.columns ?? [],
  }));
  await nextTick();
  expect(look.value).toEqual({ columns: ['c'] });
  expect(kept.get('valleywalk.look')).toBe('{"columns":["c"],"later":1}');
});

it('takes what is damaged or no such value for none', () => {
  kept.set('valleywalk.size', '{');
  expect(remembered('size', readSize).value).toBe('small');
  kept.set('valleywalk.size', '"huge"');
  expect(remembered('size', readSize).value).toBe('small');
});

it('a full storage remembers nothing, and says nothing', async () => {
  vi.stubGlobal('localStorage', {
    getItem: () => null,
    setItem: () => {
      throw new Error('the quota is reached');
    },
  });
  const size = remembered('size', readSize);
  size.value = 'large';
  await nextTick();
  remember('size', 'large');
  expect(size.value).toBe('large');
});
