import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { longFiles, mostLines } from './file-lengths.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

describe('files that may be longer than others', () => {
  it('are there, are longer, and have a reason', () => {
    for (const { file, lines, reason } of longFiles) {
      expect(existsSync(join(root, file)), file).toBe(true);
      const most = file.endsWith('.vue')
        ? mostLines.component
        : file.endsWith('.test.ts')
          ? mostLines.test
          : mostLines.source;
      const length = readFileSync(join(root, file), 'utf8').split('\n').length - 1;
      expect(length, `${file} is no longer too long: take it off the list`).toBeGreaterThan(most);
      expect(length, file).toBeLessThanOrEqual(lines);
      expect(reason.length, file).toBeGreaterThan(20);
    }
  });
});
