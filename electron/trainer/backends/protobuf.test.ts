import { describe, expect, it } from 'vitest';
import { Message } from './protobuf.ts';

const hex = (message: Message): string => Buffer.from(message.finish()).toString('hex');

describe('protobuf', () => {
  it("encodes the examples of protobuf's own documentation", () => {
    // https://protobuf.dev/programming-guides/encoding: 150 in field 1; "testing" in field 2; a message of 150 in field 3
    expect(hex(new Message().integer(1, 150))).toBe('089601');
    expect(hex(new Message().bytes(2, 'testing'))).toBe('120774657374696e67');
    expect(hex(new Message().bytes(3, new Message().integer(1, 150)))).toBe('1a03089601');
  });

  it('encodes negative, large and fractional numbers', () => {
    expect(hex(new Message().integer(1, -2))).toBe('08feffffffffffffffff01');
    expect(hex(new Message().integer(1, 2n ** 40n))).toBe('08808080808020');
    expect(hex(new Message().float(4, 0.5))).toBe('250000003f');
    expect(hex(new Message().integer(20, 2))).toBe('a00102');
  });
});
