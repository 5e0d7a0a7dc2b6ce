/** What frames are made of, and what is no frame. */
import { describe, expect, it } from 'vitest';
import { frameOf, frameReader } from './frames.ts';

const token = '0123456789abcdef0123456789abcdef';

/** A sign of life. */
const beat = Buffer.concat([Buffer.from('VLWK'), Buffer.alloc(12)]);

describe('frames', () => {
  it('come out as they went in, however they are cut, behind whatever was printed before the token', () => {
    const bytes = Buffer.concat([
      Buffer.from(`a start-up file says hello\n${token.slice(0, 9)}${token}`),
      frameOf({ first: 1 }, 3),
      Buffer.of(7, 8, 9),
      beat,
      frameOf({ second: 'ü' }, 0),
    ]);
    for (const size of [1, 5, 40, bytes.length]) {
      const read = frameReader(token);
      const frames = [];
      for (let at = 0; at < bytes.length; at += size) frames.push(...read(bytes.subarray(at, at + size)));
      expect(frames.map(({ value, payload }) => [value, [...payload]])).toEqual([
        [{ first: 1 }, [7, 8, 9]],
        [{ second: 'ü' }, []],
      ]);
    }
  });

  it.each([
    ['a line', Buffer.from('a licence server says hello\n')],
    ['a line that is shorter than a header', Buffer.concat([Buffer.from('hi\n'), beat])],
    ['an empty line', Buffer.concat([frameOf({ first: 1 }, 0), Buffer.from('\n'), beat])],
  ])('are not waited for where %s of somebody else stands in their place', (_, bytes) => {
    const read = frameReader(token);
    read(Buffer.from(token));
    expect(() => read(bytes)).toThrow('something else writes where its answers are expected');
  });
});
