import { existsSync, fstatSync, readdirSync, readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sharedMemory } from './shared-memory.ts';

/** Names in the folder of shared memory that are this process's. */
function names(): string[] {
  return readdirSync('/dev/shm').filter((name) => name.startsWith(`valleywalk-${process.pid}-`));
}

describe.runIf(process.platform === 'linux').each([true, false])('shared memory, nameless: %s', (nameless) => {
  it('is memory, has no name that could be left, and is given back with its descriptor', () => {
    const memory = sharedMemory({ nameless })!;
    const entry = `/proc/self/fd/${memory.descriptor}`;
    expect(readlinkSync(entry)).toMatch(/^\/dev\/shm\/.* \(deleted\)$/);
    expect(fstatSync(memory.descriptor).nlink).toBe(0);
    expect(names()).toEqual([]);
    memory.write(Uint8Array.of(1, 2, 3), 5);
    const found = new Uint8Array(4);
    memory.read(found, 4);
    expect([...found]).toEqual([0, 1, 2, 3]);
    expect(() => memory.read(new Uint8Array(1), 8)).toThrow('has 8 bytes, and more were expected');
    memory.close();
    expect(existsSync(entry)).toBe(false);
  });
});
