/** Messages: any bytes are decoded or refused, and hold no more than their number can stand for. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { damaged, few } from '../build/fuzzing/inputs.ts';
import { decodeMessage, encodeMessage } from './wire.ts';

/** Values in a message. */
const held = (message: unknown): number =>
  message instanceof Float64Array
    ? message.length
    : message !== null && typeof message === 'object' && !ArrayBuffer.isView(message)
      ? Object.values(message).reduce((sum: number, one) => sum + held(one), 1)
      : 1;

const messages = [
  { id: 1, request: 'runs.iterations', parameters: { run: 'a', from: 0, deep: [[[{ x: null }]]] } },
  { event: 'records', payload: { whole: Float64Array.of(0.1, NaN, -0), integers: Float64Array.of(1, 2, 3) } },
  [new Float64Array(100).fill(7), Float64Array.from({ length: 60 }, (_, at) => at % 6)],
  { stretches: Float64Array.from({ length: 80 }, (_, at) => Math.floor(at / 20)), bytes: Uint8Array.of(1, 2, 3) },
].map(encodeMessage);

test('damaged messages', () => {
  fc.assert(
    fc.property(damaged(...messages), (bytes) => {
      let message: unknown;
      try {
        message = decodeMessage(bytes);
      } catch (error) {
        // MessagePack's own errors apart, which the border answers by closing the connection
        expect(error).toBeInstanceOf(Error);
        expect((error as Error).message).not.toMatch(/Maximum call stack|Invalid array length|allocation failed/);
        return;
      }
      expect(held(message)).toBeLessThanOrEqual(2 ** 20 + 321 * bytes.length);
    }),
    few,
  );
});
