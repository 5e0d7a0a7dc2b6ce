/** Vectors of a device, as the float64 reference keeps them, and what a walk moves. */
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../backends/backend.ts';
import { referenceDevice } from '../../testing/reference-backend.ts';
import { countingTransfers, withoutMemory } from '../../testing/transfers.ts';
import { vectorSuite } from '../../testing/vector-suite.ts';
import { smallExperiment, walked } from '../../testing/walks.ts';

describe('the reference as a device', () => {
  vectorSuite(() => referenceDevice);
});

describe('what a walk moves between host and device', () => {
  // 6·40 + 40 + 40·3 + 3 parameters
  const size = 403;
  const batch = 20 * (4 * 6 + 4);
  const change = { model: { hidden: [40] }, optimizer: { batchSize: 20, momentum: 0.9 } };

  async function perIteration(backend: Backend, windows: object[]): Promise<{ up: number; down: number }> {
    const bytes = async (iterations: number): Promise<{ up: number; down: number }> => {
      const { backend: counted, moved } = countingTransfers(backend);
      await walked(smallExperiment({ ...change, interpolation: { windows }, length: { iterations } }), {
        backend: counted,
      });
      return { up: moved.toDevice, down: moved.toHost };
    };
    // both end within the second epoch, so that only iterations tell them apart
    const [few, more] = [await bytes(4), await bytes(5)];
    return { up: more.up - few.up, down: more.down - few.down };
  }

  it('is a batch there and its loss back, where parameters and gradient went both ways', async () => {
    expect(await perIteration(withoutMemory(referenceDevice), [])).toEqual({
      up: batch + 4 * size,
      down: 4 + 4 * size,
    });
    expect(await perIteration(referenceDevice, [])).toEqual({ up: batch, down: 4 });
  });

  it('is none of the points along a slice but the one that tells its rounding', async () => {
    const windows = [{ firstIterations: 5 }];
    const [host, device] = [
      await perIteration(withoutMemory(referenceDevice), windows),
      await perIteration(referenceDevice, windows),
    ];
    // with the batch's point: the end, three points between (four intervals) and the rounded one, of which a head's weights are fed alone
    expect((host.up - device.up) / 4).toBeGreaterThan(2 * size);
    expect(device.down - (host.down - 4 * size)).toBe(4 * size);
  });
});
