import { describe, expect, it } from 'vitest';
import { allCommands } from './commands.ts';
import { capsOf, keysOf } from './keys.ts';

const plain = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

describe('keys', () => {
  it('names presses: Ctrl and Cmd alike, Shift only where the character does not say it', () => {
    expect(keysOf({ ...plain, key: 'k', ctrlKey: true })).toBe('Mod+k');
    expect(keysOf({ ...plain, key: 'K', metaKey: true })).toBe('Mod+k');
    expect(keysOf({ ...plain, key: 'Z', ctrlKey: true, shiftKey: true })).toBe('Mod+Shift+z');
    expect(keysOf({ ...plain, key: '?', shiftKey: true })).toBe('?');
    expect(keysOf({ ...plain, key: 'B', shiftKey: true })).toBe('B');
    expect(keysOf({ ...plain, key: 'ArrowLeft', shiftKey: true })).toBe('Shift+ArrowLeft');
    expect(keysOf({ ...plain, key: 'x', altKey: true })).toBe('Alt+x');
  });

  it('writes them as keyboards do', () => {
    expect(capsOf('Mod+k', false)).toEqual(['Ctrl K']);
    expect(capsOf('Mod+k', true)).toEqual(['⌘ K']);
    expect(capsOf('g r', false)).toEqual(['g', 'r']);
    expect(capsOf('Shift+ArrowLeft', false)).toEqual(['Shift ←']);
    expect(capsOf('+', false)).toEqual(['+']);
    expect(capsOf('-', false)).toEqual(['−']);
  });

  it('gives no two commands of one place the same key, and no place a key of everywhere', () => {
    for (const { where } of allCommands) {
      const there = allCommands.filter((command) => command.where === where || command.where === 'Everywhere');
      const keys = there.flatMap((command) => command.keys ?? []);
      expect(keys, where).toEqual([...new Set(keys)]);
    }
  });

  it('asks a command that gives way to others only after them', () => {
    const ids = allCommands.filter((command) => command.keys?.includes('Mod+z')).map(({ id }) => id);
    expect(ids).toEqual(['figure.undo', 'undo']);
  });
});
