import { describe, expect, it } from 'vitest';
import { syntheticData } from '../testing/examples.ts';
import { referenceBackend } from '../testing/reference-backend.ts';
import { smallExperiment, walked } from '../testing/walks.ts';

describe('a walk that diverges', () => {
  it('keeps the record up to there and says what to do', async () => {
    const found = await walked(
      smallExperiment({
        optimizer: { learningRate: 1e6 },
        length: { epochs: 5 },
        interpolation: { windows: [{ firstIterations: 9 }] },
      }),
    );
    expect(found.status).toBe('diverged');
    const last = found.iterations.at(-1)!;
    expect(found.iterations.length).toBeLessThan(15);
    expect(found.message).toContain(`iteration ${last.iteration}`);
    expect(found.message).toContain('lower the learning rate, now 1000000, for example to 100000');
    expect(last.loss_after! > 1e4 || last.loss_after === null).toBe(true);
  });

  it('writes null where a number is not finite', async () => {
    const data = syntheticData(60, 20);
    data.train.images[6 * 7] = Infinity;
    const found = await walked(
      smallExperiment({ length: { epochs: 1 }, interpolation: { windows: [{ firstIterations: 9 }] } }),
      {
        data,
      },
    );
    expect(found.status).toBe('diverged');
    expect(found.epochs[0]).toMatchObject({ train_loss: null, train_accuracy: null });
    const last = found.iterations.at(-1)!;
    expect(last).toMatchObject({
      batch_loss: null,
      gradient_norm: null,
      distance: null,
      loss_before: null,
      bounce: null,
    });
    expect(found.message).toContain('no longer a finite number');
    expect(found.iterations.slice(0, -1).every((each) => each.batch_loss !== null)).toBe(true);
  });
});

describe('a walk that is stopped', () => {
  it('ends within the iteration and keeps its record', async () => {
    const found = await walked(smallExperiment({ length: { epochs: 50 } }), {
      stopped: ({ iterations }) => iterations.length >= 4,
    });
    expect(found).toMatchObject({ status: 'stopped', message: null });
    expect(found.iterations).toHaveLength(4);
    expect(found.epochs).toHaveLength(2);
  });

  it('ends between two points of a slice, without half a slice', async () => {
    let asked = 0;
    const found = await walked(
      smallExperiment({ length: { epochs: 1 }, interpolation: { points: 36, windows: [{ firstIterations: 3 }] } }),
      // once before iteration 0, three times in its slice (16, 16 and 3 points together), once before iteration 1, once in its slice
      { stopped: () => ++asked > 5 },
    );
    expect(found.status).toBe('stopped');
    expect(found.slices).toHaveLength(37);
    expect(found.iterations).toHaveLength(2);
    expect(found.iterations[1]).toMatchObject({ loss_before: null, floor_alpha: null, convex: null });
    expect(found.iterations[1]!.batch_loss).toBeGreaterThan(0);
  });

  it('lets others have the event loop between iterations, even where the backend does not', async () => {
    let turns = 0;
    let going = true;
    const turn = (): void => {
      turns++;
      if (going) setImmediate(turn);
    };
    setImmediate(turn);
    await walked(smallExperiment({ length: { epochs: 10 } }), { backend: referenceBackend });
    going = false;
    expect(turns).toBeGreaterThanOrEqual(30);
  });
});
